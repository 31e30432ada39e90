from collections.abc import Callable, Iterator
from itertools import combinations
from pathlib import Path

import cv2
import numpy as np
import pytest

from avss.errors import PartMissingError
from avss.media.reading import read_frames
from avss.vision import dlib_weights, identity
from avss.vision.identity import DIMENSIONS, SAME_PERSON, FaceDescriber
from avss.vision.tracks import FaceFollower, FaceTrack

Film = list[np.ndarray]


@pytest.fixture(scope="module")
def describe() -> FaceDescriber:
    return FaceDescriber()


def distance(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.linalg.norm(a - b))


def test_a_face_is_itself_in_another_light_and_nobody_else(
    describe: FaceDescriber, track: FaceTrack, other_film: Film, follow: Callable[[Film], list[FaceTrack]]
) -> None:
    ours = describe(track.face)
    (other,) = follow(other_film[:10])
    assert ours.shape == (DIMENSIONS,)
    assert ours.dtype == np.float32
    assert distance(ours, describe((track.face * 0.6 + 30).astype(np.uint8))) < SAME_PERSON / 2
    assert distance(ours, describe(cv2.GaussianBlur(track.face, (0, 0), 1.0))) < SAME_PERSON
    assert distance(ours, describe(other.face)) > SAME_PERSON


def test_real_people_are_told_apart(describe: FaceDescriber, follower: FaceFollower, real_grid: Path) -> None:
    def seen() -> Iterator[tuple[str, np.ndarray]]:
        for speaker in ("s26", "s31", "s20", "s30"):
            for video in sorted((real_grid / speaker).glob("*.mpg"))[:2]:
                (track,) = follower.follow(read_frames(video, frames=10))
                yield speaker, describe(track.face)

    for (one, ours), (two, theirs) in combinations(seen(), 2):
        assert (distance(ours, theirs) < SAME_PERSON) == (one == two), (one, two)


def test_missing_weights_are_named_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dlib_weights, "find_spec", lambda _name: None)
    identity._load_weights.cache_clear()
    with pytest.raises(PartMissingError, match=r"face recognition .* pip install 'face-recognition-models"):
        FaceDescriber()
