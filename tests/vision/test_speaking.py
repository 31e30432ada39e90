from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from avss.errors import FaceError
from avss.vision.speaking import choose_speaker, synchrony
from avss.vision.tracks import FaceTrack


@pytest.fixture(scope="module")
def listener(track: FaceTrack) -> FaceTrack:
    """A face that rests, up to the noise of its landmarks."""
    noise = np.random.default_rng(0).normal(0, 0.2, track.landmarks.shape).astype(np.float32)
    return replace(track, landmarks=track.landmarks[:1] + noise)


def seen_in(track: FaceTrack, frames: int) -> FaceTrack:
    return replace(track, valid=np.arange(75) < frames)


def test_the_only_face_speaks(track: FaceTrack, wave: np.ndarray) -> None:
    assert choose_speaker([track], wave) is track


@pytest.mark.parametrize("first", [True, False])
def test_of_two_faces_the_one_that_moves_with_the_sound_speaks(
    track: FaceTrack, listener: FaceTrack, wave: np.ndarray, first: bool
) -> None:
    assert choose_speaker([track, listener] if first else [listener, track], wave) is track


def test_two_faces_that_move_alike_are_refused(track: FaceTrack, wave: np.ndarray) -> None:
    with pytest.raises(FaceError, match="2 faces are seen and it cannot be told which one is heard"):
        choose_speaker([track, replace(track)], wave)


def test_two_faces_without_a_sound_are_refused(track: FaceTrack, listener: FaceTrack) -> None:
    with pytest.raises(FaceError, match="cannot be told"):
        choose_speaker([track, listener], np.zeros(48_000, np.float32))


def test_two_faces_in_one_frame_are_refused(follow: Callable, film: list, other_film: list) -> None:
    tracks = follow([np.hstack([film[0], other_film[0]])])
    with pytest.raises(FaceError, match="cannot be told"):
        choose_speaker(tracks, np.zeros(640, np.float32))


def test_a_passing_face_does_not_compete(track: FaceTrack, wave: np.ndarray) -> None:
    assert choose_speaker([track, seen_in(track, 10)], wave) is track


@pytest.mark.parametrize(("frames", "share"), [(59, "79%"), (20, "27%"), (5, "7%"), (0, "0%")])
def test_a_face_seen_too_rarely_is_refused_with_its_share(
    track: FaceTrack, wave: np.ndarray, frames: int, share: str
) -> None:
    with pytest.raises(FaceError, match=f"seen in {share} of the frames"):
        choose_speaker([seen_in(track, frames)], wave)


def test_a_face_seen_in_four_of_five_frames_is_enough(track: FaceTrack, wave: np.ndarray) -> None:
    assert choose_speaker([seen_in(track, 60)], wave).valid.sum() == 60


def test_no_face_is_refused(wave: np.ndarray) -> None:
    with pytest.raises(FaceError, match="seen in 0% of the frames"):
        choose_speaker([], wave)


def test_synchrony_forgives_a_small_lag_only() -> None:
    series = np.random.default_rng(0).normal(size=80)
    assert synchrony(series[3:], series[:-3]) == pytest.approx(1)
    assert synchrony(series[10:], series[:-10]) < 0.5
    assert synchrony(series, np.ones(80)) == 0
