"""Sound is the same in whatever blocks it is given and taken."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from avss.media.sound_queue import SoundQueue

sizes = st.lists(st.integers(0, 9), min_size=1, max_size=8)


def _cut(sound: np.ndarray, lengths: list[int]) -> list[np.ndarray]:
    return np.split(sound, np.cumsum(lengths)[:-1], axis=-1)


@given(given_in=sizes, taken_in=sizes, channels=st.integers(1, 3))
def test_what_is_taken_is_what_was_given_then_nothing_then_zeros(given_in, taken_in, channels):
    sound = 1 + np.arange(channels * sum(given_in)).reshape(channels, -1)
    up_to, exactly = (SoundQueue(_cut(sound, given_in)) for _ in range(2))
    np.testing.assert_array_equal(np.concatenate([up_to.up_to(n) for n in taken_in], axis=1), sound[:, : sum(taken_in)])
    padded = np.pad(sound, [(0, 0), (0, sum(taken_in))])[:, : sum(taken_in)]
    np.testing.assert_array_equal(np.concatenate([exactly.exactly(n) for n in taken_in], axis=1), padded)


def test_blocks_are_asked_for_only_when_they_are_needed():
    asked = []
    queue = SoundQueue(asked.append(k) or np.full(4, k) for k in range(9))
    queue.up_to(5)
    assert asked == [0, 1]


def test_without_a_block_there_is_no_sound():
    with pytest.raises(ValueError, match="no shape"):
        SoundQueue([]).up_to(1)
