from collections.abc import Callable

import cv2
import numpy as np
import pytest

from avss.media.frame import Frame
from avss.vision.detector import HogDetector
from avss.vision.landmarks import LandmarkPredictor
from avss.vision.small_faces import SmallFaceDetector
from avss.vision.tracks import FaceFollower

Film = list[np.ndarray]


@pytest.fixture(scope="module")
def crowd(film: Film) -> Film:
    """A large face beside one of a third of its size."""
    small = [cv2.resize(frame, (120, 96), interpolation=cv2.INTER_AREA) for frame in film[:32]]
    framed = [np.pad(frame, ((96, 96), (120, 120), (0, 0)), mode="edge") for frame in small]
    return [np.hstack(pair) for pair in zip(film[:32], framed, strict=True)]


def test_a_small_face_beside_a_large_one_is_seen_all_along(crowd: Film, frame_of: Callable[..., Frame]) -> None:
    glance = FaceFollower(HogDetector(), LandmarkPredictor())
    closer = FaceFollower(SmallFaceDetector(HogDetector()), LandmarkPredictor())
    assert [len(follower.follow(map(frame_of, crowd))) for follower in (glance, closer)] == [1, 2]
    assert all(track.valid.all() for track in closer.follow(map(frame_of, crowd)))


def test_large_faces_are_looked_at_closely_only_now_and_then(film: Film) -> None:
    closely = []

    class Counted(HogDetector):
        def closely(self, grey: np.ndarray) -> list:
            closely.append(grey)
            return super().closely(grey)

    detect = SmallFaceDetector(Counted())
    grey = cv2.cvtColor(film[0], cv2.COLOR_RGB2GRAY)
    for _ in range(21):
        (face,) = detect(grey)
        assert face.box.overlap(HogDetector()(grey)[0].box) > 0.6
    assert len(closely) == 3
