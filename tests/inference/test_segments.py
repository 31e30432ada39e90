"""Following a video in segments: as good as in one go, and never twice."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from avss.errors import MediaError, OutputError, StoreError
from avss.inference.segments import follow_video, segments_of
from avss.inference.tracklets import Tracklet
from avss.media.probing import MediaInfo, probe
from avss.media.reading import read_frames
from avss.media.writing import write_video
from avss.vision.detector import HogDetector
from avss.vision.landmarks import LandmarkPredictor
from avss.vision.tracks import FaceFollower

Film = list[np.ndarray]
Follow = Callable[[], list[Tracklet]]


@given(st.integers(1, 300_000), st.integers(200, 2000))
def test_segments_cover_a_video_without_gap_and_are_of_one_length(T: int, longest: int) -> None:
    segments = segments_of(T, longest)
    assert [segments[0].start, *(stop for _, stop in segments)] == [*(start for start, _ in segments), T]
    lengths = [stop - start for start, stop in segments]
    assert max(lengths) <= longest
    assert max(lengths) - min(lengths) <= 1


@pytest.fixture
def video(anna: Film, tmp_path: Path) -> Path:
    """40 frames of one face."""
    write_video(tmp_path / "film.mp4", anna[:40], None)
    return tmp_path / "film.mp4"


@pytest.fixture
def info(video: Path) -> MediaInfo:
    return probe(video)


@pytest.fixture
def work(tmp_path: Path) -> Path:
    return tmp_path / "work"


@pytest.fixture
def follow(video: Path, info: MediaInfo, work: Path) -> Follow:
    return lambda: follow_video(video, info, work, jobs=1, longest=20)


def test_a_face_is_followed_in_segments_as_it_is_in_one_go(video: Path, follow: Follow) -> None:
    one, two = follow()
    (whole,) = FaceFollower(HogDetector(), LandmarkPredictor()).follow(read_frames(video))
    assert (one.start, one.stop, two.start, two.stop) == (0, 20, 20, 40)
    assert one.valid.all() and two.valid.all()
    landmarks = np.concatenate([one.read("landmarks"), two.read("landmarks")])
    assert np.linalg.norm(landmarks - whole.landmarks, axis=2).mean() < 1.0
    mouths = np.concatenate([one.read("mouth"), two.read("mouth")])
    assert mouths.dtype == np.uint8
    assert np.abs(mouths.astype(int) - whole.mouth).mean() < 4


def test_places_are_told_in_a_picture_of_640_pixels(anna: Film, tmp_path: Path) -> None:
    large = [np.repeat(np.repeat(frame, 4, axis=0), 4, axis=1) for frame in anna[:6]]
    for name, film in (("small", anna[:6]), ("large", large)):
        write_video(tmp_path / f"{name}.mp4", film, None)
    small, large = (
        follow_video(tmp_path / f"{name}.mp4", probe(tmp_path / f"{name}.mp4"), tmp_path / name, jobs=1)[0]
        for name in ("small", "large")
    )
    np.testing.assert_allclose(large.boxes, small.boxes * 640 / 360, atol=5)
    np.testing.assert_allclose(large.read("landmarks"), small.read("landmarks") * 640 / 360, atol=8)


def test_work_that_was_stopped_goes_on_where_it_stopped(follow: Follow, work: Path) -> None:
    before = follow()
    first, second = sorted(work.iterdir())
    written = first.stat().st_mtime_ns
    second.unlink()
    after = follow()
    assert first.stat().st_mtime_ns == written
    assert second.exists()
    np.testing.assert_array_equal(after[1].boxes, before[1].boxes)


def test_another_video_of_the_same_name_is_followed_anew(
    video: Path, info: MediaInfo, follow: Follow, bert: Film
) -> None:
    (ours, _) = follow()
    write_video(video, bert[:40], None)
    (other, _) = follow()
    assert np.linalg.norm(ours.descriptor - other.descriptor) > 0.3


def test_a_segment_that_cannot_be_followed_is_named_by_its_time(video: Path, info: MediaInfo, work: Path) -> None:
    video.write_text("no video any more")
    with pytest.raises(MediaError, match=r"cannot be followed from 0:00 to 0:01: cannot decode .*film\.mp4"):
        follow_video(video, info, work, jobs=1)
    three_hours = replace(info, frames=3 * 3600 * 25)
    with pytest.raises(MediaError, match="cannot be followed from 0:00 to 3:00:00"):
        follow_video(video, three_hours, work, jobs=1, longest=three_hours.frames)


def test_a_full_disk_is_said_and_finished_segments_are_kept(anna: Film, tmp_path: Path, tiny_disk: Path) -> None:
    video = tmp_path / "film.mp4"
    write_video(video, anna, None)
    with pytest.raises(OutputError, match="No space left"):
        follow_video(video, probe(video), tiny_disk / "work", jobs=1, longest=20)
    assert sorted(path.name for path in (tiny_disk / "work").iterdir())[0] == "faces-0000000-0000018.npz"


def test_a_damaged_segment_is_named(follow: Follow, work: Path) -> None:
    follow()
    first = min(work.iterdir())
    first.write_bytes(first.read_bytes()[:100])
    with pytest.raises(StoreError, match=first.name):
        follow()


def test_a_film_without_faces_has_no_tracklets(wall: np.ndarray, tmp_path: Path) -> None:
    write_video(tmp_path / "wall.mp4", [wall] * 10, None)
    video = tmp_path / "wall.mp4"
    assert follow_video(video, probe(video), tmp_path / "work", jobs=1) == []
