"""``avss separate``, as people type it."""

import shutil
from pathlib import Path

import pytest

from avss.cli import main


@pytest.mark.parametrize("video", [".", "/", ".."])
def test_a_folder_instead_of_a_video_is_refused_in_a_sentence(
    video: str, weights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["separate", video, "--weights", str(weights)]) == 1
    told = capsys.readouterr().err
    assert told.startswith(f"avss: cannot read {video}: Is a directory. Wanted: a video") and told.count("\n") == 1
    assert not list(tmp_path.iterdir())


def test_voices_lie_beside_the_video_where_no_folder_is_named(
    party: Path, weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    video = shutil.copy(party, tmp_path / "my.first party.mp4")
    assert main(["separate", str(video), "--weights", str(weights), "--no-films", "--jobs", "1"]) == 0
    out = tmp_path / "my.first party.voices"
    assert {path.name for path in out.glob("*.wav")} == {"face1.wav", "face2.wav", "rest.wav"}
    told = capsys.readouterr().out
    assert "my.first party.mp4, 3.0 s" in told and told.endswith(f"voices in {out}\n")


def test_voices_of_another_video_of_that_name_are_left_alone_and_told_of(
    party: Path, weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = (shutil.copy(party, tmp_path / f"party.{suffix}") for suffix in ("mp4", "mov"))
    options = ["--weights", str(weights), "--no-films", "--jobs", "1"]
    assert main(["separate", str(first), *options]) == 0
    assert main(["separate", str(second), *options]) == 1
    told = capsys.readouterr().err
    assert "party.voices is there already with the voices of party.mp4" in told


def test_no_process_at_all_is_refused_before_anything_is_begun(
    party: Path, weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["separate", str(party), "--out", str(tmp_path / "out"), "--weights", str(weights), "--jobs", "0"]
    assert main(command) == 1
    assert "avss: work for 0 processes. Wanted: " in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
