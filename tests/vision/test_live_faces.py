"""Faces followed picture by picture: who has which place, and which frames are without a face."""

import cv2
import numpy as np
import pytest

from avss.errors import MediaError, SettingsError
from avss.vision.detector import HogDetector
from avss.vision.landmarks import LandmarkPredictor
from avss.vision.live_faces import FaceFrames, LiveFaces
from avss.vision.tracks import FaceTrack

Film = list[np.ndarray]


@pytest.fixture(scope="module")
def wall(film: Film) -> np.ndarray:
    """A frame without anybody."""
    return np.random.default_rng(0).integers(90, 110, film[0].shape, np.uint8)


def live(K: int) -> LiveFaces:
    return LiveFaces(K, HogDetector(), LandmarkPredictor())


def seen_in(film: Film, K: int = 1) -> FaceFrames:
    return live(K).look(np.stack(film))


def test_a_face_is_seen_as_if_the_whole_film_had_been_followed(film: Film, track: FaceTrack) -> None:
    seen = seen_in(film[:40])
    assert seen.valid.all()
    assert np.linalg.norm(seen.landmarks[0] - track.landmarks[:40], axis=-1).mean() < 1.0
    assert seen.mouths.shape == (1, 40, 32, 48)
    assert np.abs(seen.mouths[0].astype(float) - track.mouth[:40]).mean() < 5


def test_pictures_may_come_one_by_one(film: Film) -> None:
    faces, whole = live(1), seen_in(film[:8])
    parts = [faces.look(picture[None]) for picture in film[:8]]
    for found, wanted in zip(zip(*parts, strict=True), whole, strict=True):
        np.testing.assert_array_equal(np.concatenate(found, axis=1), wanted)


def test_people_take_their_places_from_left_to_right_and_keep_them(film: Film, other_film: Film) -> None:
    pairs = list(zip(film, other_film, strict=True))
    pictures = [np.hstack(pair) for pair in pairs[:10]] + [np.hstack(pair[::-1]) for pair in pairs[10:30]]
    seen = seen_in(pictures, K=2)
    left = seen.landmarks[..., 0].mean(-1) < 360
    # At a cut they change places, and are found again at once.
    assert seen.valid.all()
    assert left[0].tolist() == [True] * 10 + [False] * 20
    assert left[1].tolist() == [False] * 10 + [True] * 20


def test_a_frame_without_the_face_is_not_valid_until_it_is_back(film: Film, wall: np.ndarray) -> None:
    (valid,) = seen_in([*film[:7], *[wall] * 12, *film[19:40]]).valid
    assert valid[:7].all()
    assert not valid[7:19].any()
    assert valid[19 + 4 :].all()


def test_somebody_else_does_not_get_the_place_of_who_left(film: Film, other_film: Film) -> None:
    (valid,) = seen_in([*film[:10], *other_film[10:30], *film[30:40]]).valid
    assert not valid[10:30].any()
    assert valid[-1]


def test_more_faces_than_places_and_more_places_than_faces(film: Film, other_film: Film, wall: np.ndarray) -> None:
    pairs = [np.hstack(pair) for pair in zip(film[:3], other_film[:3], strict=True)]
    assert seen_in(pairs, K=1).valid.all()
    assert seen_in(pairs, K=3).valid.all(axis=1).tolist() == [True, True, False]
    assert not seen_in([wall] * 3).valid.any()


def test_what_are_no_pictures_is_refused(film: Film) -> None:
    for pictures in (film[0], film[0][None, ..., 0], film[0][None] / 255, np.stack(film)[:0]):
        with pytest.raises(MediaError, match=r"uint8 \[n,H,W,3\]"):
            live(1).look(pictures)


def test_no_places_are_refused() -> None:
    with pytest.raises(SettingsError, match="0 faces"):
        live(0)


def test_who_turns_away_slowly_is_known_again(film: Film) -> None:
    height, width = film[0].shape[:2]
    away = []
    for t, picture in enumerate(film[16:60]):
        turn = cv2.getRotationMatrix2D((width / 2, height / 2), min(90, 7 * t), 1)
        away.append(cv2.warpAffine(picture, turn, (width, height), borderMode=cv2.BORDER_REPLICATE))
    (valid,) = seen_in([*film[:16], *away, *film[60:75]]).valid
    assert not valid[50:60].any()
    assert valid[-5:].all()
