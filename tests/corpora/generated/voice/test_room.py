"""The room a clip is recorded in: audible, small, and in time."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from avss.corpora.generated.voice.room import record


def speech_like(rng: np.random.Generator) -> np.ndarray:
    wave = np.zeros(16_000, np.float32)
    wave[4_000:12_000] = 0.05 * rng.standard_normal(8_000)
    return wave


@settings(deadline=None, max_examples=30)
@given(arrays(np.float32, 2_000, elements=st.floats(-0.5, 0.5, width=32)), st.integers(0, 1000))
def test_nothing_is_ever_clipped_or_changed_in_length(wave, seed):
    heard = record(wave, np.random.default_rng(seed))
    assert heard.shape == wave.shape
    assert heard.dtype == np.float32
    assert np.abs(heard).max() <= 0.98 + 1e-6


def test_silence_stays_silence():
    assert not record(np.zeros(1_000, np.float32), np.random.default_rng(0)).any()


def test_the_sound_stays_in_time():
    wave = speech_like(np.random.default_rng(0))
    for seed in range(10):
        heard = record(wave, np.random.default_rng(seed))
        lags = np.correlate(heard, wave, mode="full")
        assert np.argmax(lags) == len(wave) - 1


def test_rooms_differ_in_level_and_colour_but_not_much():
    wave = speech_like(np.random.default_rng(0))
    heard = [record(wave, np.random.default_rng(seed)) for seed in range(30)]
    levels = 20 * np.log10([np.std(h) / np.std(wave) for h in heard])
    assert 1 < levels.std() < 5
    assert np.abs(levels).max() < 8
    noise = 20 * np.log10([np.std(h[:3_500]) / np.std(h[4_000:12_000]) for h in heard])
    assert (noise < -40).all()
    similarity = [np.corrcoef(h, wave)[0, 1] for h in heard]
    assert min(similarity) > 0.85
    assert max(similarity) < 0.9999


def test_the_same_generator_gives_the_same_room():
    wave = speech_like(np.random.default_rng(0))
    np.testing.assert_array_equal(record(wave, np.random.default_rng(1)), record(wave, np.random.default_rng(1)))
