"""A generated talking face as the decoder hands it over, and ways to change it."""

from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest

from avss.corpora.opening import open_corpus
from avss.media.frame import Frame
from avss.media.reading import read_frames, read_wave
from avss.vision.detector import HogDetector
from avss.vision.landmarks import LandmarkPredictor
from avss.vision.tracks import FaceFollower, FaceTrack

Film = list[np.ndarray]


@pytest.fixture(scope="session")
def film(generated_clips: Path) -> Film:
    """75 frames of one talking face, uint8 RGB [288,360,3]."""
    clip = next(open_corpus(generated_clips).clips())
    return [frame.rgb for frame in read_frames(clip.video)]


@pytest.fixture(scope="session")
def wave(generated_clips: Path) -> np.ndarray:
    """What the face says, float32 [48000]."""
    return read_wave(next(open_corpus(generated_clips).clips()).video, 75)


@pytest.fixture(scope="session")
def other_film(generated_clips: Path) -> Film:
    """75 frames of another face."""
    return [frame.rgb for frame in read_frames(list(open_corpus(generated_clips).clips())[-1].video)]


@pytest.fixture(scope="session")
def follower() -> FaceFollower:
    return FaceFollower(HogDetector(), LandmarkPredictor())


@pytest.fixture(scope="session")
def follow(follower: FaceFollower) -> Callable[[Film], list[FaceTrack]]:
    return lambda film: follower.follow(map(as_frame, film))


@pytest.fixture(scope="session")
def track(follow: Callable[[Film], list[FaceTrack]], film: Film) -> FaceTrack:
    """The face of ``film``, followed."""
    (track,) = follow(film)
    return track


@pytest.fixture(scope="session")
def frame_of() -> Callable[..., Frame]:
    """Makes a frame of a picture: ``frame_of(rgb, damaged=False)``."""
    return as_frame


def as_frame(rgb: np.ndarray, *, damaged: bool = False) -> Frame:
    height, width = rgb.shape[:2]
    return Frame(av.VideoFrame.from_ndarray(np.ascontiguousarray(rgb), "rgb24"), width, height, damaged=damaged)
