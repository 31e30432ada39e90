"""Pieces of sound lie where their timestamps put them."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from avss.errors import MediaError
from avss.media.mono_sound import laid_out

RATE = 1000  # half a frame is 20 samples
pieces = st.lists(st.tuples(st.integers(-300, 1500), st.integers(1, 200)), min_size=1, max_size=8)


def _piece(place: int, samples: np.ndarray) -> av.AudioFrame:
    sound = av.AudioFrame.from_ndarray(samples[None].astype(np.float32), format="fltp", layout="mono")
    sound.sample_rate, sound.pts, sound.time_base = RATE, place, Fraction(1, RATE)
    return sound


def _laid_out(stamped: list[tuple[int, int]], start: float | None) -> np.ndarray:
    rng = np.random.default_rng(0)
    sounds = [_piece(place, rng.uniform(0.1, 1, length)) for place, length in stamped]
    return np.concatenate(list(laid_out(Path("a.mkv"), sounds, start)))


@given(stamped=pieces)
def test_every_sample_is_the_first_that_was_stamped_for_its_place(stamped):
    rng = np.random.default_rng(0)
    expected, position = np.zeros(2000, np.float32), None
    for place, length in stamped:
        samples = rng.uniform(0.1, 1, length).astype(np.float32)
        if position is None or abs(place - position) > 20:
            position = place
        last = int(np.flatnonzero(expected)[-1]) + 1 if expected.any() else 0
        for at, sample in enumerate(samples, start=position):
            if at >= last:
                expected[at] = sample
        position += length
    wave = _laid_out(stamped, 0.0)
    np.testing.assert_array_equal(wave, expected[: len(wave)])
    assert not expected[len(wave) :].any()


@given(stamped=pieces)
def test_without_a_start_the_first_sound_is_the_start(stamped):
    moved = [(place - stamped[0][0], length) for place, length in stamped]
    np.testing.assert_array_equal(_laid_out(stamped, None), _laid_out(moved, 0.0))


def test_timestamps_that_tremble_make_no_holes():
    assert _laid_out([(0, 100), (115, 100), (190, 100)], None).all()


def test_a_clock_that_jumps_by_hours_is_an_error():
    with pytest.raises(MediaError, match=r"the clock of the sound of a\.mkv jumps by 3900 s"):
        _laid_out([(0, 100), (3_900_100, 100)], None)


def test_no_sound_at_all_is_an_error():
    with pytest.raises(MediaError, match=r"no sound of a\.mkv can be decoded"):
        _laid_out([], None)
