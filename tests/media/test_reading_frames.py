"""Frames at 25 per second from any video."""

import gc
import subprocess
import sys
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from avss.errors import MediaError
from avss.media.probing import probe
from avss.media.reading import on_screen, read_frames, read_wave

RATES = [Fraction(24_000, 1001), 25, Fraction(30_000, 1001), 30, 50, Fraction(60_000, 1001), 15]
FORMATS = [
    ("a.mp4", "mpeg4"), ("a.mp4", "libx264"), ("a.mov", "libx265"), ("a.mkv", "libx264"), ("a.webm", "libvpx"),
    ("a.webm", "libvpx-vp9"), ("a.avi", "mjpeg"), ("a.mkv", "ffv1"), ("a.mpg", "mpeg1video"), ("a.mpg", "mpeg2video"),
]  # fmt: skip
QUIET = {"libx265": {"x265-params": "log-level=error"}}
PIXELS = {"mjpeg": "yuvj420p"}


def _wanted(times, T):
    """The definition, the slow way: the last picture that has appeared, a quarter of a frame of grace."""
    return [max((n for n, time in enumerate(times) if time <= k / 25 + 0.01), default=0) for k in range(T)]


@given(st.lists(st.floats(0.001, 0.5), min_size=1, max_size=50), st.integers(1, 60))
def test_a_frame_shows_the_last_picture_that_has_appeared(gaps, T):
    times = [float(time) for time in np.cumsum([0.0, *gaps])]
    assert list(on_screen(zip(times, range(len(times)), strict=True), 0.0, range(T))) == _wanted(times, T)


def test_a_slow_first_picture_is_shown_from_the_start():
    assert list(on_screen([(10.06, "a"), (10.08, "b")], 10.0, range(4))) == ["a", "a", "b", "b"]


@pytest.mark.parametrize("rate", RATES, ids=str)
def test_every_frame_rate_stays_in_step(studio, rate):
    times = [Fraction(k) / rate for k in range(int(3 * rate))]
    shown = [studio.number(frame.grey) for frame in read_frames(studio.film("a.mkv", times=times, rate=rate))]
    assert shown == _wanted([round(float(time), 3) for time in times], len(shown))


@pytest.mark.parametrize("name, codec", FORMATS)
def test_every_container_and_codec_gives_each_picture_once(studio, name, codec):
    film = studio.film(name, codec=codec, encoder=QUIET.get(codec), pixels=PIXELS.get(codec, "yuv420p"))
    frames = list(read_frames(film))
    assert [studio.number(frame.grey) for frame in frames] == list(range(75))
    assert not any(frame.damaged for frame in frames)


@pytest.mark.parametrize("name", ["a.mkv", "a.mp4"])
def test_a_variable_frame_rate_does_not_drift_and_is_no_damage(studio, name):
    rng = np.random.default_rng(1)
    times = np.round(np.cumsum([0.0, *rng.uniform(0.01, 0.06, 40), 1.5, *rng.uniform(0.01, 0.06, 40)]), 3)
    film = studio.film(name, times=times.tolist(), codec="libx264")
    frames = list(read_frames(film))
    assert [studio.number(frame.grey) for frame in frames] == _wanted(times, len(frames))
    assert not any(frame.damaged for frame in frames)


def test_jitter_of_a_phone_neither_repeats_nor_drops(studio):
    times = np.arange(75) / 25 + np.random.default_rng(2).uniform(-0.004, 0.004, 75)
    film = studio.film("a.mkv", times=(times - times[0]).tolist(), codec="libx264")
    assert [studio.number(frame.grey) for frame in read_frames(film)][:75] == list(range(75))


def test_a_single_picture_is_one_frame(studio):
    assert [studio.number(frame.grey) for frame in read_frames(studio.film("a.mp4", times=[0]))] == [0]


def test_pictures_held_alive_keep_their_content(studio):
    frames = list(read_frames(studio.film("a.mp4")))
    gc.collect()
    assert [studio.number(frame.grey) for frame in reversed(frames)] == list(reversed(range(75)))


def test_colours_are_what_was_filmed(studio):
    colours = [(200, 30, 40), (20, 180, 60), (30, 50, 220), (128, 128, 128)]
    pictures = [np.full((48, 64, 3), colour, np.uint8) for colour in colours]
    film = studio.film("a.mp4", times=[Fraction(k, 25) for k in range(4)], pictures=pictures)
    for frame, colour in zip(read_frames(film), colours, strict=True):
        assert frame.rgb.dtype == np.uint8 and frame.rgb.shape == (48, 64, 3)
        np.testing.assert_allclose(frame.rgb.mean(axis=(0, 1)), colour, atol=6)


@pytest.mark.parametrize(
    "codec, pixels",
    [("mpeg4", "yuv420p"), ("mjpeg", "yuvj420p"), ("prores_ks", "yuv422p10le"), ("png", "rgb24"), ("qtrle", "gray")],
)
def test_black_is_0_and_white_255_in_every_range_of_pixels(studio, codec, pixels):
    pictures = [np.full((48, 64, 3), level, np.uint8) for level in (0, 255)]
    film = studio.film("a.mov", times=[0, Fraction(1, 25)], pictures=pictures, codec=codec, pixels=pixels)
    black, white = (frame.grey for frame in read_frames(film))
    assert black.dtype == np.uint8 and black.shape == (48, 64)
    assert black.max() <= 3 and white.min() >= 252


