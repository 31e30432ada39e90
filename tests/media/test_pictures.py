"""Stretches of a video: the same frames as the whole reading gives, and no more work the later they lie."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from avss.media import pictures
from avss.media.probing import probe
from avss.media.reading import on_screen, read_frames

STRETCHES = [(0, 20), (1, 3), (37, 1), (40, 20), (48, 12), (59, 16), (74, 1), (75, 0)]
# Groups of 24 pictures that are shown in another order than they are coded, the last before a key frame included.
B_FRAMES = {"g": "24", "bf": "2", "sc_threshold": "1000000000"}
OPEN_GROUPS = {"x264-params": "keyint=24:min-keyint=24:scenecut=0:bframes=3:open-gop=1"}
NTSC = [Fraction(1001 * k, 30_000) for k in range(90)]
UNEVEN = np.round(np.cumsum([0.0, *np.random.default_rng(1).uniform(0.01, 0.06, 80)]), 3).tolist()

FILMS = {
    "mpeg-1": {"name": "a.mpg", "codec": "mpeg1video", "encoder": B_FRAMES},
    "mpeg-2 stream": {"name": "a.ts", "codec": "mpeg2video", "encoder": B_FRAMES},
    "h264": {"name": "a.mp4", "codec": "libx264", "encoder": {"g": "24", "bf": "3"}},
    "h264, open groups": {"name": "a.mp4", "codec": "libx264", "encoder": OPEN_GROUPS},
    "h264, refreshed line by line": {
        "name": "a.mp4",
        "codec": "libx264",
        "encoder": {"x264-params": "keyint=24:intra-refresh=1"},
    },
    "webm": {"name": "a.webm", "codec": "libvpx-vp9", "encoder": {"g": "24"}},
    "webm without an index": {"name": "a.webm", "codec": "libvpx", "encoder": {"g": "24"}, "muxer": {"live": "1"}},
    "every picture a key frame": {"name": "a.avi", "codec": "mjpeg", "pixels": "yuvj420p"},
    "mpeg-4": {"name": "a.avi", "codec": "mpeg4", "encoder": {"g": "12", "bf": "2"}},
    "h264, guessed timestamps": {"name": "a.avi", "codec": "libx264", "encoder": {"g": "24", "bf": "2"}},
    "h264, guessed timestamps that go back and forth": {
        "name": "a.avi",
        "codec": "libx264",
        "encoder": {"x264-params": "keyint=24:scenecut=0:bframes=3:b-adapt=0"},
    },
    "variable rate": {"name": "a.mkv", "codec": "libx264", "times": UNEVEN, "encoder": {"g": "24"}},
    "29.97 a second": {
        "name": "a.mp4",
        "codec": "libx264",
        "times": NTSC,
        "rate": NTSC[1] ** -1,
        "encoder": {"g": "24"},
    },
    "turned": {"name": "a.mp4", "codec": "libx264", "turned": 90, "encoder": {"g": "24"}},
    "with sound": {"name": "a.mpg", "codec": "mpeg1video", "encoder": B_FRAMES, "sound_codec": "mp2"},
}


def _assert_the_same(film, stretches=STRETCHES):
    whole = list(read_frames(film))
    for start, count in stretches:
        stretch = list(read_frames(film, start=start, frames=count))
        assert len(stretch) == count
        for got, wanted in zip(stretch, whole[start:], strict=False):
            assert got.damaged == wanted.damaged
            np.testing.assert_array_equal(got.grey, wanted.grey)


@pytest.mark.parametrize("kind", FILMS)
def test_a_stretch_has_the_frames_of_the_whole(studio, kind):
    settings = dict(FILMS[kind])
    sound = studio.tone(3, 44_100) if "sound_codec" in settings else None
    _assert_the_same(studio.film(settings.pop("name"), sound=sound, **settings))


@given(st.lists(st.floats(0.001, 0.5), min_size=1, max_size=50), st.integers(0, 60), st.integers(0, 20))
def test_frames_are_chosen_from_a_late_beginning_as_from_the_first(gaps, start, count):
    times = [float(time) for time in np.cumsum([0.0, *gaps])]
    shown = list(zip(times, range(len(times)), strict=True))
    whole = list(on_screen(shown, 0.0, range(start + count)))
    begun = [(time, number) for time, number in shown if time <= start / 25]
    assert list(on_screen(shown[len(begun) - 1 :], 0.0, range(start, start + count))) == whole[start:]


def test_damage_before_within_and_after_a_stretch_looks_as_in_the_whole(studio):
    groups = {"codec": "libx264", "encoder": {"g": "12", "bf": "2", "sc_threshold": "0"}}
    for lost in ([30, 31, 32], [24], range(36, 49), range(20, 40)):
        _assert_the_same(studio.spoil(studio.film("a.mp4", **groups), "video", lost), [(22, 20), (30, 4), (47, 20)])


def test_a_key_frame_that_cannot_be_decoded_is_no_place_to_begin(studio):
    film = studio.spoil(studio.film("a.mov", codec="mjpeg", pixels="yuvj420p"), "video", range(20, 60))
    _assert_the_same(film, [(25, 10), (58, 4)])


def test_beginning_late_costs_no_more_than_beginning_early(studio, monkeypatch):
    film = studio.film("a.mp4", times=[Fraction(k, 25) for k in range(750)], codec="libx264", encoder={"g": "25"})
    decoded = []

    def counted(stream, packet, decode=pictures.decode):
        decoded.append(packet)
        return decode(stream, packet)

    monkeypatch.setattr(pictures, "decode", counted)
    (frame,) = read_frames(film, start=740, frames=1)
    assert studio.number(frame.grey) == 740
    assert len(decoded) < 60


def test_what_was_probed_is_not_probed_again(studio):
    film = studio.film("a.mp4")
    info = probe(film)
    frames = list(read_frames(film, start=10, info=info))
    assert [studio.number(frame.grey) for frame in frames] == list(range(10, 75))


@pytest.mark.parametrize("start, count", [(-1, 5), (70, 6), (76, None), (10, -1)])
def test_a_stretch_beyond_the_video_is_refused(studio, start, count):
    with pytest.raises(ValueError, match="not within the 75 frames"):
        read_frames(studio.film("a.mp4"), start=start, frames=count)


def test_real_clips_can_be_begun_anywhere(real_grid):
    for path in [*sorted(real_grid.glob("s*/*.m*"))[::60], real_grid / "s1" / "sgib8n.mpg"]:
        if path.exists():
            _assert_the_same(path, [(20, 10), (50, 20)])
            assert len(probe(path).keys) > 1
