"""Every family keeps the contract of a separator, as audio-visual and as audio-only net, and learns."""

from collections.abc import Callable
from pathlib import Path
from typing import cast

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from avss.errors import ModelError, SettingsError
from avss.models.separators.bandsplit import BandSplit
from avss.models.separators.bandtcn import BandTCN
from avss.models.separators.convtasnet import ConvTasNet
from avss.models.separators.cues import VisualCues, VoiceNumbers
from avss.models.separators.families import FAMILIES, Family, SeparatorSettings, make_audio_only, make_separator
from avss.models.separators.separator import Separator, rest_of
from avss.models.separators.streams import Fusion
from avss.models.separators.tcn import TCN
from avss.models.weights import load_model, save_model
from avss.rates import samples_in
from avss.training.separation_losses import SeparationLoss, stream_error

D, T = 10, 9

SMALL: dict[str, Callable[[int, Fusion], torch.nn.Module]] = {
    "tcn": lambda cues, fusion: TCN(cues, width=24, stages=2, blocks=4, fusion=fusion),
    "bandtcn": lambda cues, fusion: BandTCN(cues, width=12, stages=2, blocks=4, mixed=16, fusion=fusion),
    "bandsplit": lambda cues, fusion: BandSplit(cues, width=12, stages=2, hidden=12, fusion=fusion),
    "convtasnet": lambda cues, fusion: ConvTasNet(cues, width=16, stages=2, blocks=4, fusion=fusion),
}


def separator(family: str, fusion: Fusion = "early") -> Separator:
    torch.manual_seed(0)
    return Separator(VisualCues(D, identity=4, channels=16), SMALL[family](16, fusion)).eval()


def inputs(K: int = 2, T: int = T, B: int = 2) -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(K)
    mixture = 0.1 * torch.randn(B, samples_in(T), generator=generator)
    return mixture, torch.randn(B, K, T, D, generator=generator)


