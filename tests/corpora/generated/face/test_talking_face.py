"""The renderer: reproducible frames whose true mouth follows the movement."""

from zlib import crc32

import numpy as np
import pytest

from avss.corpora.clip import Sex
from avss.corpora.generated.cast.body import Body
from avss.corpora.generated.cast.face_population import draw_face_traits
from avss.corpora.generated.cast.face_traits import FaceTraits
from avss.corpora.generated.face.motion import HeadMotion, draw_head_motion
from avss.corpora.generated.face.talking_face import TalkingFace
from avss.corpora.generated.lips.mouth_track import COLUMNS, MouthTrack


def traits_of(number: int, sex: Sex = "f") -> FaceTraits:
    return draw_face_traits(lambda name: np.random.default_rng([7, number, crc32(name.encode())]), Body(sex, 0.0, 0.0))


def track_of(**columns) -> MouthTrack:
    """A track with the given columns, each a list of T values, and zeros elsewhere."""
    frames = len(next(iter(columns.values())))
    values = np.zeros((frames, len(COLUMNS)), np.float32)
    for name, column in columns.items():
        values[:, COLUMNS.index(name)] = column
    return MouthTrack(values)


@pytest.fixture(scope="module")
def face() -> TalkingFace:
    return TalkingFace(traits_of(1))


def test_frames_have_the_size_of_grid_and_are_the_same_bit_for_bit(face):
    track = track_of(aperture=[0, 0.5, 1])
    motion = draw_head_motion(np.random.default_rng(3), 3)
    frames, truth = face.render(track, motion, np.random.default_rng(4))
    again, truth_again = TalkingFace(traits_of(1)).render(track, motion, np.random.default_rng(4))
    assert frames.shape == (3, 288, 360, 3)
    assert frames.dtype == np.uint8
    np.testing.assert_array_equal(frames, again)
    np.testing.assert_array_equal(truth.aperture, truth_again.aperture)


def test_sensor_noise_comes_from_the_generator(face):
    track, motion = track_of(aperture=[0.3]), HeadMotion.still(1)
    one, _ = face.render(track, motion, np.random.default_rng(1))
    other, _ = face.render(track, motion, np.random.default_rng(2))
    difference = one.astype(int) - other
    assert 1 < difference.std() < 6
    assert abs(difference.mean()) < 0.1


def test_an_opening_mouth_grows_dark_between_lips_that_part(face):
    frames, truth = face.render(track_of(aperture=[0, 0.4, 0.8, 1.2]), HeadMotion.still(4), np.random.default_rng(1))
    assert truth.aperture[0] == 0
    assert np.all(np.diff(truth.aperture) > 4)
    mouth = frames[:, 160:215, 155:205].astype(float)
    dark = (mouth.mean(axis=-1) < 45).sum(axis=(1, 2))
    assert np.all(np.diff(dark) > 0)


def test_spreading_widens_and_rounding_narrows_the_mouth(face):
    _, truth = face.render(
        track_of(width=[-0.5, 0, 1, 0], protrusion=[0, 0, 0, 1]), HeadMotion.still(4), np.random.default_rng(1)
    )
    drawn_in, rest, spread, rounded = truth.outer_width
    assert rounded < drawn_in < rest < spread
    assert np.all(truth.inner_width < truth.outer_width)


def test_a_tucked_lip_closes_the_mouth(face):
    _, truth = face.render(track_of(aperture=[0.1, 0.1], tuck=[0, 1]), HeadMotion.still(2), np.random.default_rng(1))
    assert truth.aperture[1] < truth.aperture[0]


def test_truth_grows_with_the_head(face):
    still = HeadMotion.still(2)
    near = HeadMotion(still.shift, still.turn, np.array([1, 1.1], np.float32), still.blink)
    _, truth = face.render(track_of(aperture=[0.5, 0.5]), near, np.random.default_rng(1))
    assert truth.aperture[1] == pytest.approx(1.1 * truth.aperture[0])


def test_a_blink_changes_the_eyes_alone(face):
    still = HeadMotion.still(2)
    blink = HeadMotion(still.shift, still.turn, still.nearness, np.array([0, 1], np.float32))
    frames, _ = face.render(track_of(aperture=[0, 0]), blink, np.random.default_rng(1))
    change = np.abs(frames[0].astype(float) - frames[1]).mean(axis=2)
    rows = np.flatnonzero(np.sort(change, axis=1)[:, -10:].mean(axis=1) > 25)
    assert rows.size > 5
    assert rows.min() > 100
    assert rows.max() < 140


def test_track_and_motion_of_different_length_are_refused(face):
    with pytest.raises(ValueError, match=r"2 frames.*3"):
        face.render(track_of(aperture=[0, 0]), HeadMotion.still(3), np.random.default_rng(1))


@pytest.mark.parametrize("number", range(20))
def test_every_kind_of_face_is_drawn_where_its_traits_say(number):
    traits = traits_of(number, "m" if number % 2 else "f")
    frames, _ = TalkingFace(traits).render(track_of(aperture=[0.8]), HeadMotion.still(1), np.random.default_rng(1))
    x, y = traits.scene.centre
    mouth_y = int(y + traits.mouth.y * traits.scene.half_width)
    mouth = frames[0, mouth_y - 4 : mouth_y + 16, int(x) - 6 : int(x) + 6].astype(float)
    cheek = frames[0, mouth_y - 40 : mouth_y - 30, int(x) - 38 : int(x) - 28].astype(float)
    assert mouth.min() < 0.5 * cheek.mean()
