from collections.abc import Callable

import cv2
import numpy as np
import pytest

from avss.media.frame import Frame
from avss.vision.detector import HogDetector
from avss.vision.landmarks import LandmarkPredictor
from avss.vision.likeness import looks
from avss.vision.normalisation import normalise
from avss.vision.tracks import FaceFollower, FaceTrack

Film = list[np.ndarray]
Follow = Callable[[Film], list[FaceTrack]]


@pytest.fixture(scope="module")
def wall(film: Film) -> np.ndarray:
    """A frame without anybody."""
    return np.random.default_rng(0).integers(90, 110, film[0].shape, np.uint8)


def test_a_talking_face_is_seen_in_every_frame(track: FaceTrack) -> None:
    assert track.valid.all()
    assert track.landmarks.shape == (75, 68, 2)
    assert track.landmarks.dtype == np.float32
    assert track.mouth.shape == (75, 32, 48)
    assert track.face.shape == (64, 64, 3)
    assert track.score > 0


def test_carrying_loses_nothing_against_detecting_on_every_frame(film: Film, track: FaceTrack) -> None:
    detect, predict = HogDetector(), LandmarkPredictor()
    greys = [cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY) for frame in film]
    detected = np.stack([predict(grey, detect(grey)[0].box) for grey in greys])
    assert np.linalg.norm(track.landmarks - detected, axis=2).mean() < 1.0


def test_a_still_mouth_hardly_jitters(film: Film, follow: Follow) -> None:
    rng = np.random.default_rng(1)
    still = [np.clip(film[0] + rng.normal(0, 3, film[0].shape), 0, 255).astype(np.uint8) for _ in range(30)]
    (track,) = follow(still)
    steps = np.linalg.norm(np.diff(track.landmarks[:, 48:], axis=0), axis=2)
    assert np.median(steps) <= 0.5


@pytest.mark.parametrize(("leaves", "returns"), [(20, 24), (7, 41), (0, 33), (50, 75)])
def test_frames_without_the_face_are_known_exactly(
    film: Film, wall: np.ndarray, follow: Follow, leaves: int, returns: int
) -> None:
    (track,) = follow(film[:leaves] + [wall] * (returns - leaves) + film[returns:])
    np.testing.assert_array_equal(np.flatnonzero(~track.valid), np.arange(leaves, returns))


def test_a_short_gap_is_bridged_and_a_long_one_is_zero(film: Film, wall: np.ndarray, follow: Follow) -> None:
    (track,) = follow([*film[:10], wall, wall, *film[12:30], *[wall] * 20, *film[50:]])
    assert (track.landmarks[10:12] > 0).all()
    assert (track.landmarks[30:50] == 0).all()
    assert (track.mouth[30:50] == 0).all()


def test_two_faces_are_two_tracks(film: Film, other_film: Film, follow: Follow) -> None:
    tracks = follow([np.hstack(pair) for pair in zip(film, other_film, strict=True)])
    assert [bool(track.valid.all()) for track in tracks] == [True, True]
    assert sorted(bool((track.landmarks[..., 0] > 360).all()) for track in tracks) == [False, True]


def test_a_cut_to_another_place_is_noticed(film: Film, follow: Follow) -> None:
    moved = [np.roll(frame, 120, axis=1) for frame in film]
    tracks = follow(film[:38] + moved[38:])
    for track in tracks:
        face = normalise(track.landmarks[track.valid])
        assert np.abs(face[:, 30] - [0, 0.41]).max() < 0.1
    assert sorted(int(track.valid.sum()) for track in tracks) == [37, 38]


def test_damaged_frames_are_not_valid(film: Film, follower: FaceFollower, frame_of: Callable[..., Frame]) -> None:
    (track,) = follower.follow(frame_of(rgb, damaged=t in (5, 6, 40)) for t, rgb in enumerate(film))
    assert np.flatnonzero(~track.valid).tolist() == [5, 6, 40]


def test_no_face_no_track(wall: np.ndarray, follow: Follow) -> None:
    assert follow([wall] * 30) == []
    assert follow([]) == []


def test_one_frame_is_a_track_of_one(film: Film, follow: Follow) -> None:
    (track,) = follow(film[:1])
    assert track.landmarks.shape == (1, 68, 2)


def test_a_cut_to_somebody_else_in_the_same_place_ends_the_track(film: Film, other_film: Film, follow: Follow) -> None:
    first, second = follow(film[:30] + other_film[30:53] + film[53:])
    assert np.flatnonzero(first.valid).tolist() == [*range(30), *range(53, 75)]
    assert np.flatnonzero(second.valid).tolist() == list(range(30, 53))


def test_two_who_change_places_at_a_cut_are_not_taken_for_each_other(
    film: Film, other_film: Film, follow: Follow
) -> None:
    pairs = [
        (ours, other) if t < 40 else (other, ours) for t, (ours, other) in enumerate(zip(film, other_film, strict=True))
    ]
    tracks = follow([np.hstack(pair) for pair in pairs])
    assert sorted(int(track.valid.sum()) for track in tracks) == [35, 35, 40, 40]


def test_a_talker_behind_a_hand_is_one_track(film: Film, follow: Follow) -> None:
    covered = [frame.copy() for frame in film]
    for frame in covered[20:32]:
        frame[100:, 80:280] = 128
    (track,) = follow(covered)
    assert track.valid[:20].all()
    assert not track.valid[20:32].any()
    assert track.valid[33:].all()


def test_a_track_knows_how_its_face_looked_at_both_ends(film: Film, track: FaceTrack) -> None:
    greys = [cv2.cvtColor(film[t], cv2.COLOR_RGB2GRAY) for t in (0, -1)]
    np.testing.assert_allclose(track.looks, looks(greys, track.landmarks[[0, -1]]), atol=0.05)


def test_nothing_begins_in_a_damaged_frame(
    film: Film, wall: np.ndarray, follower: FaceFollower, frame_of: Callable[..., Frame]
) -> None:
    clip = [wall] * 4 + film[4:40]
    (track,) = follower.follow(frame_of(rgb, damaged=t in (4, 5)) for t, rgb in enumerate(clip))
    assert np.flatnonzero(track.valid).tolist() == list(range(6, 40))
