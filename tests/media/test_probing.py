"""How long a video is: by what is in it, not by what its header says."""

from fractions import Fraction
from math import ceil

import av
import pytest

from avss.errors import MediaError
from avss.media.probing import MediaInfo, probe
from avss.media.reading import read_frames

RATES = [Fraction(24_000, 1001), 25, Fraction(30_000, 1001), 30, 50, Fraction(60_000, 1001), Fraction(25, 2)]


def _every(rate, count):
    return [Fraction(k) / rate for k in range(count)]


@pytest.mark.parametrize("rate", RATES, ids=str)
@pytest.mark.parametrize("name", ["a.mp4", "a.mkv"])
def test_any_started_frame_counts(studio, name, rate):
    info = probe(studio.film(name, times=_every(rate, 50), rate=rate))
    assert info.frames == ceil(50 / Fraction(rate) * 25)


def test_an_intact_film_misses_nothing(studio):
    film = studio.film("a.mp4", sound=studio.tone(3, 44_100))
    info = probe(film)
    assert info == MediaInfo(frames=75, start=0.0, has_sound=True, missing=0.0, keys=info.keys)


def test_key_frames_are_found_where_the_encoder_put_them(studio):
    groups = {"codec": "libx264", "encoder": {"g": "30", "sc_threshold": "0"}}
    assert probe(studio.film("a.mp4", **groups)).keys == pytest.approx((0.0, 1.2, 2.4))


def test_a_silent_film_has_no_sound(studio):
    assert not probe(studio.film("a.mp4")).has_sound


@pytest.mark.parametrize("seconds", [1, 5])
def test_the_picture_gives_the_length_whatever_the_sound(studio, seconds):
    info = probe(studio.film("a.mkv", sound=studio.tone(seconds, 44_100)))
    assert (info.frames, info.missing) == (75, 0.0)


def test_a_header_without_duration_does_not_matter(studio):
    film = studio.film("a.webm", codec="libvpx", muxer={"live": "1"})
    with av.open(film) as container:
        assert container.duration is None
    assert (probe(film).frames, probe(film).missing) == (75, 0.0)


def test_a_single_picture_is_one_frame(studio):
    assert probe(studio.film("a.mp4", times=[0])).frames == 1


@pytest.mark.parametrize("name", ["Grüße – 你好.mp4", "two words.mp4", "12:30.mp4", "-v.mp4", "100%03d.mp4"])
def test_names_are_only_names(studio, name):
    assert probe(studio.film(name)).frames == 75


def _cut(film, share=0.6):
    content = film.read_bytes()
    film.write_bytes(content[: int(len(content) * share)])


@pytest.mark.parametrize("name, muxer", [("a.mkv", {}), ("a.webm", {}), ("a.mp4", {"movflags": "faststart"})])
def test_a_film_cut_off_has_what_is_there_and_says_what_is_missing(studio, caplog, name, muxer):
    codec = "libvpx" if name == "a.webm" else "mpeg4"
    film = studio.film(name, codec=codec, muxer=muxer)
    _cut(film)
    info = probe(film)
    assert 30 < info.frames < 60
    assert info.missing == pytest.approx(3 - info.frames / 25, abs=0.1)
    assert len(list(read_frames(film))) == info.frames
    assert "is cut off" in caplog.text


@pytest.mark.parametrize("name, codec", [("a.mpg", "mpeg1video"), ("a.avi", "mpeg4")])
def test_where_the_header_promises_nothing_a_film_is_as_long_as_what_is_there(studio, name, codec):
    film = studio.film(name, codec=codec, sound=studio.tone(3, 44_100), sound_codec="mp2")
    _cut(film)
    info = probe(film)
    assert 30 < info.frames < 60
    assert info.missing == 0.0
    assert len(list(read_frames(film))) == info.frames


def test_an_mp4_cut_off_before_its_index_is_refused(studio):
    film = studio.film("a.mp4")
    _cut(film, 0.9)
    with pytest.raises(MediaError, match="copy it again"):
        probe(film)


def test_a_clock_that_jumps_is_refused(studio):
    film = studio.film("a.mkv", codec="libx264", times=[*_every(25, 20), *(4000 + k / 25 for k in range(20))])
    with pytest.raises(MediaError, match="jumps by 3999 s"):
        probe(film)


def test_a_picture_that_lasts_is_no_jump(studio):
    film = studio.film("a.mkv", codec="libx264", times=[0, 0.04, 50, 50.04])
    assert probe(film).frames == 1252


def _empty(path):
    path.write_bytes(b"")


def _text(path):
    path.write_text("This is not a video.\n" * 100)


def _folder(path):
    path.mkdir()


def _nothing(path):
    pass


@pytest.mark.parametrize(
    "make, reason",
    [(_empty, "0 bytes"), (_text, "cannot decode"), (_folder, "cannot read"), (_nothing, "there is no file")],
)
def test_what_is_no_video_is_refused_by_name(tmp_path, make, reason):
    path = tmp_path / "clip.mp4"
    make(path)
    with pytest.raises(MediaError, match=reason) as caught:
        probe(path)
    assert str(path) in caught.value.what


def test_a_song_with_a_cover_has_no_picture(studio):
    song = studio.song_with_cover("song.mp3")
    with pytest.raises(MediaError, match="has no picture"):
        probe(song)


def test_an_unknown_codec_is_named_as_the_reason(studio):
    film = studio.film("a.mp4")
    film.write_bytes(film.read_bytes().replace(b"mp4v", b"zzzz").replace(b"esds", b"free"))
    with pytest.raises(MediaError, match="no decoder for the video"):
        probe(film)


def test_every_real_clip_has_74_or_75_frames(real_grid):
    infos = [probe(path) for path in sorted(real_grid.glob("s*/*.m*"))]
    assert {(info.frames, info.missing, info.has_sound) for info in infos} <= {(74, 0.0, True), (75, 0.0, True)}