@pytest.mark.parametrize("turned, corner", [(0, (0, 0)), (90, (-1, 0)), (180, (-1, -1)), (-90, (0, -1))])
def test_the_rotation_flag_of_a_phone_is_obeyed(studio, turned, corner):
    picture = np.zeros((48, 96, 3), np.uint8)
    picture[:16, :16] = 255
    (frame,) = read_frames(studio.film("a.mp4", times=[0], pictures=[picture], turned=turned))
    shape = (48, 96) if turned in (0, 180) else (96, 48)
    assert frame.grey.shape == shape and frame.rgb.shape == (*shape, 3)
    bright = {(y, x) for y in (0, -1) for x in (0, -1) if frame.grey[y, x] > 128}
    assert bright == {corner} == {(y, x) for y in (0, -1) for x in (0, -1) if frame.rgb[y, x].mean() > 128}


def test_a_4k_portrait_is_scaled_down_and_upright(studio):
    picture = np.zeros((2160, 3840, 3), np.uint8)
    picture[:, 1920:] = 255
    (frame,) = read_frames(studio.film("a.mp4", times=[0], pictures=[picture], turned=-90), longest_side=640)
    assert frame.rgb.shape == (640, 360, 3) and frame.grey.shape == (640, 360)
    assert frame.grey[:300].max() < 20 and frame.grey[340:].min() > 235


def test_small_pictures_are_not_enlarged(studio):
    (frame,) = read_frames(studio.film("a.mp4", times=[0]), longest_side=1000)
    assert frame.grey.shape == (64, 160)


@pytest.mark.parametrize("height, width", [(241, 321), (17, 31), (2, 3)])
def test_odd_sizes_are_kept(studio, height, width):
    picture = np.full((height, width, 3), 255, np.uint8)
    (frame,) = read_frames(studio.film("a.mkv", times=[0], pictures=[picture], codec="ffv1", pixels="yuv444p"))
    assert frame.grey.shape == (height, width) and frame.grey.min() > 250


def test_pixels_that_are_not_square_are_shown_square(studio):
    (frame,) = read_frames(studio.film("a.mp4", times=[0], pixel_shape=Fraction(3, 2)))
    assert frame.grey.shape == (64, 240)


def _spoilt(studio, lost):
    return studio.spoil(studio.film("a.mov", codec="mjpeg", pixels="yuvj420p"), "video", lost)


@pytest.mark.parametrize("lost", [range(20, 30), range(0, 10), range(65, 75)], ids=["middle", "start", "end"])
def test_a_picture_that_stands_in_for_lost_ones_is_marked(studio, caplog, lost):
    frames = list(read_frames(_spoilt(studio, lost)))
    assert [k for k, frame in enumerate(frames) if frame.damaged] == list(lost)
    assert len(frames) == 75
    assert [studio.number(frame.grey) for frame in frames if not frame.damaged] == sorted({*range(75)} - {*lost})
    assert "10 of 75 frames are damaged" in caplog.text


def test_two_lost_pictures_are_held_without_fuss(studio):
    frames = list(read_frames(_spoilt(studio, range(40, 41))))
    assert [studio.number(frame.grey) for frame in frames[38:43]] == [38, 39, 39, 41, 42]


def test_a_film_of_damaged_pictures_only_is_refused(studio):
    with pytest.raises(MediaError, match="no picture"):
        list(read_frames(_spoilt(studio, range(75))))


def test_what_cannot_be_opened_is_refused_at_once(tmp_path):
    with pytest.raises(MediaError, match="there is no file"):
        read_frames(tmp_path / "none.mp4")


def test_ten_minutes_need_no_more_memory_than_half_a_minute(studio):
    peaks = []
    for minutes in (0.5, 10):
        count = round(minutes * 60 * 25)
        picture = studio.numbered(7)
        film = studio.film(
            "long.mp4",
            times=[Fraction(k, 25) for k in range(count)],
            pictures=(picture for _ in range(count)),
        )
        peaks.append(
            int(subprocess.run([sys.executable, "-c", _CONSUME, str(film)], capture_output=True, check=True).stdout)
        )
    assert peaks[1] - peaks[0] < 16 * 1024


_CONSUME = """
import resource, sys
from pathlib import Path
from avss.media.reading import read_frames
brightness = sum(float(frame.grey.mean()) for frame in read_frames(Path(sys.argv[1])))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def test_real_clips_decode_fully(real_grid):
    for path in sorted(real_grid.glob("s*/*.m*"))[::10]:
        frames = list(read_frames(path))
        assert len(frames) == probe(path).frames
        assert {frame.grey.shape for frame in frames} == {(288, 360)}
        assert read_wave(path, len(frames)).shape == (640 * len(frames),)


def test_the_damaged_real_clip_says_so(real_grid, caplog):
    path = real_grid / "s1" / "sgib8n.mpg"
    if not path.exists():
        pytest.skip("the clip with a damaged stream is not there")
    frames = list(read_frames(path))
    assert len(frames) == 75
    assert sum(frame.damaged for frame in frames) >= 1
    assert "sgib8n.mpg" in caplog.text
