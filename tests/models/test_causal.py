"""Causal models: a stream gives what the whole clip gives, and nothing depends on what is still to come."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from avss.data.visual import Visual
from avss.errors import ModelError, SettingsError
from avss.models.audio_visual import AudioVisualSeparator
from avss.models.causal.layers import CausalConv1d, FrameNorm, RunningMean
from avss.models.causal.lip2phone import CausalLip2Phone
from avss.models.causal.lip_features import RunningLipFeatures
from avss.models.causal.memory import Memory, remembering
from avss.models.causal.separator import CausalSeparator
from avss.models.causal.spectrum import RunningSpectrum
from avss.models.frontend import Frontend
from avss.models.lip2phone import Lip2Phone
from avss.models.separators.cues import Sight, VisualCues
from avss.models.separators.families import SeparatorSettings, make_audio_only, make_separator
from avss.models.separators.separator import Separator
from avss.models.weights import load_model, save_model
from avss.rates import samples_in
from avss.training.separation_losses import SeparationLoss

D, T = 6, 12
SMALL = SeparatorSettings(width=16, stages=2, causal=True)

# Where a cut divides T frames into blocks.
cuts = st.sets(st.integers(1, T - 1)).map(sorted)


def in_blocks(net: Callable[[Tensor], Tensor], frames: Tensor, at: Sequence[int], dim: int = -1) -> Tensor:
    """What ``net`` makes of a stream cut ``at`` these frames."""
    memory, found = Memory(), []
    for block in frames.tensor_split([*at], dim=dim):
        with remembering(memory):
            found.append(net(block))
    return torch.cat(found, dim=dim)


@pytest.fixture(scope="module")
def separator() -> Separator:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return make_separator(SMALL, D).eval()


@settings(deadline=None, max_examples=20)
@given(at=cuts)
def test_a_layer_makes_the_same_of_a_stream_as_of_a_clip(at: list[int]) -> None:
    torch.manual_seed(0)
    frames = torch.randn(2, 5, T)
    for layer in (CausalConv1d(5, 3, 3, dilation=2), CausalConv1d(5, 3, 1), FrameNorm(5)):
        torch.testing.assert_close(in_blocks(layer, frames, at), layer(frames))
    mean = RunningMean(lasting=4)
    found = in_blocks(lambda block: mean(block, torch.ones_like(block[..., :1])), frames.mT, at, dim=1)
    assert torch.equal(found, mean(frames.mT, torch.ones_like(frames.mT[..., :1])))


def test_a_running_mean_is_that_of_what_was_seen_and_forgets() -> None:
    values, seen = torch.tensor([[9.0], [1.0], [3.0], [9.0], [5.0]]), torch.tensor([[0.0], [1], [1], [0], [1]])
    endless = RunningMean(lasting=10**6)(values, seen)
    torch.testing.assert_close(endless, torch.tensor([[0.0], [1], [2], [2], [3]]), rtol=0, atol=1e-4)
    steps = torch.cat([torch.zeros(50, 1), torch.ones(50, 1)])
    assert RunningMean(lasting=5)(steps, torch.ones_like(steps))[-1] > 0.99


@settings(deadline=None, max_examples=20)
@given(at=cuts, sizes=st.sampled_from([(640, 320), (640, 160), (1280, 640), (512, 128)]))
def test_a_wave_comes_back_from_its_spectra_late_by_the_lag(at: list[int], sizes: tuple[int, int]) -> None:
    spectrum = RunningSpectrum(*sizes)
    waves = torch.randn(2, samples_in(T))

    def there_and_back(block: Tensor) -> Tensor:
        return spectrum.synthesise(spectrum.analyse(block), block.shape[-1])

    found = in_blocks(there_and_back, waves, [samples_in(t) for t in at])
    assert spectrum.lag == sizes[0] - sizes[1]
    torch.testing.assert_close(found, there_and_back(waves))
    torch.testing.assert_close(found, nn.functional.pad(waves, (spectrum.lag, 0))[:, : samples_in(T)])


@pytest.mark.parametrize("sizes", [(640, 300), (600, 300)])
def test_a_hop_that_frames_are_no_multiple_of_is_refused(sizes: tuple[int, int]) -> None:
    with pytest.raises(ModelError, match="a hop that divides"):
        RunningSpectrum(*sizes)


@settings(deadline=None, max_examples=10)
@given(at=cuts, seed=st.integers(0, 99))
def test_lips_in_a_stream_are_read_as_in_a_clip(at: list[int], seed: int) -> None:
    random = torch.Generator().manual_seed(seed)
    points = torch.rand(2, T, 9, 2, generator=random) + 0.5
    valid = torch.rand(2, T, generator=random) < 0.7
    points[~valid] = torch.nan
    torch.manual_seed(0)
    net, none = CausalLip2Phone(hidden=8, features=D).eval(), torch.zeros(2, T, 0)
    whole = net(points, none, valid)
    memory, parts = Memory(), []
    for block in zip(*(part.tensor_split(at, dim=1) for part in (points, none, valid)), strict=True):
        with remembering(memory):
            parts.append(net(*block))
    found = torch.cat([part.features for part in parts], dim=1)
    torch.testing.assert_close(found, whole.features, rtol=0, atol=1e-5)


@settings(deadline=None, max_examples=10)
@given(t=st.integers(1, T - 1))
def test_lips_are_read_without_a_look_ahead(t: int) -> None:
    torch.manual_seed(0)
    points, valid = torch.rand(1, T, 9, 2) + 0.5, torch.ones(1, T, dtype=torch.bool)
    other, hidden = points.clone(), valid.clone()
    other[:, t:], hidden[:, t:] = 7.0, False
    net, none = CausalLip2Phone(hidden=8, features=D).eval(), torch.zeros(1, T, 0)
    features = net(points, none, valid).features
    for changed in (net(other, none, valid), net(points, none, hidden)):
        assert torch.equal(changed.features[:, :t], features[:, :t])
        assert not torch.equal(changed.features[:, t], features[:, t])


def test_a_phone_is_told_a_frame_later() -> None:
    torch.manual_seed(0)
    points, valid = torch.rand(1, T, 9, 2) + 0.5, torch.ones(1, T, dtype=torch.bool)
    net, none = CausalLip2Phone(hidden=8, features=D).eval(), torch.zeros(1, T, 0)
    whole = net(points, none, valid)
    torch.testing.assert_close(whole.phones[:, :-1], net.phones(whole.features[:, 1:]))
    other = points.clone()
    other[:, 6:] = 7.0
    untouched = (net(other, none, valid).phones == whole.phones).all(-1)
    assert untouched[0].tolist() == [True] * 5 + [False] * (T - 5)


def test_running_features_of_lips_do_not_change_with_the_scale_of_the_picture() -> None:
    points, valid = torch.rand(2, T, 9, 2) + 0.5, torch.ones(2, T, dtype=torch.bool)
    features = RunningLipFeatures()(points, valid)
    torch.testing.assert_close(RunningLipFeatures()(60 * points, valid), features, rtol=1e-3, atol=1e-3)


def test_a_causal_lip2phone_has_no_more_weights_than_the_other() -> None:
    sizes = [sum(weight.numel() for weight in kind(32).parameters()) for kind in (CausalLip2Phone, Lip2Phone)]
    assert 0.7 * sizes[1] < sizes[0] <= sizes[1]


def test_a_causal_lip2phone_does_not_start_from_the_other_kind() -> None:
    with pytest.raises(ModelError, match=r"a Lip2Phone to start from. Wanted: a CausalLip2Phone"):
        CausalLip2Phone().start_from(Lip2Phone())
    CausalLip2Phone(mouth_components=4).start_from(CausalLip2Phone())


@settings(deadline=None, max_examples=12)
@given(t=st.integers(1, T - 1), within=st.integers(0, 639), what=st.sampled_from(["mixture", "features"]))
def test_what_is_still_to_come_changes_nothing_before_the_latency(t: int, within: int, what: str) -> None:
    torch.manual_seed(0)
    separator = make_separator(SMALL, D).eval()
    mixture, features = 0.1 * torch.randn(1, samples_in(T)), torch.randn(1, 2, T, D)
    voices = separator(mixture, features)
    assert isinstance(separator, CausalSeparator)
    first = samples_in(t) + (within if what == "mixture" else 0)
    if what == "mixture":
        mixture[:, first:] = torch.randn_like(mixture[:, first:])
    else:
        features[:, :, t:] = torch.randn_like(features[:, :, t:])
    changed = separator(mixture, features)
    untouched = max(0, first - separator.latency + 1)
    assert torch.equal(changed[..., :untouched], voices[..., :untouched])
    assert not torch.equal(changed[..., first:], voices[..., first:])


@pytest.mark.parametrize("surplus", [-640, -100, 0, 1, 640])
def test_sound_may_be_up_to_a_frame_longer_or_shorter(surplus: int, separator: Separator) -> None:
    voices = separator(torch.randn(1, samples_in(T) + surplus), torch.randn(1, 2, T, D))
    assert voices.shape == (1, 2, samples_in(T) + surplus)
    assert voices.isfinite().all()


def test_a_louder_mixture_gives_louder_voices(separator: Separator) -> None:
    mixture, features = 0.1 * torch.randn(1, samples_in(T)), torch.randn(1, 2, T, D)
    louder = separator(100 * mixture, features)
    torch.testing.assert_close(louder, 100 * separator(mixture, features), rtol=1e-3, atol=1e-3)


def test_silence_and_unseen_faces_give_finite_voices_and_gradients() -> None:
    separator = make_separator(SMALL, D).train()
    mixture = torch.cat([torch.zeros(1, samples_in(5)), torch.randn(1, samples_in(T - 5))], dim=-1)
    voices = separator(mixture, torch.zeros(1, 2, T, D))
    assert voices.isfinite().all()
    SeparationLoss()(voices, torch.zeros_like(voices), mixture).backward()
    assert all(weight.grad.isfinite().all() for weight in separator.parameters() if weight.grad is not None)


def test_gradients_reach_features_and_every_weight() -> None:
    separator, features = make_separator(SMALL, D).train(), torch.randn(1, 2, T, D, requires_grad=True)
    separator(torch.randn(1, samples_in(T)), features).square().sum().backward()
    assert features.grad is not None
    assert (features.grad[:, :, 1:] != 0).any(-1).all()
    assert not [name for name, weight in separator.named_parameters() if weight.grad is None or not weight.grad.any()]


def test_the_audio_only_twin_is_causal_too() -> None:
    assert isinstance(make_audio_only(SMALL, voices=2), CausalSeparator)


@pytest.mark.parametrize(("family", "message"), [("bandsplit", "no causal family 'bandsplit'"), ("convtasnet", "tcn")])
def test_families_without_a_causal_kind_are_refused(family: str, message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        make_separator(replace(SMALL, family=family), D)


@pytest.mark.parametrize(("sight", "refused"), [("all", False), ("lips", False), ("identity", True)])
def test_a_causal_separator_looks_at_the_lips(sight: Sight, refused: bool) -> None:
    wanted = replace(SMALL, sight=sight)
    if refused:
        with pytest.raises(SettingsError, match="the identity alone"):
            make_separator(wanted, D, 2)
    else:
        cues = make_separator(wanted, D, 2).cues
        assert isinstance(cues, VisualCues)
        assert cues.sight == "lips"


def test_a_causal_separator_wants_a_frontend_that_looks_back(separator: Separator) -> None:
    AudioVisualSeparator(Frontend(CausalLip2Phone(hidden=8, features=D)), separator)
    with pytest.raises(ModelError, match="a frontend that looks ahead"):
        AudioVisualSeparator(Frontend(Lip2Phone(hidden=8, features=D)), separator)


def test_a_saved_model_comes_back_as_causal(separator: Separator, tmp_path: Path) -> None:
    model = AudioVisualSeparator(Frontend(CausalLip2Phone(hidden=8, features=D)), separator).eval()
    save_model(model, tmp_path, corpus="made", split={})
    loaded = load_model(tmp_path, AudioVisualSeparator)
    assert isinstance(loaded.separator, CausalSeparator)
    faces = torch.rand(1, 2, T, 9, 2), torch.zeros(1, 2, T, 0, 0), torch.ones(1, 2, T, dtype=torch.bool)
    visual = Visual(*faces, torch.zeros(1, 2, 68, 2), torch.zeros(1, 2, 64, 64, 3))
    mixture = torch.randn(1, samples_in(T))
    torch.testing.assert_close(loaded(mixture, visual), model(mixture, visual), rtol=0, atol=0)
