"""The losses in closed form, what they do not depend on, and the shapes they refuse."""

from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from avss.training.separation_losses import (
    SeparationLoss,
    is_silent,
    pairwise_error,
    spectral_distance,
    stream_error,
)

B, K, S = 2, 3, 3200


@pytest.fixture
def voices() -> Tensor:
    return 0.1 * torch.randn(B, K, S, generator=torch.Generator().manual_seed(0))


@settings(deadline=None)
@given(noise=st.floats(-20, 20), level=st.floats(1e-2, 1))
def test_the_error_of_a_voice_is_its_negative_signal_to_noise_ratio(noise: float, level: float) -> None:
    generator = torch.Generator().manual_seed(0)
    voice, other = (level * torch.randn(1, 1, S, generator=generator) for _ in range(2))
    other *= voice.square().sum().sqrt() / other.square().sum().sqrt() * 10 ** (noise / 20)
    error = stream_error(voice + other, voice, voice[:, 0], limit=100)
    assert error.item() == pytest.approx(noise, abs=0.01)


def test_a_voice_better_than_the_limit_is_good_enough(voices: Tensor) -> None:
    mixture = voices.sum(1)
    assert stream_error(voices, voices, mixture).max() == pytest.approx(-30, abs=1e-3)
    near = stream_error(voices * 1.001, voices, mixture, limit=20)
    assert near.max() == pytest.approx(-20, abs=0.01)


def test_a_silent_face_is_judged_by_its_level_beside_the_mixture(voices: Tensor) -> None:
    mixture = voices.sum(1)
    voices[:, 0] = 0
    leaking = torch.cat([0.1 * mixture[:, None], voices[:, 1:]], dim=1)
    assert stream_error(leaking, voices, mixture)[:, 0].tolist() == pytest.approx(
        [-19.586] * 2, abs=0.01
    )  # 10 lg (0.01 + 0.001)
    assert stream_error(voices, voices, mixture)[:, 0].tolist() == pytest.approx([-30, -30], abs=1e-3)
    assert is_silent(voices, mixture).tolist() == [[True, False, False]] * B


def test_silence_everywhere_is_no_error_and_has_a_finite_gradient() -> None:
    nothing = torch.zeros(B, K, S, requires_grad=True)
    loss = SeparationLoss(spectral=1.0)(nothing, torch.zeros(B, K, S), torch.zeros(B, S))
    loss.backward()
    assert loss.isfinite() and nothing.grad is not None and nothing.grad.isfinite().all()


def test_the_loss_in_any_order_is_that_of_the_best_order(voices: Tensor) -> None:
    mixture = voices.sum(1)
    estimates = voices + 0.05 * torch.randn_like(voices)
    known, free = SeparationLoss(), SeparationLoss(any_order=True)
    swapped = estimates[:, [2, 0, 1]]
    assert known(swapped, voices, mixture) > known(estimates, voices, mixture) + 3
    torch.testing.assert_close(free(swapped, voices, mixture), known(estimates, voices, mixture))
    torch.testing.assert_close(free.in_order(swapped, voices, mixture), estimates)


def test_six_voices_are_put_in_order_too() -> None:
    voices = torch.randn(1, 6, S)
    order = [3, 1, 5, 0, 2, 4]
    torch.testing.assert_close(SeparationLoss(any_order=True).in_order(voices[:, order], voices, voices.sum(1)), voices)


def test_pairs_are_those_of_estimate_and_reference(voices: Tensor) -> None:
    estimates, mixture = voices + 0.05, voices.sum(1)
    pairs = pairwise_error(estimates, voices, mixture)
    torch.testing.assert_close(pairs.diagonal(dim1=1, dim2=2), stream_error(estimates, voices, mixture))
    torch.testing.assert_close(pairs[:, 2, 0], stream_error(estimates[:, 2:], voices[:, :1], mixture)[:, 0])


def test_noise_left_in_the_voices_costs_through_the_rest(voices: Tensor) -> None:
    noise = 0.1 * torch.randn(B, S)
    mixture = voices.sum(1) + noise
    with_noise = voices + noise[:, None] / K
    cost = [SeparationLoss(rest=rest)(with_noise, voices, mixture) for rest in (0.0, 10.0)]
    assert cost[1] > cost[0]
    torch.testing.assert_close(SeparationLoss()(voices, voices, mixture), torch.tensor(-30.0), atol=1e-2, rtol=0)


def test_a_silent_face_weighs_as_much_as_it_is_told_to(voices: Tensor) -> None:
    mixture = voices.sum(1)
    voices[:, 0] = 0
    leaking = voices + 0.3 * mixture[:, None] * torch.tensor([1.0, 0, 0])[:, None]
    losses = [SeparationLoss(silence=weight, rest=0)(leaking, voices, mixture) for weight in (0.0, 1.0)]
    assert losses[0] == pytest.approx(-30, abs=1e-3) and losses[1] > -29


def test_the_spectral_distance_is_zero_for_the_voice_and_larger_for_more_noise(voices: Tensor) -> None:
    noise = torch.randn_like(voices)
    none, little, much = (spectral_distance(voices + level * noise, voices) for level in (0, 0.01, 0.1))
    assert none.max() < 1e-3
    assert (none < little).all() and (little < much).all()
    assert spectral_distance(-voices, voices).max() < 1e-3  # magnitudes have no sign


@pytest.mark.parametrize("settings", [{}, {"spectral": 0.5}, {"any_order": True}])
def test_bfloat16_around_it_changes_the_loss_little(voices: Tensor, settings: dict[str, Any]) -> None:
    mixture = voices.sum(1)
    estimates = (voices + 0.03 * torch.randn_like(voices)).requires_grad_()
    loss = SeparationLoss(**settings)
    plain = loss(estimates, voices, mixture)
    with torch.autocast("cpu", torch.bfloat16):
        rough = loss(estimates, voices, mixture)
    rough.backward()
    assert rough.dtype == torch.float32
    torch.testing.assert_close(rough, plain, atol=0.05, rtol=0.01)


@pytest.mark.parametrize(
    ("shapes", "came"),
    [
        (((B, K, S), (B, K + 1, S), (B, S)), r"\[2, 4, 3200\]"),
        (((B, K, S), (B, K, S), (B, S + 1)), r"\[2, 3201\]"),
        (((B, S), (B, S), (B, S)), r"\[2, 3200\]"),
        (((B, K, S), (B, K, S), (B, 1, S)), r"\[2, 1, 3200\]"),
    ],
)
def test_shapes_that_do_not_belong_together_are_named(shapes: tuple[tuple[int, ...], ...], came: str) -> None:
    estimates, references, mixture = (torch.zeros(shape) for shape in shapes)
    for loss in (SeparationLoss(), stream_error, pairwise_error):
        with pytest.raises(ValueError, match=came):
            loss(estimates, references, mixture)


def test_anything_but_floating_point_tensors_is_named(voices: Tensor) -> None:
    with pytest.raises(TypeError, match=r"references must be .* not a torch.int16 tensor"):
        stream_error(voices, voices.to(torch.int16), voices.sum(1))
    with pytest.raises(TypeError, match=r"estimates must be .* not a ndarray"):
        stream_error(voices.numpy(), voices, voices.sum(1))
