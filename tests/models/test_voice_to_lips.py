"""The net that imagines lips: what a voice's features do not depend on."""

import pytest
import torch
from torch import Tensor

from avss.models.voice_to_lips import VoiceToLips
from avss.rates import samples_in

T, D = 20, 6


@pytest.fixture
def net() -> VoiceToLips:
    torch.manual_seed(0)
    return VoiceToLips(D, hidden=16).eval()


@pytest.fixture
def voice() -> Tensor:
    generator = torch.Generator().manual_seed(1)
    loud = torch.rand(1, T, generator=generator).repeat_interleave(samples_in(1), dim=1)
    return loud * torch.randn(1, samples_in(T), generator=generator)


def everywhere(frames: int) -> Tensor:
    return torch.ones(1, frames, dtype=torch.bool)


def test_a_voice_has_features_in_every_frame_that_differ(net: VoiceToLips, voice: Tensor) -> None:
    features = net(voice, everywhere(T))
    assert features.shape == (1, T, D) and (features.std(1) > 1e-3).all()


def test_features_do_not_depend_on_what_a_clip_is_padded_with(net: VoiceToLips, voice: Tensor) -> None:
    longer = torch.cat([voice, torch.zeros(1, samples_in(7))], dim=1)
    inside = torch.cat([everywhere(T), ~everywhere(7)], dim=1)
    features = net(longer, inside)
    torch.testing.assert_close(features[:, :T], net(voice, everywhere(T)), rtol=1e-4, atol=1e-5)
    assert not features[:, T:].any()


def test_features_of_a_loud_voice_do_not_depend_on_the_level_of_its_recording(net: VoiceToLips) -> None:
    voice = 10 * torch.randn(1, samples_in(T), generator=torch.Generator().manual_seed(2))
    torch.testing.assert_close(net(2 * voice, everywhere(T)), net(voice, everywhere(T)), rtol=1e-2, atol=1e-3)


def test_each_clip_of_a_batch_is_heard_by_itself(net: VoiceToLips, voice: Tensor) -> None:
    both = net(torch.cat([voice, voice.flip(1)]), everywhere(T).expand(2, -1))
    torch.testing.assert_close(both[:1], net(voice, everywhere(T)), rtol=1e-4, atol=1e-5)
