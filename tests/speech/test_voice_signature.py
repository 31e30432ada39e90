"""Against vowels made of known parts: a train of pulses of a known pitch through resonances of known frequencies."""

import numpy as np
import pytest
import scipy.signal
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from avss.speech.voice_signature import (
    NAMES,
    UNITS,
    Standardisation,
    VoiceSignature,
    _poles,
    average,
    voice_signature,
)

NEUTRAL = (500.0, 1500.0, 2500.0, 3500.0, 4500.0)


def vowel(f0: float, formants: tuple[float, ...] = NEUTRAL, seconds: float = 1.0) -> np.ndarray:
    """Float32 [S]; the pitch moves up and down by a semitone as that of a voice does."""
    time = np.arange(int(16_000 * seconds)) / 16_000
    phase = np.cumsum(f0 * 2 ** (np.sin(2 * np.pi * 2 * time) / 12)) / 16_000
    return resonate(np.diff(np.floor(phase), prepend=0), formants)


def whisper(formants: tuple[float, ...] = NEUTRAL) -> np.ndarray:
    return resonate(np.random.default_rng(0).normal(size=16_000), formants)


def resonate(source: np.ndarray, formants: tuple[float, ...]) -> np.ndarray:
    sound = source
    for hertz in formants:
        radius, angle = np.exp(-np.pi * 80 / 16_000), 2 * np.pi * hertz / 16_000
        sound = scipy.signal.lfilter([1], [1, -2 * radius * np.cos(angle), radius**2], sound)
    return (0.5 * sound / np.abs(sound).max()).astype(np.float32)


def number(wave: np.ndarray, name: str) -> float:
    signature = voice_signature(wave)
    assert signature.known[NAMES.index(name)], f"{name} is unknown"
    return float(signature.values[NAMES.index(name)])


def knows(wave: np.ndarray) -> set[str]:
    signature = voice_signature(wave)
    assert np.isfinite(signature.values).all()
    assert not signature.values[~signature.known].any()
    return {name for name, known in zip(NAMES, signature.known, strict=True) if known}


@pytest.mark.parametrize("f0", [85.0, 120.0, 210.0, 290.0])
def test_the_pitch_of_a_vowel_is_found_within_a_third_of_a_semitone(f0: float) -> None:
    assert np.exp(number(vowel(f0), "f0_mean")) == pytest.approx(f0, rel=0.02)


def test_the_range_of_the_pitch_is_in_semitones() -> None:
    # From 5 to 95 % of a sine's time it stays within 0.988 of its swing of one semitone up and down.
    assert number(vowel(120), "f0_range") == pytest.approx(2, abs=0.25)


@pytest.mark.parametrize("scale", [0.85, 1.0, 1.15])
def test_the_spacing_of_formants_is_found_within_three_per_cent(scale: float) -> None:
    formants = tuple(scale * hertz for hertz in NEUTRAL)
    assert np.exp(number(vowel(110, formants), "formant_spacing")) == pytest.approx(1000 * scale, rel=0.03)


def test_the_spacing_of_formants_depends_little_on_the_pitch() -> None:
    spacings = [number(vowel(f0), "formant_spacing") for f0 in (90, 130, 180)]
    assert np.ptp(spacings) < 0.04


def test_a_duller_voice_has_a_lower_centroid_and_a_steeper_tilt() -> None:
    clear = vowel(120)
    dull = scipy.signal.lfilter([0.2], [1, -0.8], clear).astype(np.float32)
    assert number(dull, "centroid") < number(clear, "centroid")
    assert number(dull, "tilt") < number(clear, "tilt") - 2


def test_the_tilt_of_white_noise_is_none() -> None:
    noise = np.random.default_rng(1).normal(size=32_000).astype(np.float32) * 0.1
    assert number(noise, "tilt") == pytest.approx(0, abs=0.3)


def test_the_loudness_of_a_recording_changes_nothing() -> None:
    loud = voice_signature(vowel(120))
    soft = voice_signature(0.05 * vowel(120))
    np.testing.assert_allclose(soft.values, loud.values, rtol=1e-3, atol=1e-3)


