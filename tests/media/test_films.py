"""Films play in browsers, and exist whole or not at all."""

import av
import numpy as np
import pytest

from avss.errors import OutputError
from avss.media.films import filming
from avss.media.probing import probe
from avss.media.reading import read_frames
from avss.media.source_sound import probe_sound


def _write(path, studio, frames=25, rate=44_100):
    tone = studio.tone(frames / 25, rate, 1, frequency=500.0, peak=0.3)[0].astype(np.float32)
    with filming(path, (64, 160), rate) as film:
        for k, part in enumerate(np.split(tone, frames)):
            film.show(studio.numbered(k))
            film.play(part, rate)


def test_a_film_is_made_as_browsers_want_it(tmp_path, studio):
    _write(tmp_path / "a.mp4", studio)
    with av.open(tmp_path / "a.mp4") as container:
        video, audio = container.streams.video[0], container.streams.audio[0]
        assert (video.codec.name, video.pix_fmt, video.average_rate) == ("h264", "yuv420p", 25)
        assert (audio.codec_context.codec.name, audio.rate) == ("aac", 44_100)
    content = (tmp_path / "a.mp4").read_bytes()
    assert 0 < content.index(b"moov") < content.index(b"mdat")  # it starts before it is loaded


def test_pictures_and_sound_are_in_step(tmp_path, studio):
    _write(tmp_path / "a.mp4", studio)
    assert [studio.number(frame.grey) for frame in read_frames(tmp_path / "a.mp4")] == list(range(25))
    sound = probe_sound(tmp_path / "a.mp4")
    wave = sound.samples().exactly(44_100)
    expected = studio.tone(1, 44_100, 1, frequency=500.0, peak=0.3)[0]
    assert sound.offset == 0
    assert np.abs(wave - expected)[2000:-2000].max() < 0.02


@pytest.mark.parametrize("rate, kept", [(8_000, 8_000), (48_000, 48_000), (37_800, 48_000), (192_000, 48_000)])
def test_sound_of_any_rate_has_its_pitch(tmp_path, studio, rate, kept):
    _write(tmp_path / "a.mp4", studio, rate=rate)
    sound = probe_sound(tmp_path / "a.mp4")
    assert sound.rate == kept
    spectrum = np.abs(np.fft.rfft(sound.samples().exactly(kept)))
    assert spectrum.argmax() == 500
    assert probe(tmp_path / "a.mp4").frames == 25


def test_a_picture_of_another_size_is_refused(tmp_path, studio):
    with (
        pytest.raises(ValueError, match=r"frame 0 has the size \(64, 160\)"),
        filming(tmp_path / "a.mp4", (64, 158), 8_000) as film,
    ):
        film.show(studio.numbered(0))
    assert list(tmp_path.iterdir()) == []


def test_a_film_that_breaks_off_is_none(tmp_path, studio):
    def interrupted():
        with filming(tmp_path / "a.mp4", (64, 160), 8_000) as film:
            film.show(studio.numbered(0))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_one_clear_error(tiny_disk, studio):
    with pytest.raises(OutputError, match="No space left"):
        _write(tiny_disk / "a.mp4", studio, frames=250)
    assert list(tiny_disk.iterdir()) == []
