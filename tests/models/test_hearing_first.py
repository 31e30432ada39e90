"""A separator that listens before it looks: three ways of one net, and a voice for each face."""

from pathlib import Path

import pytest
import torch
from torch import Tensor

from avss.errors import SettingsError
from avss.models.separators.bandtcn import BandTCN
from avss.models.separators.cues import VisualCues, VoiceNumbers
from avss.models.separators.families import SeparatorSettings, make_separator
from avss.models.separators.hearing_first import HearingFirst
from avss.models.weights import load_model, save_model
from avss.rates import samples_in
from avss.training.separation_losses import SeparationLoss, stream_error

D, T, C = 10, 9, 16


def hearing_first(voices: int = 2) -> HearingFirst:
    torch.manual_seed(0)
    net = BandTCN(C, width=12, stages=2, blocks=4, mixed=16)
    return HearingFirst(VisualCues(D, identity=4, channels=C), net, VoiceNumbers(voices, C)).eval()


def inputs(K: int = 2, T: int = T, B: int = 2) -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(K)
    return 0.1 * torch.randn(B, samples_in(T), generator=generator), torch.randn(B, K, T, D, generator=generator)


@pytest.mark.parametrize("K", [1, 2, 5])
def test_each_face_gets_a_voice_whatever_the_order_and_however_many_numbers_there_are(K: int) -> None:
    mixture, features = inputs(K)
    model = hearing_first(voices=3)
    voices = model(mixture, features)
    assert voices.shape == (2, K, samples_in(T)) and voices.dtype == torch.float32
    order = torch.arange(K).roll(1)
    torch.testing.assert_close(model(mixture, features[:, order]), voices[:, order], rtol=1e-3, atol=1e-5)


def test_with_closed_eyes_it_hears_the_same_whatever_is_seen() -> None:
    mixture, features = inputs()
    model = hearing_first()
    model.way = "listening"
    torch.testing.assert_close(model(mixture, torch.zeros_like(features)), model(mixture, features))
    for way in ("looking", "both"):
        model.way = way
        assert not torch.allclose(model(mixture, features.roll(1, 0)), model(mixture, features), atol=1e-5)


def test_a_face_is_told_the_number_of_the_voice_that_is_like_what_was_looked_for() -> None:
    class Told(torch.nn.Module):
        """Of two tones, one a number's and one a face's: gives what the first two channels of the cues ask for."""

        def __init__(self) -> None:
            super().__init__()
            self.asked: list[Tensor] = []

        def forward(self, mixture: Tensor, cues: Tensor) -> Tensor:
            self.asked.append(cues[:, :, :2, 0])
            tones = torch.stack([torch.sin(n * torch.arange(mixture.shape[-1]) / 50) for n in (1.0, 3.0)])
            return cues[:, :, :2, 0].softmax(-1) @ tones

    model, net, cues = hearing_first(), Told(), torch.zeros(1, 2, C, T)
    model.net = net
    cues[0, :, :2, 0] = torch.tensor([[-1.0, 1.0], [1.0, -1.0]])  # the first face is the second tone's
    with torch.no_grad():
        model.numbers.constants[:, :2] = torch.tensor([[9.0, -9.0], [-9.0, 9.0]])
        model.hear(torch.randn(1, samples_in(T)), cues)
    looked, listened, both = net.asked
    assert torch.equal(listened[0], model.numbers.constants[:, :2])
    torch.testing.assert_close(both[0], looked[0] + listened[0].flip(0), atol=0.1, rtol=0)


def test_lessons_take_turns_and_end() -> None:
    model, ways = hearing_first(), []
    for step in range(8):
        with model.lesson(step) as way:
            assert model.way == way
            ways.append(way)
    assert model.way == "both"
    assert ways == ["listening", "both", "looking", "both"] * 2
    with pytest.raises(RuntimeError), model.lesson(0):
        raise RuntimeError
    assert model.way == "both"


@pytest.mark.parametrize(("step", "sees", "counts"), [(0, False, True), (1, True, True), (2, True, False)])
def test_each_lesson_teaches_what_it_is_about(step: int, sees: bool, counts: bool) -> None:
    mixture, features = inputs()
    model = hearing_first().train()
    with model.lesson(step):
        model(mixture, features).square().sum().backward()
    seen = [parameter.grad is not None for parameter in model.cues.parameters()]
    assert all(seen) if sees else not any(seen)
    assert (model.numbers.constants.grad is not None) is counts
    assert all(parameter.grad is not None for parameter in model.net.parameters())


def test_it_learns_to_follow_the_features_and_stays_an_ear() -> None:
    time = torch.arange(samples_in(25)) / 16_000
    loud = (torch.arange(25)[None] // torch.tensor([[3], [5]]) % 2).float()  # [2,T]
    pitch = torch.tensor([[110.0], [170.0]])
    buzz = sum(torch.sin(2 * torch.pi * n * pitch * time) / n for n in range(1, 12))
    voices = (0.05 * buzz * loud.repeat_interleave(640, dim=1))[None]
    features, mixture = loud[None, :, :, None] * torch.linspace(-1, 1, D) + 0.1, voices.sum(1)
    model, loss = hearing_first().train(), SeparationLoss()
    optimizer = torch.optim.Adam(model.parameters(), 5e-3)
    for step in range(160):
        optimizer.zero_grad()
        with model.lesson(step) as way:
            found = model(mixture, features)
        found = loss.in_order(found, voices, mixture) if way == "listening" else found
        loss(found, voices, mixture).backward()
        optimizer.step()
    model.eval()
    assert stream_error(model(mixture, features), voices, mixture).max() < -6
    assert stream_error(model(mixture, features.flip(1)), voices, mixture).min() > -1
    with model.lesson(0):
        assert stream_error(loss.in_order(model(mixture, features), voices, mixture), voices, mixture).max() < -6


def test_a_saved_one_is_the_same_again(tmp_path: Path) -> None:
    model, heard = hearing_first(voices=4), inputs(3)
    save_model(model, tmp_path, corpus="made", split={"train": ["a"], "valid": [], "test": []})
    torch.testing.assert_close(load_model(tmp_path, HearingFirst)(*heard), model(*heard))


def test_it_is_made_by_its_settings_and_never_for_streams() -> None:
    settings = SeparatorSettings(width=16, stages=1, hearing_first=True)
    made = make_separator(settings, D, 4, voices=3)
    assert isinstance(made, HearingFirst) and made.numbers.voices == 3
    with pytest.raises(SettingsError, match="causal separator that hears all of a clip first"):
        make_separator(SeparatorSettings(width=16, stages=1, hearing_first=True, causal=True), D)
