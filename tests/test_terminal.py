import subprocess
import sys
from pathlib import Path

import pytest

from avss.errors import CorpusError
from avss.terminal import exit_status


def test_an_error_is_told_once_and_whole(capsys: pytest.CaptureFixture[str]) -> None:
    def fail() -> None:
        raise CorpusError("/data [old] is empty", "clips", "fetch them")

    assert exit_status("prepare", fail) == 1
    assert capsys.readouterr().err == "prepare: /data [old] is empty. Wanted: clips. Do: fetch them.\n"


def test_an_interruption_says_that_work_goes_on(capsys: pytest.CaptureFixture[str]) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    assert exit_status("prepare", interrupt) == 130
    assert "goes on where this one stopped" in capsys.readouterr().err


@pytest.mark.parametrize(("returned", "status"), [(None, 0), (0, 0), (3, 3)])
def test_the_status_of_a_command_is_passed_on(returned: int | None, status: int) -> None:
    assert exit_status("doctor", lambda: returned) == status


def test_a_bug_is_not_dressed_up_as_a_user_error() -> None:
    def fail() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        exit_status("prepare", fail)


def test_a_script_tells_its_own_warnings_and_not_what_a_trainer_says_of_itself(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text("""
import warnings

import pytorch_lightning as pl
from avss.terminal import run_script


def train() -> None:
    pl.Trainer(accelerator="cpu", logger=False)
    warnings.warn("Found 3 module(s) in eval mode at the start of training.")
    warnings.warn("half of the clips are silent")


run_script(train)
""")
    ended = subprocess.run([sys.executable, script], capture_output=True, text=True, cwd=tmp_path, check=True)
    assert "half of the clips are silent" in ended.stderr
    assert not any(chatter in ended.stderr for chatter in ("eval mode", "GPU available", "Tip"))
