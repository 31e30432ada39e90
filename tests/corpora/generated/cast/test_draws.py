"""Named draws: reproducible, and independent of each other."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from avss.corpora.generated.cast.draws import log_normal, named_generators, normal, pick, uniform

names = st.text(min_size=1, max_size=20)
keys = st.lists(st.integers(0, 2**31), min_size=1, max_size=3)


@given(keys, names)
def test_equal_keys_and_names_give_equal_draws(key, name):
    assert named_generators(*key)(name).random() == named_generators(*key)(name).random()


def test_other_names_and_keys_give_other_draws():
    child = named_generators(1, 2)
    values = {child("a").random(), child("b").random(), named_generators(1, 3)("a").random()}
    assert len(values) == 3


def test_one_draw_does_not_move_another():
    child = named_generators(5)
    alone = normal(child, "second", 0, 1)
    normal(child, "first", 0, 1)
    assert normal(child, "second", 0, 1) == alone


@given(st.integers(0, 10_000))
def test_draws_stay_within_their_bounds(seed):
    child = named_generators(seed)
    assert 6 <= normal(child, "n", 10, 2) <= 14
    assert 2 * np.exp(-0.4) <= log_normal(child, "l", 2, 0.2) <= 2 * np.exp(0.4)
    assert -1 <= uniform(child, "u", -1, 1) <= 1
    assert pick(child, "p", {"a": 1.0, "b": 0.0}) == "a"


def test_options_are_picked_as_often_as_they_weigh():
    picked = [pick(named_generators(seed), "p", {"x": 3.0, "y": 1.0}) for seed in range(1000)]
    assert picked.count("x") / 1000 == pytest.approx(0.75, abs=0.05)
