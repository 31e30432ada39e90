"""What a run tells of where it ran."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from avss.errors import OutputError
from avss.training.environment import ENVIRONMENT, UNKNOWN, describe_environment, write_environment

ROOT = Path(__file__).parents[2]


def test_versions_machine_and_commit_are_told() -> None:
    told = describe_environment()
    assert torch.__version__.startswith(told["torch"])
    assert told["processor"].endswith("cores")
    head = subprocess.run(["git", "-C", ROOT, "rev-parse", "HEAD"], capture_output=True, text=True, check=True)
    assert told["commit"].removesuffix("-dirty") == head.stdout.strip()
    assert all(isinstance(value, str) and value for value in told.values())


def test_without_git_the_commit_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert describe_environment()["commit"] == UNKNOWN


def test_the_command_can_be_typed_again_from_where_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", [f"{tmp_path}/train.py", "--out", f"{tmp_path}/runs/a b", "/elsewhere"])
    assert describe_environment()["command"] == "python train.py --out 'runs/a b' /elsewhere"


def test_the_last_start_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for command in ("first.py", "second.py"):
        monkeypatch.setattr(sys, "argv", [command])
        write_environment(tmp_path / "run")
    assert json.loads((tmp_path / "run" / ENVIRONMENT).read_text())["command"] == "python second.py"


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "run").write_text("no folder")
    with pytest.raises(OutputError, match=ENVIRONMENT):
        write_environment(tmp_path / "run")
