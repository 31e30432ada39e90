"""What ideal masks reach on made voices: about the ceilings known from real ones, and never out of bounds."""

import pytest
import torch
from torch import Tensor

from avss.evaluation.oracle_masks import ideal_binary, ideal_complex
from avss.evaluation.separation_metrics import si_sdr


def improvement(estimates: Tensor, voices: Tensor, mixture: Tensor) -> float:
    untouched = si_sdr(estimate=mixture[:, None].expand_as(voices), reference=voices)
    return (si_sdr(estimate=estimates, reference=voices) - untouched).mean().item()


@pytest.mark.parametrize("K", [2, 3, 4])
def test_the_ceilings_of_both_masks_are_where_they_are_known_to_be(voices: Tensor, K: int) -> None:
    spoken = voices[None, :K]
    mixture = spoken.sum(dim=1)
    assert 9 < improvement(ideal_binary(mixture, spoken), spoken, mixture) < 17
    assert 29 < improvement(ideal_complex(mixture, spoken), spoken, mixture) < 40


def test_a_binary_mask_gives_no_bin_to_two_voices_and_noise_its_own(voices: Tensor) -> None:
    spoken = voices[None, :2]
    noise = 0.1 * torch.randn(1, voices.shape[1], generator=torch.Generator().manual_seed(0))
    mixture = spoken.sum(dim=1) + noise
    first, second = ideal_binary(mixture, spoken)[0]
    # Each bin is in one of first, second and rest; windows leak a little into their neighbours.
    rest = mixture[0] - first - second
    assert rest.square().mean() > 0.5 * noise.square().mean()
    assert abs(torch.corrcoef(torch.stack([first, second]))[0, 1]) < 0.1


def test_voices_alone_stay_as_they_are_and_silent_ones_silent(voices: Tensor) -> None:
    pair = torch.stack([voices[0], torch.zeros_like(voices[0])])[None]
    for ideal in (ideal_binary, ideal_complex):
        alone, silent = ideal(pair.sum(dim=1), pair)[0]
        torch.testing.assert_close(alone, voices[0], atol=1e-5, rtol=0)
        assert not silent.any()


def test_silence_is_separated_into_silence(voices: Tensor) -> None:
    nothing = torch.zeros(1, 2, 16_000)
    for ideal in (ideal_binary, ideal_complex):
        assert not ideal(nothing.sum(dim=1), nothing).any()


def test_mixtures_of_a_batch_do_not_see_each_other(voices: Tensor) -> None:
    pairs = torch.stack([voices[:2], voices[2:]])
    for ideal in (ideal_binary, ideal_complex):
        together = ideal(pairs.sum(dim=1), pairs)
        torch.testing.assert_close(together[1:], ideal(pairs[1:].sum(dim=1), pairs[1:]))
