import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from avss.errors import FaceError
from avss.vision.neutral_shape import _OTHER_SIDE, neutral_shape
from avss.vision.normalisation import CANONICAL, RIGID


def face(T: int = 20) -> np.ndarray:
    """A symmetric face of T equal frames, float32 [T,68,2], on the canonical face."""
    points = np.random.default_rng(0).normal(0, 0.5, (68, 2))
    points = (points + points[_OTHER_SIDE] * [-1, 1]) / 2
    points[RIGID] = CANONICAL
    return np.tile(points, (T, 1, 1)).astype(np.float32)


def test_the_other_side_of_the_other_side_is_this_side() -> None:
    np.testing.assert_array_equal(_OTHER_SIDE[_OTHER_SIDE], np.arange(68))
    np.testing.assert_allclose(CANONICAL[:, 0], -np.array([face()[0, _OTHER_SIDE[n], 0] for n in RIGID]), atol=1e-6)


@given(st.floats(20, 300), st.floats(-0.5, 0.5), st.floats(0, 400))
def test_size_roll_and_place_in_the_picture_do_not_matter(scale: float, roll: float, shift: float) -> None:
    turn = np.array([[np.cos(roll), np.sin(roll)], [-np.sin(roll), np.cos(roll)]])
    pixels = (face() @ turn * scale + shift).astype(np.float32)
    np.testing.assert_allclose(neutral_shape(pixels, np.ones(20, bool)), face()[0], atol=1e-3)


def test_an_open_mouth_is_left_out() -> None:
    landmarks = face(40)
    landmarks[20:, 65:68, 1] += 0.5
    landmarks[20:, 55:60, 1] += 0.5
    np.testing.assert_allclose(neutral_shape(landmarks, np.ones(40, bool)), face()[0], atol=1e-5)


def test_frames_without_a_face_are_not_looked_at() -> None:
    landmarks = face()
    landmarks[:5], landmarks[5:8] = 0, np.nan
    valid = np.arange(20) >= 5
    np.testing.assert_allclose(neutral_shape(landmarks, valid), face()[0], atol=1e-5)


@pytest.mark.parametrize("T", [0, 3])
def test_a_clip_that_never_shows_the_face_is_refused(T: int) -> None:
    with pytest.raises(FaceError, match="shows the face"):
        neutral_shape(face(T), np.zeros(T, bool))