def test_a_whisper_has_timbre_but_no_pitch() -> None:
    assert knows(whisper()) == set(NAMES) - {"f0_mean", "f0_range", "formant_spacing"}


def test_silence_tells_nothing() -> None:
    for nothing in (np.zeros(16_000), np.zeros(0), np.full(16_000, 1e-4)):
        assert knows(nothing.astype(np.float32)) == set()


def test_an_offset_is_no_pitch() -> None:
    assert "f0_mean" not in knows(np.full(16_000, 0.3, np.float32))


def test_pauses_change_little() -> None:
    voice = vowel(120)
    paused = np.concatenate([np.zeros(8000, np.float32), voice, np.zeros(8000, np.float32)])
    assert number(paused, "f0_mean") == pytest.approx(number(voice, "f0_mean"), abs=0.01)
    assert number(paused, "mfcc_2") == pytest.approx(number(voice, "mfcc_2"), abs=0.15 * abs(number(voice, "mfcc_2")))


@pytest.mark.filterwarnings("ignore:n_fft=1024 is too large:UserWarning")
@settings(max_examples=25, deadline=None)
@given(arrays(np.float32, st.integers(0, 1920), elements=st.floats(-1, 1, width=32)))
def test_no_sound_of_three_frames_or_less_gives_a_nan(wave: np.ndarray) -> None:
    knows(wave)


@pytest.mark.parametrize("wave", [np.zeros((2, 100)), np.array([0.0, np.nan]), np.array([np.inf])])
def test_what_is_no_mono_sound_is_refused(wave: np.ndarray) -> None:
    with pytest.raises(ValueError, match="finite"):
        voice_signature(wave)


def test_every_number_has_a_unit() -> None:
    assert len(NAMES) == 17
    assert all(UNITS[name] for name in NAMES)


@given(arrays(np.float64, (3, 5), elements=st.floats(-2, 2)))
def test_the_poles_are_the_roots_of_each_polynomial(tail: np.ndarray) -> None:
    polynomials = np.concatenate([np.ones((3, 1)), tail], axis=1)
    for poles, polynomial in zip(_poles(polynomials), polynomials, strict=True):
        np.testing.assert_allclose(np.poly(poles), polynomial, atol=1e-6)


def signatures(seed: int, N: int) -> VoiceSignature:
    rng = np.random.default_rng(seed)
    known = rng.random((N, len(NAMES))) < 0.8
    values = np.where(known, rng.normal(3, 5, known.shape), 0).astype(np.float32)
    return VoiceSignature(values, known)


def test_a_speaker_is_the_mean_of_the_clips_that_know() -> None:
    clips = signatures(0, 6)
    speaker = average([VoiceSignature(*pair) for pair in zip(clips.values, clips.known, strict=True)])
    expected = np.ma.masked_array(clips.values, ~clips.known).mean(axis=0)
    np.testing.assert_allclose(speaker.values, expected.filled(0), rtol=1e-5)
    with pytest.raises(ValueError, match="at least one"):
        average([])


@given(st.integers(0, 99), st.integers(2, 40))
def test_standardised_speakers_have_mean_zero_and_deviation_one_where_known(seed: int, N: int) -> None:
    voices = signatures(seed, N)
    standard = Standardisation.of(voices).apply(voices)
    assert not standard.values[~voices.known].any()
    for column, known in zip(standard.values.T, voices.known.T, strict=True):
        if known.sum() > 1:
            assert column[known].mean() == pytest.approx(0, abs=1e-4)
            assert column[known].std() == pytest.approx(1, abs=1e-3)


def test_a_number_nobody_knows_or_that_never_varies_stays_finite() -> None:
    voices = signatures(0, 5)
    voices.known[:, 0] = False
    voices.values[:, 0] = 0
    voices.values[:, 1] = 7
    voices.known[:, 1] = True
    standard = Standardisation.of(voices).apply(voices)
    assert not standard.values[:, :2].any()
