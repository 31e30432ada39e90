"""Voices come back to the rate and the place of the sound they were taken from."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from avss.media.own_rate import at_own_rate
from avss.media.source_sound import SourceSound

RATES = [8_000, 11_025, 16_000, 37_800, 44_100, 48_000, 96_000]


def _back(blocks: list[np.ndarray], rate: int, offset: int) -> np.ndarray:
    sound = SourceSound(Path("a.mp4"), rate, "mono", 0.0, offset)
    return np.concatenate(list(at_own_rate(blocks, sound)), axis=1)


@settings(max_examples=30, deadline=None)
@given(
    rate=st.sampled_from(RATES),
    offset=st.integers(-3000, 3000),
    lengths=st.lists(st.integers(0, 2000), min_size=1, max_size=6),
)
def test_the_size_of_blocks_does_not_matter(rate, offset, lengths):
    voices = np.random.default_rng(0).normal(0, 0.1, (2, sum(lengths))).astype(np.float32)
    blocks = np.split(voices, np.cumsum(lengths)[:-1], axis=1)
    in_blocks, at_once = _back(blocks, rate, offset), _back([voices], rate, offset)
    np.testing.assert_array_equal(in_blocks, at_once)
    assert at_once.dtype == np.float32
    assert abs(at_once.shape[1] - max(0, sum(lengths) - offset) * rate / 16_000) <= 1


@settings(max_examples=30, deadline=None)
@given(rate=st.sampled_from(RATES), offset=st.integers(-3000, 3000), place=st.integers(3300, 12_000))
def test_a_click_stays_in_its_place(rate, offset, place):
    voices = np.zeros((2, 16_000), np.float32)
    voices[1, place] = 1.0
    back = _back([voices], rate, offset)
    assert not back[0].any()
    assert abs(int(back[1].argmax()) - (place - offset) * rate / 16_000) <= 0.5


@pytest.mark.parametrize("rate", RATES)
def test_a_tone_keeps_its_pitch_and_level(rate):
    tone = np.sin(2 * np.pi * 440 * np.arange(32_000) / 16_000)[None].astype(np.float32)
    back = _back([tone], rate, 0)[0]
    expected = np.sin(2 * np.pi * 440 * np.arange(len(back)) / rate)
    assert np.abs(back - expected)[rate // 10 : -rate // 10].max() < 1e-3
