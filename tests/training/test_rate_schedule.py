"""The learning rate warms up, then falls, and never leaves its bounds."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from avss.training.rate_schedule import share_of_rate


@given(st.floats(0, 1))
def test_a_share_is_positive_and_never_more_than_all(progress: float) -> None:
    assert 0 < share_of_rate(progress) <= 1


def test_it_rises_for_a_twentieth_and_falls_to_a_hundredth() -> None:
    shares = np.array([share_of_rate(progress) for progress in np.linspace(0, 1, 201)])
    assert (np.diff(shares[:11]) > 0).all() and (np.diff(shares[11:]) < 0).all()
    assert shares[0] < 0.03 and shares.max() > 0.99
    assert shares[-1] == pytest.approx(0.01)


def test_a_training_that_is_longer_than_foreseen_goes_on_at_the_lowest_rate() -> None:
    assert share_of_rate(1.5) == share_of_rate(1.0)
