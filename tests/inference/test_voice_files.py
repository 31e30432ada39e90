"""The files of the voices and of the rest are, together and sample by sample, the sound of the video."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.io import wavfile

from avss.errors import OutputError
from avss.inference.voice_files import as_parts, write_voices
from avss.media.source_sound import SourceSound, probe_sound

RATE = 44_100


@settings(deadline=None)
@given(data=st.data(), K=st.integers(1, 6), n=st.integers(1, 20))
def test_parts_add_up_whatever_the_levels(data, K, n):
    levels = st.sampled_from([-32_768, -32_767, -1, 0, 1, 32_766, 32_767]) | st.integers(-32_768, 32_767)
    mixture = data.draw(arrays(np.int16, n, elements=levels))
    voices = data.draw(arrays(np.int16, (K, n), elements=levels))
    parts = as_parts(mixture, voices)
    assert parts.shape == (K + 1, n) and parts.dtype == np.int16
    np.testing.assert_array_equal(parts.sum(axis=0, dtype=np.int64), mixture)
    rest = mixture.astype(np.int64) - voices.sum(axis=0, dtype=np.int64)
    fits = (rest >= -32_768) & (rest <= 32_767)
    np.testing.assert_array_equal(parts[:K, fits], voices[:, fits])
    assert (np.abs(parts[:K].astype(np.int64)) <= np.abs(voices.astype(np.int64))).all()


def _sound(folder: Path, seconds: float = 1.3, peak: float = 0.3) -> SourceSound:
    wave = np.random.default_rng(0).normal(0, peak, round(RATE * seconds))
    wavfile.write(folder / "in.wav", RATE, np.round(32_767 * np.clip(wave, -1, 1)).astype(np.int16))
    return probe_sound(folder / "in.wav")


def _read(folder: Path, *names: str) -> np.ndarray:
    return np.stack([wavfile.read(folder / f"{name}.wav")[1] / 32_768 for name in names])


@pytest.mark.parametrize("peak", [0.3, 5.0])
@pytest.mark.parametrize("offset", [-3000, 0, 4000])
@pytest.mark.parametrize("frames", [20, 50])
def test_voices_and_rest_are_the_mixture(tmp_path, peak, offset, frames):
    sound = replace(_sound(tmp_path, peak=peak), offset=offset)
    rng = np.random.default_rng(1)
    blocks = [rng.normal(0, peak, (2, 640)).astype(np.float32) for _ in range(frames)]
    S = write_voices(blocks, sound, [tmp_path / "a.wav", tmp_path / "b.wav"], tmp_path / "rest.wav")
    mixture, *parts = _read(tmp_path, "in", "a", "b", "rest")
    assert S == len(mixture) == round(1.3 * RATE)
    assert np.abs(np.sum(parts, axis=0) - mixture).max() < 1e-4
    first, last = round(-offset * RATE / 16_000), round((640 * frames - offset) * RATE / 16_000)
    heard = np.abs(parts[:2]).max(axis=0)
    assert not heard[: max(0, first - 1000)].any() and not heard[last + 1000 :].any()
    assert heard[max(0, first) : min(last, S)].mean() > 0.05


def test_voices_are_what_was_given(tmp_path):
    tone = 0.1 * np.sin(2 * np.pi * 440 * np.arange(20_800) / 16_000).astype(np.float32)
    write_voices(iter([tone[None]]), _sound(tmp_path, peak=0.1), [tmp_path / "a.wav"], tmp_path / "rest.wav")
    expected = 0.1 * np.sin(2 * np.pi * 440 * np.arange(round(1.3 * RATE)) / RATE)
    assert np.abs(_read(tmp_path, "a")[0] - expected)[2000:-2000].max() < 1e-3


def test_whoever_makes_the_voices_may_finish(tmp_path):
    made = []
    blocks = (made.append(k) or np.zeros((1, 16_000), np.float32) for k in range(9))
    write_voices(blocks, _sound(tmp_path), [tmp_path / "a.wav"], tmp_path / "rest.wav")
    assert made == list(range(9))


def test_a_wrong_number_of_files_is_refused_and_leaves_nothing(tmp_path):
    sound = _sound(tmp_path)
    with pytest.raises(ValueError, match="zip"):
        write_voices([np.zeros((2, 640), np.float32)], sound, [tmp_path / "a.wav"], tmp_path / "rest.wav")
    assert {path.name for path in tmp_path.iterdir()} == {"in.wav"}


def test_what_breaks_off_leaves_nothing(tmp_path):
    def voices():
        yield np.zeros((1, 640), np.float32)
        raise KeyboardInterrupt

    sound = _sound(tmp_path)
    with pytest.raises(KeyboardInterrupt):
        write_voices(voices(), sound, [tmp_path / "a.wav"], tmp_path / "rest.wav")
    assert {path.name for path in tmp_path.iterdir()} == {"in.wav"}


def test_a_full_disk_is_one_clear_error_and_leaves_only_what_is_whole(tmp_path, tiny_disk):
    sound = _sound(tmp_path, seconds=1.3)  # 115 kB a file
    with pytest.raises(OutputError, match="No space left"):
        write_voices([np.zeros((1, 640), np.float32)], sound, [tiny_disk / "a.wav"], tiny_disk / "rest.wav")
    for left in tiny_disk.iterdir():
        assert left.name in ("a.wav", "rest.wav") and len(wavfile.read(left)[1]) == round(1.3 * RATE)
