"""The sound of a video at its own rate, beside the sound at 16 kHz that models hear."""

import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from scipy.io import wavfile

from avss.errors import MediaError
from avss.media.own_rate import at_own_rate
from avss.media.reading import read_wave
from avss.media.sound_queue import SoundQueue
from avss.media.source_sound import probe_sound

SOUNDS = [
    ("a.mov", "pcm_s16le", 8_000, "mono", 1),
    ("a.mkv", "flac", 11_025, "mono", 1),
    ("a.mkv", "flac", 44_100, "stereo", 2),
    ("a.mkv", "flac", 48_000, "5.1", 6),
    ("a.mkv", "flac", 96_000, "stereo", 2),
]
CODECS = [
    ("a.mp4", "mpeg4", "aac", 44_100),
    ("a.mp4", "mpeg4", "libmp3lame", 44_100),
    ("a.webm", "libvpx", "libopus", 48_000),
    ("a.avi", "mpeg4", "libmp3lame", 44_100),
    ("a.mpg", "mpeg1video", "mp2", 44_100),
    ("a.mpg", "mpeg2video", "ac3", 48_000),
]


@pytest.mark.parametrize("name, codec, rate, layout, channels", SOUNDS)
def test_every_sample_is_there_at_its_own_rate(studio, name, codec, rate, layout, channels):
    tone = studio.tone(1.23, rate, channels, peak=0.99)
    film = studio.film(name, sound=tone, sound_codec=codec, sound_rate=rate, sound_layout=layout)
    sound = probe_sound(film)
    wave = sound.samples().up_to(10 * rate)
    assert (sound.rate, sound.offset, wave.dtype, len(wave)) == (rate, 0, np.float32, tone.shape[1])
    assert sound.layout in (layout, f"{channels} channels")
    np.testing.assert_allclose(wave, tone[0], atol=1e-4)  # as loud as each of its channels


def test_channels_that_cancel_out_are_silent_in_the_middle(studio):
    tone = studio.tone(1, 48_000)
    film = studio.film("a.mkv", sound=tone * [[1], [-1]], sound_codec="flac", sound_rate=48_000)
    assert abs(probe_sound(film).samples().up_to(48_000)).max() < 1e-4


@pytest.mark.parametrize("delay", [-0.3, 0.0, 0.013, 0.5])
def test_blocks_of_16_khz_are_what_is_read_at_once(studio, delay):
    sound = np.random.default_rng(0).normal(0, 0.1, (2, 2 * 44_100))
    shift = max(0.0, -delay)
    film = studio.film(
        "a.mkv", times=[k / 25 + shift for k in range(75)], sound=sound, sound_codec="flac", sound_time=delay + shift
    )
    source = probe_sound(film)
    assert abs(source.offset - delay * 16_000) <= 16  # mkv rounds to a millisecond
    assert abs(source.first + delay * 44_100) <= 45
    queue = source.on_frames()
    blocks = [queue.exactly(n) for n in (1, 639, 16_000, 31_360)]
    np.testing.assert_array_equal(np.concatenate(blocks), read_wave(film, 75))
    assert len(source.samples().up_to(10**6)) == sound.shape[1]


def _chirps(seconds: float, rate: int) -> np.ndarray:
    """Sound [1,n] below 2 kHz that is unlike itself at any other moment."""
    times = np.arange(round(seconds * rate)) / rate
    return 0.2 * np.sum([np.sin(2 * np.pi * f * times**2) for f in (90, 210, 470)], axis=0)[None]


def _error_of_going_back(film: Path) -> float:
    """Power of what going to 16 kHz and back changes, over that of the sound, away from the ends."""
    source = probe_sound(film)
    wave, grid = source.samples().up_to(10**6), source.on_frames()
    back = SoundQueue(at_own_rate((grid.exactly(16_000)[None] for _ in range(4)), source)).exactly(len(wave))[0]
    inside = slice(max(0, source.first) + source.rate // 10, len(wave) - source.rate // 10)
    return float(np.square(back - wave)[inside].mean() / np.square(wave)[inside].mean())


@pytest.mark.parametrize("delay", [-0.3, 0.0, 0.013, 0.5])
@pytest.mark.parametrize("rate", [8_000, 22_050, 44_100, 48_000])
def test_sound_that_went_to_16_khz_and_back_lies_on_itself(studio, delay, rate):
    shift = max(0.0, -delay)
    film = studio.film(
        "a.mkv",
        times=[k / 25 + shift for k in range(75)],
        sound=_chirps(2, rate),
        sound_codec="flac",
        sound_rate=rate,
        sound_layout="mono",
        sound_time=delay + shift,
    )
    assert _error_of_going_back(film) < 1e-4


@pytest.mark.parametrize("name, codec, sound_codec, rate", CODECS)
def test_the_delay_of_a_codec_is_the_same_at_both_rates(studio, name, codec, sound_codec, rate):
    film = studio.film(
        name, codec=codec, sound=_chirps(2, rate), sound_codec=sound_codec, sound_rate=rate, sound_layout="mono"
    )
    assert _error_of_going_back(film) < 1e-3


def test_a_hole_in_the_sound_stays_a_hole(studio):
    film = studio.film("a.mkv", sound=studio.click(2.5, 3, 48_000) + 0.1, sound_codec="flac", sound_rate=48_000)
    wave = probe_sound(studio.without_sound(film, 1.0, 1.5)).samples().up_to(10**6)
    assert len(wave) == pytest.approx(3 * 48_000, abs=50)
    assert abs(wave).argmax() == pytest.approx(2.5 * 48_000, abs=100)
    assert not wave[51_000:69_000].any()


def test_a_sound_file_starts_with_its_first_sample(tmp_path):
    levels = np.random.default_rng(0).integers(-32_768, 32_768, 5000).astype(np.int16)
    wavfile.write(tmp_path / "a.wav", 22_050, levels)
    sound = probe_sound(tmp_path / "a.wav")
    assert (sound.rate, sound.offset, sound.first) == (22_050, 0, 0)
    np.testing.assert_array_equal(sound.samples().up_to(9999), levels / np.float32(32_768))


def test_a_long_sound_takes_no_more_memory_than_a_short_one(tmp_path):
    wavfile.write(tmp_path / "a.wav", 8_000, np.ones(8_000 * 200, np.int16))
    sound = probe_sound(tmp_path / "a.wav")
    tracemalloc.start()
    queue, S = sound.samples(), 0
    while len(block := queue.up_to(8_000)):
        S += len(block)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert S == 8_000 * 200 and peak < 1e6


@pytest.mark.parametrize("content", [b"", b"no sound\n" * 100])
def test_what_is_no_sound_is_refused(tmp_path, content):
    (tmp_path / "a.wav").write_bytes(content)
    with pytest.raises(MediaError, match=r"a\.wav"):
        probe_sound(tmp_path / "a.wav")


def test_a_film_without_sound_is_refused(studio):
    with pytest.raises(MediaError, match=r"a\.mp4 has no sound"):
        probe_sound(studio.film("a.mp4"))


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(MediaError, match="there is no file"):
        probe_sound(tmp_path / "a.mp4")
