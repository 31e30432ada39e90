"""Sound files that belong to no picture, whatever their length."""

from pathlib import Path

import numpy as np
import pytest
from scipy.io import wavfile

from avss.errors import MediaError
from avss.media.reading import read_sound


@pytest.mark.parametrize("rate, S", [(16_000, 1), (16_000, 1000), (44_100, 44_100), (8_000, 20_000)])
def test_a_sound_file_is_read_to_its_end(tmp_path: Path, rate: int, S: int) -> None:
    times = np.arange(S) / rate
    wavfile.write(tmp_path / "a.wav", rate, np.sin(2 * np.pi * 440 * times).astype(np.float32) * 0.5)
    sound = read_sound(tmp_path / "a.wav")
    assert sound.dtype == np.float32
    assert abs(len(sound) - S * 16_000 / rate) <= 1
    if S > 1000:
        middle = slice(1000, len(sound) - 1000)
        expected = 0.5 * np.sin(2 * np.pi * 440 * np.arange(len(sound)) / 16_000)
        assert np.abs(sound - expected)[middle].max() < 1e-3


def test_a_file_without_samples_is_refused(tmp_path: Path) -> None:
    wavfile.write(tmp_path / "a.wav", 16_000, np.zeros(0, np.int16))
    with pytest.raises(MediaError, match=r"a\.wav"):
        read_sound(tmp_path / "a.wav")
