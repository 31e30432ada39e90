"""``avss weights``, as people type it."""

import re
from pathlib import Path

import pytest

from avss.cli import main
from avss.commands.weights import USUAL
from avss.inference.shipped import ship, verify_shipped
from avss.models.audio_visual import AudioVisualSeparator
from avss.models.weights import load_model


def test_what_comes_with_the_package_is_listed_and_sound(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["weights", "list"]) == 0
    told = capsys.readouterr().out
    assert "parameters" in told and USUAL in told
    assert main(["weights", "verify"]) == 0
    assert f"{USUAL}: sound\n" in capsys.readouterr().out


def test_a_damaged_model_is_told_by_name_and_status(
    weights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ship(weights, tmp_path / "tiny")
    (tmp_path / "tiny" / "weights.safetensors").write_bytes(b"cut off")
    monkeypatch.setattr(verify_shipped, "__defaults__", (tmp_path,))  # a package of this model alone
    assert main(["weights", "verify"]) == 1
    assert re.fullmatch(r"tiny: .* is not the file that model\.json describes\. .*\n", capsys.readouterr().out)


def test_a_model_is_exported_as_a_folder_by_itself(
    weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "copy"
    assert main(["weights", "export", str(weights), "--to", str(out)]) == 0
    assert capsys.readouterr().out == f"{out}\n"
    load_model(out, AudioVisualSeparator)
    assert main(["weights", "export", str(weights), "--to", str(out)]) == 1
    assert f"{out} is there already" in capsys.readouterr().err


def test_a_model_is_exported_as_onnx_and_not_over_a_file_that_is_there(
    weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("onnxruntime")
    out = tmp_path / "model.onnx"
    assert main(["weights", "export", str(weights), "--onnx", str(out)]) == 0
    assert f"{out}, which differs from the model by at most" in capsys.readouterr().out
    before = out.read_bytes()
    assert main(["weights", "export", str(weights), "--onnx", str(out)]) == 1
    assert f"{out} is there already. Wanted: a new file" in capsys.readouterr().err
    assert out.read_bytes() == before


def test_an_unknown_model_is_refused_in_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["weights", "export", "nobody", "--to", str(tmp_path / "out")]) == 1
    assert capsys.readouterr().err.startswith("avss: there is no model 'nobody'. Wanted: one of ")
