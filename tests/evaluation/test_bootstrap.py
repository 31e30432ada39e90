import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from avss.evaluation.bootstrap import bootstrap, bootstrap_mean


@given(arrays(np.float64, st.integers(2, 40), elements=st.floats(-1e3, 1e3)), st.data())
def test_the_mean_is_the_mean_and_the_interval_lies_within_the_values(values: np.ndarray, data: st.DataObject) -> None:
    groups = data.draw(st.lists(st.sampled_from("abcde"), min_size=len(values), max_size=len(values)))
    interval = bootstrap_mean(values, groups, resamples=50)
    assert interval.value == pytest.approx(values.mean())
    assert interval.groups == len(set(groups))
    if interval.groups > 1:
        assert values.min() - 1e-9 <= interval.low <= interval.high <= values.max() + 1e-9


def test_the_interval_holds_the_truth_about_as_often_as_it_says() -> None:
    rng = np.random.default_rng(0)
    groups = np.repeat(np.arange(25), 8)
    hits = 0
    for trial in range(200):
        values = rng.normal(size=25)[groups] + rng.normal(size=len(groups))
        interval = bootstrap_mean(values, groups, resamples=300, seed=trial)
        hits += interval.low <= 0 <= interval.high
    assert 0.87 <= hits / 200 <= 0.99


def test_whole_groups_are_drawn_so_copies_within_a_group_add_no_certainty() -> None:
    values = np.random.default_rng(1).normal(size=10)
    once = bootstrap_mean(values, np.arange(10))
    often = bootstrap_mean(np.repeat(values, 50), np.repeat(np.arange(10), 50))
    assert (often.low, often.high) == pytest.approx((once.low, once.high))


def test_any_statistic_gets_the_same_interval_as_the_mean_does() -> None:
    rng = np.random.default_rng(2)
    values, groups = rng.normal(size=60), rng.integers(0, 8, 60)
    general = bootstrap(lambda rows: float(values[rows].mean()), groups, resamples=400)
    special = bootstrap_mean(values, groups, resamples=400)
    assert (general.value, general.low, general.high) == pytest.approx((special.value, special.low, special.high))


def test_resamples_in_which_the_statistic_is_undefined_are_left_out() -> None:
    labels = np.array([0, 0, 1, 1, 1])
    interval = bootstrap(lambda rows: float(labels[rows].mean()) if labels[rows].any() else math.nan, "aabbc")
    assert interval.low > 0


def test_the_same_seed_gives_the_same_interval() -> None:
    values, groups = np.random.default_rng(4).normal(size=20), np.arange(20) % 5
    assert bootstrap_mean(values, groups, seed=3) == bootstrap_mean(values, groups, seed=3)
    assert bootstrap_mean(values, groups, seed=3) != bootstrap_mean(values, groups, seed=4)


def test_one_group_has_no_interval_and_says_so() -> None:
    interval = bootstrap_mean(np.array([1.0, 2.0]), ["s1", "s1"])
    assert interval.value == 1.5
    assert math.isnan(interval.low)
    assert "no interval" in str(interval)


@pytest.mark.parametrize(
    ("values", "groups", "told"),
    [([], [], "0 values"), ([1.0, 2.0], ["a"], "2 values in 1 groups"), ([1.0, math.nan], ["a", "b"], "not finite")],
)
def test_what_cannot_be_averaged_is_refused(values: list[float], groups: list[str], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        bootstrap_mean(np.array(values), groups)
