import sys
from pathlib import Path

import pytest
from rich.console import Console

from avss.doctor import Finding, as_table, examine

PARTS = {"torch", "GPU", "torchaudio", "dlib and predictor", "espeak-ng", "codecs", "allosaurus", "wandb"}
EXTRAS = {"ray", "gradio", "onnxruntime"}


@pytest.fixture(scope="module")
def findings(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Finding]:
    folder = tmp_path_factory.mktemp("data") / "not" / "yet" / "there"
    return {finding.part: finding for finding in examine(folder)}


def test_every_part_is_tried(findings: dict[str, Finding]) -> None:
    assert findings.keys() == PARTS | EXTRAS | {"free disk"}


@pytest.mark.parametrize("part", sorted((PARTS | EXTRAS) - {"GPU", "allosaurus"}))
def test_a_part_of_the_locked_environment_works(findings: dict[str, Finding], part: str) -> None:
    assert findings[part].state == "ok", findings[part].detail


def test_what_is_not_ok_comes_with_advice(findings: dict[str, Finding]) -> None:
    assert all(finding.do for finding in findings.values() if finding.state != "ok")


def test_a_part_that_cannot_be_imported_is_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "torchaudio", None)
    found = {finding.part: finding for finding in examine(tmp_path)}
    assert found["torchaudio"].state == "missing"
    assert "ModuleNotFoundError" in found["torchaudio"].detail
    assert found["torch"].state == "ok"


def test_wandb_is_offline_unless_the_user_is_logged_in(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("WANDB_MODE", raising=False)
    monkeypatch.delenv("WANDB_API_KEY", raising=False)
    assert "mode offline" in {finding.part: finding for finding in examine(tmp_path)}["wandb"].detail
    monkeypatch.setenv("WANDB_API_KEY", "0" * 40)
    assert "mode online" in {finding.part: finding for finding in examine(tmp_path)}["wandb"].detail


def test_paths_with_brackets_are_printed_whole() -> None:
    console = Console(record=True, width=200)
    console.print(as_table([Finding("codecs", "missing", "no [bold] in /data [old]", "look in /data [new]")]))
    printed = console.export_text()
    assert "no [bold] in /data [old]" in printed
    assert "look in /data [new]" in printed
