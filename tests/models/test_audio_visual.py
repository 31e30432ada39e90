"""Frontend and separator as one model."""

from pathlib import Path

import pytest
import torch

from avss.data.visual import Visual
from avss.errors import ModelError
from avss.models.audio_visual import AudioVisualSeparator
from avss.models.face_to_speaker import EMBEDDING, FaceToSpeaker
from avss.models.frontend import Frontend
from avss.models.lip2phone import Lip2Phone
from avss.models.mouth_pca import MouthPCA
from avss.models.separators.cues import VisualCues, VoiceNumbers
from avss.models.separators.separator import Separator
from avss.models.separators.tcn import TCN
from avss.models.weights import load_model, save_model
from avss.rates import samples_in

B, K, T, LIPS, C = 2, 3, 8, 12, 4


def frontend(face: bool = True) -> Frontend:
    pca = MouthPCA(C, (32, 48))
    torch.nn.init.normal_(pca.components, std=0.03)
    return Frontend(Lip2Phone(C, hidden=8, features=LIPS), pca, FaceToSpeaker(17) if face else None)


def separator() -> Separator:
    cues = VisualCues(LIPS + EMBEDDING, EMBEDDING, channels=8)
    return Separator(cues, TCN(8, width=16, stages=1, blocks=2))


def faces() -> Visual:
    return Visual(
        torch.rand(B, K, T, 9, 2) + 0.5,
        torch.randint(0, 256, (B, K, T, 32, 48), dtype=torch.uint8),
        torch.ones(B, K, T, dtype=torch.bool),
        torch.randn(B, K, 68, 2),
        torch.randint(0, 256, (B, K, 64, 64, 3), dtype=torch.uint8),
    )


def test_each_face_of_each_mixture_is_looked_at_by_itself() -> None:
    model, visual, mixture = (
        AudioVisualSeparator(frontend(), separator()).eval(),
        faces(),
        torch.randn(B, samples_in(T)),
    )
    voices = model(mixture, visual)
    assert voices.shape == (B, K, samples_in(T))
    swapped = Visual(*(part[:, [2, 0, 1]] for part in visual))
    torch.testing.assert_close(model(mixture, swapped), voices[:, [2, 0, 1]], rtol=1e-3, atol=1e-5)
    second = Visual(*(part[1:] for part in visual))
    torch.testing.assert_close(model(mixture[1:], second), voices[1:], rtol=1e-3, atol=1e-5)


def test_gradients_reach_the_mouth_pca_unless_it_is_frozen() -> None:
    model = AudioVisualSeparator(frontend(), separator()).train()
    assert model.frontend.pca is not None
    for parts, reached in (((), True), (("pca",), False)):
        model.zero_grad()
        model.frontend.freeze(*parts)
        model(torch.randn(B, samples_in(T)), faces()).square().sum().backward()
        gradient = model.frontend.pca.components.grad
        assert (gradient is not None and bool(gradient.any())) == reached


def test_one_file_holds_both(tmp_path: Path) -> None:
    model, visual, mixture = (
        AudioVisualSeparator(frontend(), separator()).eval(),
        faces(),
        torch.randn(B, samples_in(T)),
    )
    save_model(model, tmp_path, corpus="made", split={})
    torch.testing.assert_close(load_model(tmp_path, AudioVisualSeparator)(mixture, visual), model(mixture, visual))


def test_a_frontend_of_other_dimensions_is_refused() -> None:
    with pytest.raises(ModelError, match=r"12 features, 0 of them of the identity.*76 and 64"):
        AudioVisualSeparator(frontend(face=False), separator())


def test_an_audio_only_separator_is_refused() -> None:
    with pytest.raises(ModelError, match="audio-only"):
        AudioVisualSeparator(frontend(), Separator(VoiceNumbers(2, 8), TCN(8, width=16, stages=1, blocks=2)))
