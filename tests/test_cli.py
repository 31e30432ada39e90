import subprocess
import sys
from pathlib import Path

import pytest

from avss.cli import main


def test_help_answers_without_loading_the_heavy_parts() -> None:
    program = "import sys, avss.cli; avss.cli._parser(); print({'torch', 'cv2', 'dlib', 'av'} & set(sys.modules))"
    shown = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "set()"


def test_a_missing_corpus_is_one_sentence_and_status_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["corpus", "list", str(tmp_path / "nowhere")]) == 1
    message = capsys.readouterr().err
    assert message.startswith("avss: ")
    assert "nowhere" in message
    assert "Traceback" not in message


def test_a_generated_corpus_is_listed_as_it_was_asked_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "talking faces"
    assert main(["corpus", "generate", "--out", str(out), "--speakers", "1", "--clips", "1", "--jobs", "1"]) == 0
    assert len(list((out / "s1").glob("*.mp4"))) == 1
    assert "s1" in capsys.readouterr().out


def test_grid_can_be_taken_from_a_folder(tmp_path: Path, real_grid: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "grid"
    assert main(["corpus", "grid", "--out", str(out), "--from", str(real_grid), "--speakers", "26", "31"]) == 0
    assert {folder.name for folder in out.iterdir()} == {"alignments", "s26", "s31"}
    listed = capsys.readouterr().out
    assert "s26" in listed
    assert "s31" in listed


def test_an_unknown_command_is_refused() -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["dance"])
