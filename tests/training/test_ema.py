"""The average follows the weights, faster at first, and leaves alone what does not change."""

import torch
from hypothesis import given
from hypothesis import strategies as st

from avss.training.ema import averaged

NUMBERS = st.floats(-10, 10, width=32)


@given(NUMBERS, NUMBERS, st.integers(1, 10_000))
def test_the_average_lies_between_the_old_one_and_the_weight(old: float, weight: float, steps: int) -> None:
    average = float(averaged(0.99, torch.tensor(old), torch.tensor(weight), steps))
    assert min(old, weight) - 1e-5 <= average <= max(old, weight) + 1e-5


@given(NUMBERS, st.integers(1, 10_000))
def test_a_weight_that_does_not_change_is_its_own_average_bit_for_bit(weight: float, steps: int) -> None:
    tensor = torch.tensor(weight)
    assert torch.equal(averaged(0.999, tensor, tensor, steps), tensor)


def test_early_steps_count_more_and_late_ones_as_the_decay_says() -> None:
    kept = [float(averaged(0.9, torch.tensor(1.0), torch.tensor(0.0), steps)) for steps in (1, 8, 1000)]
    torch.testing.assert_close(kept, [2 / 11, 0.5, 0.9])
