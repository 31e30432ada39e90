"""The levels of a party are what was asked for, and never too high."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from avss.inference.party_sound import GAIN_RANGE, mix_sound


def _waves(K: int, T: int, loudness: float, seed: int) -> np.ndarray:
    return (loudness * np.random.default_rng(seed).standard_normal((K, 640 * T))).astype(np.float32)


@settings(deadline=None, max_examples=40)
@given(
    K=st.integers(2, 6),
    T=st.integers(1, 9),
    loudness=st.floats(0.001, 0.5),
    snr=st.floats(-30, 40),
    seed=st.integers(0, 99),
)
def test_nothing_clips_and_the_noise_is_as_loud_as_asked(K, T, loudness, snr, seed):
    sound = mix_sound(_waves(K, T, loudness, seed), _waves(1, T, 0.01, 99)[0], snr, np.random.default_rng(seed))
    together = sound.voices.sum(axis=0)
    for heard in (*sound.voices, sound.noise, together + sound.noise):
        assert np.abs(heard).max() < 0.991
    powers = [np.square(wave, dtype=np.float64).mean() for wave in (together, sound.noise)]
    assert 10 * np.log10(powers[0] / powers[1]) == pytest.approx(snr, abs=0.01)
    assert sound.softer >= 0


def test_voices_are_at_their_level_and_gain_while_they_speak():
    waves = _waves(3, 50, 0.05, 0) * np.array([[0.1], [1.0], [3.0]], np.float32)
    waves[1, 16_000:] = 0  # a pause makes a voice no softer
    sound = mix_sound(waves, np.zeros(32_000, np.float32), 0.0, np.random.default_rng(0))
    assert sound.softer == 0 and not sound.noise.any()
    assert (np.abs(sound.gains) <= GAIN_RANGE).all()
    levels = 20 * np.log10(sound.voices[:, :16_000].std(axis=1))
    np.testing.assert_allclose(levels, sound.gains - 25, atol=0.1)


def test_a_silent_voice_stays_silent():
    waves = _waves(2, 10, 0.05, 0)
    waves[1] = 0
    assert not mix_sound(waves, np.zeros(6400, np.float32), 0.0, np.random.default_rng(0)).voices[1].any()
