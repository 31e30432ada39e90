"""One sees whose voice is heard, at the moment at which it is heard."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from scipy.io import wavfile

from avss.errors import MediaError, OutputError
from avss.inference.voice_films import FilmedVoice, write_films
from avss.media.probing import probe
from avss.media.reading import read_frames
from avss.media.source_sound import probe_sound
from avss.media.writing import write_video

T, HEIGHT, WIDTH = 60, 91, 161
PITCHES = (500, 1100)  # Hz of the two voices
BOXES = np.array([[20, 30, 60, 70], [100, 30, 140, 70]], np.float32)


def _video(path: Path) -> Path:
    """Two voices; at the 30th frame a flash and a click."""
    seconds = np.arange(640 * T) / 16_000
    wave = np.sum([0.2 * np.sin(2 * np.pi * pitch * seconds) for pitch in PITCHES], axis=0).astype(np.float32)
    wave[640 * 30 :][:80] = 0.95
    frames = (np.full((HEIGHT, WIDTH, 3), 250 if k == 30 else 120, np.uint8) for k in range(T))
    write_video(path, frames, wave)
    return path


def _later(video: Path, kind: str, seconds: Fraction) -> Path:
    """The video again, with its "audio" or its "video" ``seconds`` later."""
    path = video.with_suffix(".mkv")
    with av.open(video) as source, av.open(path, "w") as target:
        streams = {stream.index: target.add_stream_from_template(stream) for stream in source.streams}
        for packet in source.demux():
            if packet.pts is None or packet.dts is None:
                continue
            if packet.stream.type == kind:
                packet.pts += round(seconds / packet.time_base)
                packet.dts += round(seconds / packet.time_base)
            packet.stream = streams[packet.stream_index]
            target.mux(packet)
    return path


def _voices(folder: Path, video: Path, boxes: np.ndarray = BOXES) -> list[FilmedVoice]:
    sound = probe_sound(video)
    wave = sound.samples().up_to(10**6)
    seconds = np.arange(len(wave)) / sound.rate
    for number, pitch in enumerate(PITCHES, start=1):
        tone = 9000 * np.sin(2 * np.pi * pitch * seconds)
        tone[abs(wave) > 0.8] = 32_000
        wavfile.write(folder / f"face{number}.wav", sound.rate, tone.astype(np.int16))
    return [
        FilmedVoice(f"face{number}", np.tile(box, (T, 1)), folder / f"face{number}.wav", folder / f"face{number}.mp4")
        for number, box in enumerate(boxes, start=1)
    ]


def _pitch(film: Path, start: int, stop: int) -> float:
    """What is heard most between two frames, Hz."""
    sound = probe_sound(film)
    wave = sound.samples().exactly(sound.rate * T // 25)[start * sound.rate // 25 : stop * sound.rate // 25]
    spectrum = np.abs(np.fft.rfft(wave * np.hanning(len(wave)), 16 * len(wave)))
    return float(spectrum.argmax() * sound.rate / (16 * len(wave)))


def _light(film: Path) -> np.ndarray:
    """Mean brightness inside the two boxes, [T,2]."""
    corners = BOXES.astype(int) + np.array([4, 4, -4, -4])
    return np.array(
        [[f.grey[top:bottom, left:right].mean() for left, top, right, bottom in corners] for f in read_frames(film)]
    )


def test_each_film_shows_one_face_in_the_light_and_lets_its_voice_be_heard(tmp_path):
    video = _video(tmp_path / "in.mp4")
    write_films(video, _voices(tmp_path, video), tmp_path / "compare.mp4")
    for number, pitch in enumerate(PITCHES):
        film = tmp_path / f"face{number + 1}.mp4"
        assert probe(film).frames == T
        light = _light(film)
        assert light[0, number] > 100 > 60 > light[0, 1 - number]
        assert _pitch(film, 0, 28) == pytest.approx(pitch, abs=3)
        assert {frame.grey.shape for frame in read_frames(film)} == {(90, 160)}  # even, as 4:2:0 needs it


def test_all_are_heard_in_turn_and_the_one_in_the_light_is_heard(tmp_path):
    video = _video(tmp_path / "in.mp4")
    write_films(video, _voices(tmp_path, video), tmp_path / "compare.mp4")
    light = _light(tmp_path / "compare.mp4")
    assert (light[1:19] > 100).all()
    assert (light[21:29, 0] > 100).all() and (light[21:29, 1] < 60).all()
    assert (light[41:59, 0] < 60).all() and (light[41:59, 1] > 100).all()
    assert _pitch(tmp_path / "compare.mp4", 21, 29) == pytest.approx(PITCHES[0], abs=6)
    assert _pitch(tmp_path / "compare.mp4", 41, 59) == pytest.approx(PITCHES[1], abs=6)


@pytest.mark.parametrize("delay", [Fraction(-1, 5), Fraction(0), Fraction(3, 10)])
def test_the_sound_of_a_film_is_as_late_as_in_the_video(tmp_path, delay):
    video = _later(_video(tmp_path / "in.mp4"), "audio" if delay > 0 else "video", abs(delay))
    write_films(video, _voices(tmp_path, video)[:1], tmp_path / "compare.mp4")
    sound = probe_sound(tmp_path / "face1.mp4")
    click = np.abs(sound.samples().up_to(10**6)).argmax() / sound.rate
    assert click == pytest.approx(30 / 25 + float(delay), abs=0.008)
    assert _light(tmp_path / "face1.mp4")[:, 0].argmax() == 30


def test_a_face_that_is_not_seen_leaves_all_dark(tmp_path):
    video = _video(tmp_path / "in.mp4")
    write_films(video, _voices(tmp_path, video, np.full((2, 4), np.nan))[:1], tmp_path / "compare.mp4")
    assert (_light(tmp_path / "face1.mp4")[:29] < 60).all()


def test_other_boxes_than_frames_are_refused(tmp_path):
    video = _video(tmp_path / "in.mp4")
    (voice, _) = _voices(tmp_path, video)
    short = FilmedVoice(voice.name, voice.boxes[1:], voice.wave, voice.film)
    with pytest.raises(ValueError, match="face1 has 59 boxes"):
        write_films(video, [short], tmp_path / "compare.mp4")


def test_a_missing_voice_is_one_clear_error_and_leaves_no_film(tmp_path):
    video = _video(tmp_path / "in.mp4")
    voices = _voices(tmp_path, video)
    voices[1].wave.unlink()
    with pytest.raises(MediaError, match=r"there is no file .*face2\.wav"):
        write_films(video, voices, tmp_path / "compare.mp4")
    assert not list(tmp_path.glob("*face*.mp4")) and not list(tmp_path.glob("*compare*"))


def test_a_full_disk_is_one_clear_error_and_leaves_no_half_film(tmp_path, tiny_disk):
    video = tmp_path / "in.mp4"
    rng = np.random.default_rng(0)
    noise = (rng.integers(0, 256, (240, 320, 3)).astype(np.uint8) for _ in range(T))
    write_video(video, noise, rng.normal(0, 0.1, 640 * T).astype(np.float32))
    voices = [FilmedVoice(v.name, v.boxes, v.wave, tiny_disk / v.film.name) for v in _voices(tmp_path, video)]
    with pytest.raises(OutputError, match="No space left"):
        write_films(video, voices, tiny_disk / "compare.mp4")
    assert all(probe(film).frames == T for film in tiny_disk.iterdir())
