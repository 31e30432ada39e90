"""Ratios in dB against their formulas written out, and against signals whose ratio is known."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from avss.evaluation.separation_metrics import LIMIT, level, sdr, si_sdr

METRICS = [si_sdr, sdr]


def noise(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def distorted(reference: Tensor, ratio: float, seed: int = 1) -> Tensor:
    """``reference`` [S] without its mean, with noise that has nothing in common with it ``ratio`` dB below."""
    reference = reference - reference.mean()
    error = noise(len(reference), seed=seed)
    error = error - error.mean()
    error = error - (error @ reference) / (reference @ reference) * reference
    return reference + error * (reference.norm() / error.norm()) * 10 ** (-ratio / 20)


@given(ratio=st.floats(-60, 60), seed=st.integers(0, 1000), gain=st.floats(-60, 60), offset=st.floats(-1, 1))
@settings(deadline=None, max_examples=50)
def test_si_sdr_is_the_ratio_that_was_made_whatever_levels_signs_and_means(
    ratio: float, seed: int, gain: float, offset: float
) -> None:
    reference = noise(500, seed=seed)
    estimate = -(10 ** (gain / 20)) * distorted(reference, ratio, seed + 1) + offset
    found = si_sdr(estimate=estimate, reference=3 * reference - offset).item()
    assert found == pytest.approx(ratio, abs=1e-6)


@given(taps=st.integers(1, 512), seed=st.integers(0, 100))
@settings(deadline=None, max_examples=15)
def test_sdr_forgives_a_filter_of_up_to_512_samples(taps: int, seed: int) -> None:
    reference = torch.nn.functional.pad(noise(1, 3000, seed=seed), (0, 600))
    response = noise(1, 1, taps, seed=seed + 1)
    estimate = torch.nn.functional.conv1d(reference, response, padding=taps - 1)[:, : reference.shape[1]]
    assert sdr(estimate=estimate, reference=reference).item() > 60
    if taps > 50:
        assert si_sdr(estimate=estimate, reference=reference).item() < 10


def test_sdr_is_the_least_squares_projection_on_512_delays_of_the_reference() -> None:
    reference, error = noise(2000, seed=3), noise(2000, seed=4)
    estimate = 0.7 * reference.roll(5) + 0.4 * error
    padded, target = np.pad(reference.numpy(), (0, 511)), np.pad(estimate.numpy(), (0, 511))
    delays = np.stack([np.roll(padded, delay) for delay in range(512)], axis=1)
    projected = delays @ np.linalg.lstsq(delays, target, rcond=None)[0]
    expected = 10 * math.log10(np.square(projected).sum() / np.square(target - projected).sum())
    found = sdr(estimate=estimate[None], reference=reference[None]).item()
    assert found == pytest.approx(expected, abs=1e-3)


def test_each_row_is_judged_by_its_own_reference_in_its_order() -> None:
    references = noise(3, 4000)
    estimates = torch.stack([distorted(row, ratio) for row, ratio in zip(references, (5.0, 10.0, 20.0), strict=True)])
    assert si_sdr(estimate=estimates, reference=references).tolist() == pytest.approx([5, 10, 20], abs=1e-6)
    assert sdr(estimate=estimates, reference=references).tolist() == pytest.approx([5, 10, 20], abs=1.5)
    for metric in METRICS:
        swapped = metric(estimate=estimates.flip(0), reference=references)
        assert swapped[0] < 0
        assert swapped[2] < 0


def test_swapping_estimate_and_reference_gives_another_figure_and_needs_the_names() -> None:
    # SI-SDR is symmetric; the filter of BSS Eval, which is applied to the reference alone, is not.
    reference = noise(1, 4000)
    estimate = reference.clone()
    estimate[:, 1000:] = 0
    right, swapped = (sdr(estimate=a, reference=b).item() for a, b in ((estimate, reference), (reference, estimate)))
    assert abs(right - swapped) > 0.5
    for metric in METRICS:
        with pytest.raises(TypeError, match="positional"):
            metric(reference, estimate)  # ty: ignore[missing-argument, too-many-positional-arguments]


@pytest.mark.parametrize("metric", METRICS)
def test_the_perfect_and_the_silent_estimate_have_finite_figures(metric) -> None:
    reference = noise(2, 4000).float()
    assert metric(estimate=reference, reference=reference).min() > 90
    assert metric(estimate=torch.zeros_like(reference), reference=reference).tolist() == [-LIMIT, -LIMIT]


def test_levels_are_beside_the_mixture() -> None:
    mixture = noise(3, 1000)
    signal = torch.stack([mixture[0], 0.01 * mixture[1], 0 * mixture[2]])
    assert level(signal=signal, mixture=mixture).tolist() == pytest.approx([0, -40, -LIMIT])


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize(
    ("estimate", "reference", "error", "said"),
    [
        (torch.ones(1, 600), torch.zeros(1, 600), ValueError, "a reference is silent"),
        (torch.ones(2, 600), torch.ones(1, 600), ValueError, r"one shape, not \[2, 600\] and \[1, 600\]"),
        (torch.full((1, 600), torch.nan), torch.ones(1, 600), ValueError, "the estimate has NaN"),
        (torch.ones(1, 600), torch.full((1, 600), torch.inf), ValueError, "the reference has NaN or infinite"),
        (torch.ones(1, 600, dtype=torch.int16), torch.ones(1, 600), TypeError, "not a torch.int16 tensor"),
        (np.ones((1, 600)), torch.ones(1, 600), TypeError, "not a ndarray"),
    ],
)
def test_what_cannot_be_judged_is_refused(metric, estimate, reference, error, said: str) -> None:
    with pytest.raises(error, match=said):
        metric(estimate=estimate, reference=reference)


def test_a_silent_mixture_has_no_level() -> None:
    with pytest.raises(ValueError, match="a mixture is silent"):
        level(signal=torch.ones(5), mixture=torch.zeros(5))
