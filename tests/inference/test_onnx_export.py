"""What ONNX Runtime makes of an exported model is what the model makes."""

import sys
from pathlib import Path

import pytest
import torch

from avss.errors import ModelError, OutputError, PartMissingError
from avss.inference import onnx_export
from avss.inference.made_party import made_party
from avss.inference.onnx_export import export_onnx
from avss.models.audio_visual import AudioVisualSeparator
from avss.models.causal.lip2phone import CausalLip2Phone
from avss.models.face_to_speaker import FaceToSpeaker
from avss.models.frontend import Frontend
from avss.models.lip2phone import Lip2Phone
from avss.models.mouth_pca import MouthPCA
from avss.models.separators.families import Family, SeparatorSettings, make_separator


def small_model(family: Family = "tcn", whole: bool = True, hearing_first: bool = False) -> AudioVisualSeparator:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        pca = MouthPCA(4, (32, 48))
        torch.nn.init.normal_(pca.components, std=0.03)
        lips = Lip2Phone(4 if whole else 0, hidden=8, features=8)
        frontend = Frontend(lips, pca, FaceToSpeaker(17)) if whole else Frontend(lips)
        settings = SeparatorSettings(family=family, width=16, stages=2, hearing_first=hearing_first)
        return AudioVisualSeparator(frontend, make_separator(settings, frontend.size, frontend.size - 8)).eval()


@pytest.mark.parametrize(
    ("family", "whole", "hearing_first"),
    [
        ("tcn", True, False),
        ("tcn", False, False),
        ("bandtcn", False, False),
        ("tcn", False, True),
        ("bandsplit", False, False),
        ("convtasnet", False, False),
    ],
)
def test_an_exported_model_gives_the_same_voices_for_any_sizes(
    family: Family, whole: bool, hearing_first: bool, tmp_path: Path
) -> None:
    onnxruntime = pytest.importorskip("onnxruntime")
    model, path = small_model(family, whole, hearing_first), tmp_path / "model.onnx"
    assert export_onnx(model, path) < 1e-5
    session = onnxruntime.InferenceSession(path)
    names = [entry.name for entry in session.get_inputs()]
    assert names == (["mixture", "points", "mouth", "valid", "shape", "picture"] if whole else
                     ["mixture", "points", "valid"])  # fmt: skip
    for B, K, T in ((1, 3, 2), (3, 5, 13)):
        party = made_party(B, K, T, seed=1)
        shown = {"mixture": party.mixture, **party.visual._asdict()}
        (voices,) = session.run(["voices"], {name: shown[name].numpy() for name in names})
        with torch.inference_mode():
            torch.testing.assert_close(torch.from_numpy(voices), model(*party), rtol=0, atol=1e-4)


def test_a_file_that_gives_other_voices_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("onnxruntime")
    monkeypatch.setattr(onnx_export, "TOLERANCE", 1e-12)
    with pytest.raises(ModelError, match="differ from those of the model"):
        export_onnx(small_model(whole=False), tmp_path / "model.onnx")
    assert not list(tmp_path.iterdir())


def test_a_file_that_is_there_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "model.onnx").write_text("mine")
    with pytest.raises(OutputError, match=r"is there already\. Wanted: a new file"):
        export_onnx(small_model(whole=False), tmp_path / "model.onnx")
    assert (tmp_path / "model.onnx").read_text() == "mine"


def test_a_causal_model_is_refused(tmp_path: Path) -> None:
    lips = CausalLip2Phone(hidden=8, features=8)
    separator = make_separator(SeparatorSettings(width=16, stages=1, causal=True), 8)
    with pytest.raises(ModelError, match="a causal model, whose memory no ONNX file keeps"):
        export_onnx(AudioVisualSeparator(Frontend(lips), separator), tmp_path / "model.onnx")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("package", ["onnx", "onnxruntime"])
def test_what_is_not_installed_is_named(package: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(PartMissingError, match=rf"{package} is not installed.*pip install"):
        export_onnx(small_model(whole=False), tmp_path / "model.onnx")
