"""A video becomes faces, sounds, films and pictures for the one who brought it."""

import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from scipy.io import wavfile

from avss.demo.desk import Desk, Work
from avss.demo.limits import Limits
from avss.demo.results import Shown
from avss.demo.visits import VisitorLeftError
from avss.errors import FaceError, MediaError, SettingsError
from avss.progress import Step


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("desk")
    (folder / "results").mkdir()
    return folder


@pytest.fixture(scope="module")
def desk(weights: Path, folder: Path) -> Desk:
    return Desk(Work(weights, jobs=1), Limits(minutes=0.1), folder / "results", folder / "example")


@pytest.fixture(scope="module")
def labels() -> list[str]:
    """What was shown while the party was separated."""
    return []


@pytest.fixture(scope="module")
def shown(desk: Desk, party: Path, labels: list[str]) -> Shown:
    def track(steps: Iterable[Step], label: str, total: int) -> Iterator[Step]:
        labels.append(f"{label}: {total}")
        yield from steps
        labels.append(f"{label}: done")

    return desk.separate("anna", party, None, track)


def untracked(steps: Iterable[Step], label: str, total: int) -> Iterable[Step]:
    return steps


def test_every_face_has_a_portrait_a_voice_and_a_film(shown: Shown) -> None:
    assert [face.name for face in shown.faces] == ["face1", "face2"]
    assert shown.words == "2 people in party.mp4, 3.0 s"
    for face in shown.faces:
        assert face.voice.is_file() and face.film.is_file()
        portrait = cv2.imread(str(face.portrait))
        assert portrait is not None and portrait.shape == (320, 320, 3)
    assert shown.comparison.is_file() and shown.spectrograms.is_file()


def test_the_mixture_is_the_sum_of_all_that_was_found_in_it(shown: Shown) -> None:
    voices = [wavfile.read(face.voice)[1].astype(int) for face in shown.faces]
    rest = wavfile.read(shown.faces[0].voice.with_name("rest.wav"))[1].astype(int)
    np.testing.assert_array_equal(wavfile.read(shown.mixture)[1], sum(voices) + rest)


def test_the_archive_holds_what_the_command_writes(shown: Shown) -> None:
    with zipfile.ZipFile(shown.archive) as archive:
        assert set(archive.namelist()) == {
            "face1.wav", "face2.wav", "rest.wav", "face1.mp4", "face2.mp4", "faces.mp4", "face1.png", "face2.png",
            "separation.json",
        }  # fmt: skip
        assert archive.testzip() is None


def test_each_part_of_the_work_shows_its_progress_to_the_end(shown: Shown, labels: list[str]) -> None:
    assert labels == [
        "following faces: 1", "following faces: done", "separating voices: 1", "separating voices: done",
        "making films: 75", "making films: done",
    ]  # fmt: skip


def test_who_leaves_while_the_work_goes_on_stops_it_and_leaves_nothing(desk: Desk, folder: Path, party: Path) -> None:
    def track(steps: Iterable[Step], label: str, total: int) -> Iterator[Step]:
        for step in steps:
            desk.leave("bert")
            yield step

    before = set((folder / "results").iterdir())
    with pytest.raises(VisitorLeftError):
        desk.separate("bert", party, None, track)
    assert set((folder / "results").iterdir()) == before


def test_without_a_video_nothing_can_be_done(desk: Desk) -> None:
    with pytest.raises(SettingsError, match="no video yet"):
        desk.separate("anna", None, None, untracked)


def test_what_the_command_refuses_is_refused_here(desk: Desk, party: Path, tmp_path: Path) -> None:
    (tmp_path / "notes.mp4").write_text("no video")
    with pytest.raises(MediaError, match=r"notes\.mp4"):
        desk.separate("carl", tmp_path / "notes.mp4", None, untracked)
    with pytest.raises(FaceError, match="2 faces were found instead of 9"):
        desk.separate("carl", party, 9, untracked)


def test_the_example_party_is_made_once_and_can_be_separated(desk: Desk) -> None:
    video = desk.example()
    made = video.stat().st_mtime_ns
    desk.limits.check(video)
    assert desk.example().stat().st_mtime_ns == made
