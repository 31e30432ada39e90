"""Sound at 16 kHz, in step with the picture."""

import numpy as np
import pytest
from scipy.io import wavfile

from avss.errors import MediaError
from avss.media.probing import probe
from avss.media.reading import read_frames, read_wave

HALF_FRAME = 0.02
COMBINATIONS = [
    ("a.mp4", "mpeg4", "aac", 44_100),
    ("a.mp4", "libx264", "libmp3lame", 44_100),
    ("a.mov", "libx264", "pcm_s16le", 8_000),
    ("a.mov", "libx264", "aac", 48_000),
    ("a.mkv", "libx264", "flac", 44_100),
    ("a.mkv", "libx264", "libopus", 48_000),
    ("a.webm", "libvpx", "libopus", 48_000),
    ("a.webm", "libvpx-vp9", "vorbis", 44_100),
    ("a.avi", "mpeg4", "libmp3lame", 44_100),
    ("a.avi", "mjpeg", "pcm_s16le", 44_100),
    ("a.mpg", "mpeg1video", "mp2", 44_100),
    ("a.mpg", "mpeg2video", "ac3", 48_000),
]
SOUNDS = [
    ("a.mov", "pcm_s16le", 8_000, "mono", 1),
    ("a.mkv", "flac", 11_025, "mono", 1),
    ("a.mkv", "pcm_f32le", 16_000, "mono", 1),
    ("a.mkv", "aac", 44_100, "stereo", 2),
    ("a.mkv", "flac", 48_000, "5.1", 6),
    ("a.mkv", "aac", 48_000, "5.1", 6),
    ("a.mkv", "flac", 96_000, "stereo", 2),
]


@pytest.mark.parametrize("name, codec, sound_codec, rate", COMBINATIONS)
def test_a_clap_is_heard_when_it_is_seen(studio, name, codec, sound_codec, rate):
    pictures = [np.full((64, 160, 3), 255 if k == 37 else 0, np.uint8) for k in range(75)]
    film = studio.film(
        name,
        pictures=pictures,
        codec=codec,
        pixels="yuvj420p" if codec == "mjpeg" else "yuv420p",
        sound=studio.click(37 / 25, 3, rate),
        sound_codec=sound_codec,
        sound_rate=rate,
    )
    brightness = [frame.grey.mean() for frame in read_frames(film)]
    wave = read_wave(film, probe(film).frames)
    assert abs(np.abs(wave).argmax() / 16_000 - np.argmax(brightness) / 25) < HALF_FRAME


@pytest.mark.parametrize("delay", [-0.3, 0.013, 0.5])
def test_sound_that_starts_before_or_after_the_picture_is_shifted(studio, delay):
    shift = max(0.0, -delay)
    times = [k / 25 + shift for k in range(75)]
    film = studio.film(
        "a.mkv",
        times=times,
        codec="libx264",
        sound=studio.click(1.0, 3, 48_000),
        sound_codec="flac",
        sound_rate=48_000,
        sound_time=delay + shift,
    )
    wave = read_wave(film, 75)
    assert np.abs(wave).argmax() / 16_000 == pytest.approx(1.0 + delay, abs=0.002)
    assert len(wave) == 48_000


@pytest.mark.parametrize("name, codec, rate, layout, channels", SOUNDS)
def test_any_rate_and_number_of_channels_keeps_pitch_and_level(studio, name, codec, rate, layout, channels):
    sound = studio.tone(3, rate, channels, frequency=400.0, peak=0.5)
    film = studio.film(name, sound=sound, sound_codec=codec, sound_rate=rate, sound_layout=layout)
    wave = read_wave(film, 75)
    assert wave.dtype == np.float32 and wave.shape == (48_000,)
    spectrum = np.abs(np.fft.rfft(wave[8_000:40_000] * np.hanning(32_000)))
    assert spectrum.argmax() * 16_000 / 32_000 == pytest.approx(400, abs=0.5)
    assert wave[8_000:40_000].std() * np.sqrt(2) == pytest.approx(0.5, abs=0.02)


def test_full_level_in_all_channels_does_not_clip(studio):
    sound = studio.tone(3, 48_000, 6, peak=0.99)
    film = studio.film("a.mkv", sound=sound, sound_codec="flac", sound_rate=48_000, sound_layout="5.1")
    wave = read_wave(film, 75)
    assert np.mean(np.abs(wave) > 0.985) < 0.15
    assert np.abs(wave).max() <= 1.0


def test_short_sound_is_followed_by_silence_and_long_sound_is_cut(studio):
    film = studio.film("a.mkv", sound=studio.tone(2, 44_100), sound_codec="flac")
    wave = read_wave(film, 75)
    assert wave[:31_900].std() > 0.3 and not wave[32_100:].any()
    np.testing.assert_array_equal(read_wave(film, 20), wave[: 20 * 640])


def test_a_hole_in_the_sound_stays_a_hole(studio):
    film = studio.film("a.mkv", sound=studio.click(2.5, 3, 48_000) + 0.1, sound_codec="flac", sound_rate=48_000)
    wave = read_wave(studio.without_sound(film, 1.0, 1.5), 75)
    assert wave[:15_000].min() > 0.09 < wave[25_000:39_000].min()
    assert np.abs(wave).argmax() / 16_000 == pytest.approx(2.5, abs=0.003)
    assert not wave[17_000:23_000].any()


@pytest.mark.parametrize("name", ["a.wav", "Ton spur – ünï.wav"])
def test_a_separate_sound_file_starts_with_its_first_sample(tmp_path, studio, name):
    sound = studio.tone(2, 48_000, 1)[0]
    wavfile.write(tmp_path / name, 48_000, np.round(sound * 32_767).astype(np.int16))
    wave = read_wave(tmp_path / name, 75)
    np.testing.assert_allclose(wave[100:31_900], studio.tone(2, 16_000, 1)[0][100:31_900], atol=0.01)
    assert not wave[32_100:].any()


def test_a_song_with_a_cover_is_a_sound_file(studio):
    assert read_wave(studio.song_with_cover("song.mp3"), 25).std() > 0.3


def test_a_film_without_sound_is_refused(studio):
    with pytest.raises(MediaError, match=r"a.mp4 has no sound"):
        read_wave(studio.film("a.mp4"), 75)


def test_what_is_no_sound_is_refused(tmp_path):
    (tmp_path / "a.wav").write_text("no sound\n" * 100)
    with pytest.raises(MediaError, match="cannot decode"):
        read_wave(tmp_path / "a.wav", 75)


def test_damaged_sound_leaves_silence_and_the_rest_in_place(studio):
    film = studio.film("a.mp4", sound=studio.click(2.5, 3, 48_000), sound_codec="ac3", sound_rate=48_000)
    studio.spoil(film, "audio", range(20, 50))
    assert np.abs(read_wave(film, 75)).argmax() / 16_000 == pytest.approx(2.5, abs=0.003)


def test_the_sound_of_a_real_clip_ends_a_little_early(real_grid):
    wave = read_wave(next(iter(sorted((real_grid / "s1").glob("*.mpg")))), 75)
    assert wave.shape == (48_000,)
    assert 47_500 < np.flatnonzero(wave)[-1] < 47_700
