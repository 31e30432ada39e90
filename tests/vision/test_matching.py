"""Faces that were known and faces that are found are paired one to one, the surest pairs first."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from avss.vision.matching import matched


@given(st.data(), st.integers(0, 5), st.integers(0, 5), st.floats(0.1, 0.9))
def test_pairs_are_sure_enough_and_none_is_left_that_could_be_made(
    data: st.DataObject, rows: int, columns: int, least: float
) -> None:
    likeness = data.draw(arrays(float, (rows, columns), elements=st.floats(0, 1)))
    pairs = matched(likeness, least)
    assert all(likeness[pair] >= least for pair in pairs)
    for side in zip(*pairs, strict=True):
        assert len(set(side)) == len(side)
    free = likeness.copy()
    for row, column in pairs:
        free[row], free[:, column] = 0, 0
    assert (free < least).all()
    assert [likeness[pair] for pair in pairs] == sorted((likeness[pair] for pair in pairs), reverse=True)
    if likeness.size and likeness.max() >= least:
        assert likeness[pairs[0]] == likeness.max()


def test_the_surest_pair_goes_before_more_pairs() -> None:
    assert matched(np.array([[0.9, 0.8], [0.8, 0.1]]), 0.5) == [(0, 0)]