@pytest.fixture(params=SMALL)
def family(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.mark.parametrize("fusion", ["early", "film"])
@pytest.mark.parametrize("K", [1, 2, 6])
def test_each_face_gets_a_voice_and_the_order_of_faces_is_that_of_voices(family: str, K: int, fusion: Fusion) -> None:
    mixture, features = inputs(K)
    net = separator(family, fusion)
    voices = net(mixture, features)
    assert voices.shape == (2, K, samples_in(T)) and voices.dtype == torch.float32
    order = torch.arange(K).roll(1)
    torch.testing.assert_close(net(mixture, features[:, order]), voices[:, order], rtol=1e-3, atol=1e-5)
    torch.testing.assert_close(voices.sum(1) + rest_of(mixture, voices), mixture, rtol=0, atol=1e-4)


def test_a_face_alone_is_heard_beside_somebody_who_is_never_seen(family: str) -> None:
    mixture, features = inputs(K=1)
    nobody = torch.zeros_like(features)
    net = separator(family)
    alone = net(mixture, features)
    torch.testing.assert_close(alone, net(mixture, torch.cat([features, nobody], dim=1))[:, :1], rtol=1e-3, atol=1e-5)


def test_faces_get_different_voices_and_see_each_other(family: str) -> None:
    mixture, features = inputs(3)
    net = separator(family)
    voices = net(mixture, features)
    level = voices.square().mean().sqrt()
    assert (voices[:, 0] - voices[:, 1]).square().mean().sqrt() > 1e-3 * level
    features[:, 2] *= -1
    assert (net(mixture, features)[:, 0] - voices[:, 0]).square().mean().sqrt() > 1e-4 * level


@settings(max_examples=6, deadline=None)
@given(T=st.integers(1, 40), surplus=st.integers(-640, 640), K=st.integers(1, 4))
def test_any_number_of_frames_and_sound_up_to_a_frame_longer_or_shorter(T: int, surplus: int, K: int) -> None:
    S = max(1, samples_in(T) + surplus)
    mixture = torch.randn(1, S)
    for family in SMALL:
        voices = separator(family)(mixture, torch.randn(1, K, T, D))
        assert voices.shape == (1, K, S) and voices.isfinite().all()


def test_a_louder_mixture_gives_louder_voices(family: str) -> None:
    mixture, features = inputs()
    net = separator(family)
    torch.testing.assert_close(net(100 * mixture, features), 100 * net(mixture, features), rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("nothing", ["mixture", "features", "both"])
def test_silence_and_unseen_faces_give_finite_voices_and_gradients(family: str, nothing: str) -> None:
    mixture, features = inputs()
    mixture *= nothing == "features"
    features *= nothing == "mixture"
    net = separator(family).train()
    voices = net(mixture, features)
    assert voices.isfinite().all()
    if nothing != "features":
        assert voices.abs().max() < 1e-4
    SeparationLoss()(voices, torch.zeros_like(voices), mixture).backward()
    assert all(weight.grad.isfinite().all() for weight in net.parameters() if weight.grad is not None)


@pytest.mark.parametrize("fusion", ["early", "film"])
def test_gradients_reach_features_and_every_weight(family: str, fusion: Fusion) -> None:
    mixture, features = inputs()
    net = separator(family, fusion).train()
    net(mixture, features.requires_grad_()).square().sum().backward()
    assert features.grad is not None and (features.grad != 0).any(-1).all()
    silent = [name for name, weight in net.named_parameters() if weight.grad is None or not weight.grad.any()]
    assert not silent


@pytest.mark.parametrize("fusion", ["early", "film"])
def test_bfloat16_changes_voices_little(family: str, fusion: Fusion) -> None:
    mixture, features = inputs()
    net = separator(family, fusion)
    voices = net(mixture, features)
    with torch.autocast("cpu", torch.bfloat16):
        rough = net(mixture, features)
    assert rough.dtype == torch.float32
    assert stream_error(rough, voices.detach(), mixture).max() < -20


def test_a_saved_separator_is_the_same_again(family: str, tmp_path: Path) -> None:
    mixture, features = inputs()
    net = separator(family)
    save_model(net, tmp_path, corpus="made", split={})
    torch.testing.assert_close(load_model(tmp_path, Separator)(mixture, features), net(mixture, features))


def talkers(T: int) -> tuple[Tensor, Tensor]:
    """Two buzzing voices [1,2,S], and features [1,2,T,D] that tell when each is loud."""
    time = torch.arange(samples_in(T)) / 16_000
    loud = (torch.arange(T)[None] // torch.tensor([[3], [5]]) % 2).float()  # [2,T]
    pitch = torch.tensor([[110.0], [170.0]])
    buzz = sum(torch.sin(2 * torch.pi * n * pitch * time) / n for n in range(1, 12))
    voices = 0.05 * buzz * loud.repeat_interleave(640, dim=1)
    return voices[None], loud[None, :, :, None] * torch.linspace(-1, 1, D) + 0.1


def test_it_learns_to_follow_the_features(family: str) -> None:
    voices, features = talkers(25)
    mixture = voices.sum(1)
    net, loss = separator(family).train(), SeparationLoss()
    optimizer = torch.optim.Adam(net.parameters(), 5e-3)
    for _ in range(80):
        optimizer.zero_grad()
        loss(net(mixture, features), voices, mixture).backward()
        optimizer.step()
    net.eval()
    assert stream_error(net(mixture, features), voices, mixture).max() < -6
    assert stream_error(net(mixture, features.flip(1)), voices, mixture).min() > -1


def test_the_audio_only_twin_hears_the_same_whatever_is_seen(family: str) -> None:
    twin = Separator(VoiceNumbers(3, channels=16), SMALL[family](16, "early")).eval()
    mixture, features = inputs(3)
    voices = twin(mixture, features)
    torch.testing.assert_close(twin(mixture, torch.zeros_like(features)), voices)
    assert twin(*inputs(2)).shape[1] == 2
    with pytest.raises(ModelError, match="4 voices"):
        twin(*inputs(4))


@pytest.mark.parametrize("family", FAMILIES)
def test_families_are_made_by_name_with_a_twin_of_the_same_net(family: Family) -> None:
    chosen = SeparatorSettings(family, width=32, stages=1)
    seeing, hearing = make_separator(chosen, 192, 64), make_audio_only(chosen, voices=2)
    assert isinstance(seeing.cues, VisualCues) and isinstance(hearing.cues, VoiceNumbers)
    shapes = [[weight.shape for weight in model.net.parameters()] for model in (seeing, hearing)]
    assert shapes[0] == shapes[1]
    assert FAMILIES[family] is type(seeing.net)


def test_the_cheap_family_has_at_most_3_million_weights() -> None:
    assert sum(weight.numel() for weight in make_separator(SeparatorSettings(), 192, 64).parameters()) < 3e6


def test_an_unknown_family_is_refused_by_name() -> None:
    with pytest.raises(SettingsError, match=r"no family 'unet'.*tcn"):
        make_separator(SeparatorSettings(family=cast(Family, "unet")), 192)


@pytest.mark.parametrize(
    ("mixture", "features", "message"),
    [
        ((2, 640 * T), (2, 3, T), r"\[B,K,T,D\]"),
        ((2, 1, 640 * T), (2, 3, T, D), r"\[B,S\]"),
        ((3, 640 * T), (2, 3, T, D), "same B"),
        ((2, 640 * T), (2, 0, T, D), "at least 1"),
        ((2, 640), (2, 2, 0, D), "at least 1"),
        ((2, 640 * T + 641), (2, 2, T, D), "give or take 640"),
        ((2, 640 * T - 641), (2, 2, T, D), "give or take 640"),
        ((2, 640 * T), (2, 2, T, D + 1), "use the frontend it was trained with"),
    ],
)
def test_shapes_that_do_not_belong_together_are_refused(
    mixture: tuple[int, ...], features: tuple[int, ...], message: str
) -> None:
    with pytest.raises(ModelError, match=message):
        separator("tcn")(torch.zeros(mixture), torch.zeros(features))
