"""Wav files that grow block by block hold exactly what was appended, or do not exist."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.io import wavfile

from avss.errors import OutputError
from avss.media.wave_files import as_levels, writing_wave


@settings(max_examples=20, deadline=None)
@given(lengths=st.lists(st.integers(1, 3000), min_size=1, max_size=5), rate=st.sampled_from([8_000, 44_100, 192_000]))
def test_a_wav_holds_what_was_appended(tmp_path_factory, lengths, rate):
    path = tmp_path_factory.mktemp("wav") / "12:30 ünï.wav"
    levels = np.random.default_rng(0).integers(-32_768, 32_768, sum(lengths)).astype(np.int16)
    with writing_wave(path, rate) as append:
        for block in np.split(levels, np.cumsum(lengths)[:-1]):
            append(block)
    back_rate, back = wavfile.read(path)
    assert back_rate == rate
    np.testing.assert_array_equal(back, levels)


def test_a_wav_has_room_for_the_header_of_one_above_4_gib(tmp_path):
    with writing_wave(tmp_path / "a.wav", 8_000) as append:
        append(np.zeros(10, np.int16))
    start = (tmp_path / "a.wav").read_bytes()[:20]
    assert (start[:4], start[12:16], start[16:20]) == (b"RIFF", b"JUNK", (28).to_bytes(4, "little"))  # for a ds64


def test_what_breaks_off_leaves_no_file(tmp_path):
    def write() -> None:
        with writing_wave(tmp_path / "a.wav", 8_000) as append:
            append(np.zeros(100_000, np.int16))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write()
    assert list(tmp_path.iterdir()) == []


# The first is too much by less than what a writer holds back for the end.
@pytest.mark.parametrize("samples", [102_500, 1_000_000])
def test_a_full_disk_is_one_clear_error(tiny_disk, samples):
    with pytest.raises(OutputError, match="No space left"), writing_wave(tiny_disk / "a.wav", 8_000) as append:
        append(np.zeros(samples, np.int16))
    assert list(tiny_disk.iterdir()) == []


def test_levels_clip_instead_of_wrapping_round():
    assert as_levels(np.array([2.0, 1.0, 0.5, 0.0, -1.0, -2.0])).tolist() == [
        32_767,
        32_767,
        16_384,
        0,
        -32_768,
        -32_768,
    ]
