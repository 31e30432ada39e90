"""Sound as mp3 is small, and sounds as before."""

from pathlib import Path

import numpy as np

from avss.media.mp3 import as_mp3
from avss.media.reading import read_sound


def test_a_voice_is_the_same_and_a_fifth_of_the_size(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    time = np.arange(48_000) / 16_000
    wave = 0.2 * np.sin(2 * np.pi * 200 * time) * (1 + np.sin(2 * np.pi * 3 * time)) + 0.01 * rng.normal(size=48_000)
    path = tmp_path / "voice.mp3"
    path.write_bytes(as_mp3(wave.astype(np.float32)))
    assert path.stat().st_size < 2 * len(wave) / 4
    heard = read_sound(path)
    assert 0 <= len(heard) - len(wave) < 4_000  # whole frames of mp3, and its own delay
    lags = range(0, len(heard) - len(wave) + 1)
    best = max(np.corrcoef(wave, heard[lag : lag + len(wave)])[0, 1] for lag in lags)
    assert best > 0.97


def test_silence_and_a_single_sample_can_be_encoded(tmp_path: Path) -> None:
    for S in (1, 640):
        path = tmp_path / f"{S}.mp3"
        path.write_bytes(as_mp3(np.zeros(S, np.float32)))
        assert np.abs(read_sound(path)).max() < 1e-3
