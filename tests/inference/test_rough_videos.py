"""Videos as people have them: of any rate, shape and sound, damaged, silent, long, and of people who are not there."""

import json
import tracemalloc
from collections.abc import Sequence
from fractions import Fraction
from itertools import accumulate, cycle, islice
from pathlib import Path

import numpy as np
import pytest
import torch
from scipy.io import wavfile
from torch import Tensor, nn

from avss.cli import main
from avss.commands.weights import USUAL
from avss.data.visual import Visual
from avss.errors import FaceError, OutputError
from avss.inference.account import Account, account_of
from avss.inference.impressions import Impressions
from avss.inference.person import Person
from avss.inference.separation import separate
from avss.inference.shipped import find_weights
from avss.inference.voice_files import write_voices
from avss.inference.windows import separate_windows
from avss.media.probing import probe
from avss.media.reading import read_frames
from avss.media.source_sound import probe_sound
from avss.rates import FRAME_RATE

Film = list[np.ndarray]

FRAMES = tuple(Fraction(k, FRAME_RATE) for k in range(50))
SOUNDS = {"mono": (1, 16_000), "stereo": (2, 44_100), "5.1": (6, 48_000)}


def noise(seconds: float, rate: int = 44_100, channels: int = 2) -> np.ndarray:
    """The same noise in all channels [channels,n], in levels of 16 bits."""
    levels = np.random.default_rng(rate).integers(-9000, 9000, round(seconds * rate))
    return np.tile(levels / 32_768, (channels, 1))


def at(film: Film, times: Sequence[Fraction]) -> Film:
    """What is seen of a film of 25 frames a second at these times."""
    return [film[int(time * FRAME_RATE)] for time in times]


def voices(out: Path, account: Account) -> np.ndarray:
    """Voices and rest, int64 [K+1,n], all of the sound's rate and of one length."""
    names = [*(face.name for face in account.faces), "rest"]
    rates, waves = zip(*(wavfile.read(out / f"{name}.wav") for name in names), strict=True)
    assert set(rates) == {account.rate}
    return np.stack(waves).astype(np.int64)


def assert_complete(out: Path, account: Account, heard: np.ndarray) -> None:
    """Voices and rest are as long as what is ``heard`` [n], and add up to it."""
    total = voices(out, account).sum(axis=0) / 32_768
    assert total.shape == heard.shape
    assert np.abs(total - heard).max() < 1e-4


@pytest.mark.parametrize(
    "rate, layout", [(30, "mono"), (Fraction(30_000, 1001), "stereo"), (Fraction(60_000, 1001), "5.1")], ids=str
)
def test_one_face_in_pictures_of_any_rate_and_sound_of_any_layout(studio, anna, weights, tmp_path, rate, layout):
    channels, samples = SOUNDS[layout]
    times = [Fraction(k) / rate for k in range(round(2 * rate))]
    sound = noise(2, samples, channels)
    video = studio.film(
        "a.mkv", times=times, pictures=at(anna, times), rate=rate, codec="libx264",
        sound=sound, sound_codec="flac", sound_rate=samples, sound_layout=layout,
    )  # fmt: skip
    account = separate(video, tmp_path / "out", weights, films=False, jobs=1)
    assert account.seconds == pytest.approx(2, abs=0.05) and account.rate == samples
    assert account.layout in (layout, f"{channels} channels")
    assert [face.seen for face in account.faces] == [[[0.0, account.seconds]]]
    assert_complete(tmp_path / "out", account, sound[0])


def test_a_phone_held_upright_whose_pictures_come_as_they_please(studio, anna, weights, tmp_path):
    times = list(islice(accumulate(cycle(Fraction(gap, 1000) for gap in (20, 60, 33, 47)), initial=Fraction()), 50))
    lying = [np.ascontiguousarray(np.rot90(picture[:, 60:300], -1)) for picture in at(anna, times)]
    sound = noise(2, channels=1)
    video = studio.film(
        "a.mov", times=times, pictures=lying, turned=90, sound=sound, sound_codec="pcm_s16le", sound_layout="mono"
    )
    account = separate(video, tmp_path / "out", weights, jobs=1)
    assert [face.seen for face in account.faces] == [[[0.0, account.seconds]]]
    assert_complete(tmp_path / "out", account, sound[0])
    assert probe(tmp_path / "out" / "faces.mp4").frames == probe(video).frames
    plain, lit = (next(read_frames(path)).grey for path in (video, tmp_path / "out" / "face1.mp4"))
    assert plain.shape == lit.shape == (288, 240)
    left, top, right, bottom = (round(edge) for edge in account.faces[0].boxes[0][1:])
    assert lit[top:bottom, left:right].mean() > 0.9 * plain[top:bottom, left:right].mean()
    assert lit[:10, :10].mean() < 0.5 * plain[:10, :10].mean()


@pytest.mark.parametrize(("seconds", "begins"), [(1.0, 0.0), (3.5, 0.0), (2.0, 0.5)])
def test_sound_is_kept_whole_wherever_it_begins_and_ends(studio, anna, weights, tmp_path, seconds, begins):
    sound = noise(seconds)
    video = studio.film(
        "a.mkv", times=FRAMES, pictures=at(anna, FRAMES), sound=sound, sound_codec="flac", sound_time=begins
    )
    account = separate(video, tmp_path / "out", weights, films=False, jobs=1)
    assert account.seconds == 2.0
    assert_complete(tmp_path / "out", account, sound[0])
    voice = voices(tmp_path / "out", account)[0]
    assert voice[: round(44_100 * (2 - begins))].any() and not voice[round(44_100 * (2.05 - begins)) :].any()


def test_a_damaged_middle_costs_only_itself(studio, anna, weights, tmp_path, caplog):
    video = studio.film("a.mp4", pictures=anna, encoder={"g": "12"}, sound=noise(3))
    studio.spoil(video, "audio", range(50, 70))
    studio.spoil(video, "video", range(25, 36))
    account = separate(video, tmp_path / "out", weights, films=False, jobs=1)
    assert [face.seen for face in account.faces] == [[[0.0, 1.0], [1.44, 3.0]]]
    assert "11 of 75 frames are damaged" in caplog.text
    assert_complete(tmp_path / "out", account, probe_sound(video).samples().up_to(44_100 * 9))


def test_twelve_faces_get_twelve_voices(studio, anna, bert, weights, tmp_path):
    rows = [anna, bert] * 2, [bert, anna] * 2, [anna, bert] * 2
    pictures = [np.vstack([np.hstack([film[k] for film in row]) for row in rows]) for k in range(12)]
    sound = noise(0.48)
    video = studio.film("a.mkv", times=FRAMES[:12], pictures=pictures, sound=sound, sound_codec="flac")
    account = separate(video, tmp_path / "out", weights, films=False, jobs=1)
    assert [face.name for face in account.faces] == [f"face{number}" for number in range(1, 13)]
    assert_complete(tmp_path / "out", account, sound[0])


def test_in_silence_nobody_speaks(studio, anna, weights, tmp_path):
    silence = np.zeros((2, 44_100))
    video = studio.film("a.mkv", times=FRAMES[:25], pictures=anna[:25], sound=silence, sound_codec="flac")
    account = separate(video, tmp_path / "out", weights, films=False, jobs=1)
    assert [(face.speaks, face.level) for face in account.faces] == [([], -120.0)]
    assert [doubt.doubt for doubt in account.doubts] == ["never speaks"]
    assert not voices(tmp_path / "out", account).any()

    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is no JSON")

    json.loads((tmp_path / "out" / "separation.json").read_text(), parse_constant=refuse)


CHORD = np.sin(2 * np.pi * np.outer([262.0, 330.0, 392.0], np.arange(44_100) / 44_100)).sum(axis=0)
BEATS = 1 - np.arange(44_100) / 22_050 % 1


@pytest.mark.parametrize(
    "heard", [np.tile(0.1 * CHORD * BEATS, (2, 1)), noise(1), 1e-3 * noise(1)], ids=["music", "noise", "hiss"]
)
def test_a_face_that_is_seen_while_nobody_speaks_is_told_of_and_nothing_is_lost(studio, anna, weights, tmp_path, heard):
    video = studio.film("a.mkv", times=FRAMES[:25], pictures=anna[:25], sound=heard, sound_codec="flac")
    account = separate(video, tmp_path / "out", weights, films=False, jobs=1)
    assert [face.seen for face in account.faces] == [[[0.0, 1.0]]]
    assert np.isfinite([account.rest, account.faces[0].level]).all()
    assert_complete(tmp_path / "out", account, probe_sound(video).samples().up_to(44_100))


def test_most_of_a_noise_stays_out_of_the_voice_of_whoever_is_seen(studio, anna, tmp_path):
    video = studio.film("a.mkv", pictures=anna, sound=noise(3), sound_codec="flac")
    account = separate(video, tmp_path / "out", find_weights(USUAL), films=False, jobs=1)
    assert account.faces[0].level < -10 and account.rest > -2


REFUSED = {
    "nobody": (lambda studio, wall: studio.film(
        "a.mp4", times=FRAMES[:12], pictures=[wall] * 12, sound=noise(0.5)), "no face was found in 0.5 s of video"),
    "a moment": (lambda studio, wall: studio.film("a.mp4", times=[0], pictures=[wall], sound=noise(1)), "no face"),
    "no sound": (lambda studio, wall: studio.film("a.mp4"), "has no sound"),
    "no picture": (lambda studio, wall: studio.song_with_cover("a.mp3"), "has no picture"),
    "nothing": (lambda studio, wall: written(studio.folder / "a.mp4", b""), "is empty"),
    "no video": (lambda studio, wall: written(studio.folder / "a.mp4", b"thesis\n" * 99), "cannot decode"),
    "a head": (lambda studio, wall: cut_off(studio.film("a.mp4", sound=noise(1))), "cannot decode"),
}  # fmt: skip


def written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def cut_off(video: Path) -> Path:
    return written(video, video.read_bytes()[:1000])


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_separated_is_told_in_one_sentence(studio, wall, weights, tmp_path, capsys, name):
    make, reason = REFUSED[name]
    video, out = make(studio, wall), tmp_path / "out"
    command = ["separate", str(video), "--out", str(out), "--weights", str(weights), "--jobs", "1"]
    assert main(command) == 1
    told = capsys.readouterr().err
    assert told.startswith("avss: ") and reason in told
    assert told.count("\n") == told.count("Wanted: ") == told.count("Do: ") == 1
    assert not list(out.glob("[!.]*"))


def test_after_fewer_faces_than_wanted_the_folder_serves_for_as_many_as_there_are(
    studio, anna, bert, weights, tmp_path
):
    video = studio.film("a.mkv", times=FRAMES[:25], pictures=anna[:25], sound=noise(1), sound_codec="flac")
    other = studio.film("b.mkv", times=FRAMES[:25], pictures=bert[:25], sound=noise(1), sound_codec="flac")
    out = tmp_path / "out"
    with pytest.raises(FaceError, match="1 face was found instead of 2"):
        separate(video, out, weights, faces=2, films=False, jobs=1)
    (segment,) = (out / ".work").glob("faces-*")
    written = segment.stat().st_mtime_ns
    with pytest.raises(OutputError, match=r"another separation was begun in .*out, of .*/a\.mkv\."):
        separate(other, out, weights, films=False, jobs=1)
    assert segment.stat().st_mtime_ns == written
    assert len(separate(video, out, weights, faces=1, films=False, jobs=1).faces) == 1


def test_what_is_finished_is_never_written_again(studio, anna, weights, tmp_path):
    video = studio.film("a.mkv", times=FRAMES[:12], pictures=anna[:12], sound=noise(0.5), sound_codec="flac")
    out = tmp_path / "out"
    separate(video, out, weights, films=False, jobs=1)
    before = {path: path.stat().st_mtime_ns for path in out.iterdir()}
    with pytest.raises(OutputError, match=r"out is there already with the voices of a\.mkv\. .* or remove it\.$"):
        separate(video, out, weights, films=False, jobs=1)
    with pytest.raises(OutputError, match=r"with the voices of a\.mkv\. .* or remove it to have films too\.$"):
        separate(video, out, weights, jobs=1)
    assert {path: path.stat().st_mtime_ns for path in out.iterdir()} == before


class Half(nn.Module):
    """Gives each face half of the mixture, in the place of a separator."""

    def __init__(self) -> None:
        super().__init__()
        self.share = nn.Parameter(torch.tensor(0.5))

    def forward(self, mixture: Tensor, faces: Visual) -> Tensor:
        return (mixture[:, None] * self.share).expand(-1, faces.valid.shape[1], -1)


def peak(minutes: int, folder: Path) -> int:
    """Bytes that separating one person and telling of it takes at most."""
    T, rate = minutes * 60 * FRAME_RATE, 8_000
    wavfile.write(folder / "in.wav", rate, np.ones(minutes * 60 * rate, np.int16))
    sound = probe_sound(folder / "in.wav")
    box = np.tile(np.array([50, 50, 150, 150], np.float32), (T, 1))
    face = np.zeros((64, 64, 3), np.uint8)
    person = Person("face1", box, np.ones(T, bool), face, np.zeros((68, 2), np.float32), ())
    tracemalloc.start()
    heard = Impressions(1)
    passing = heard.of(separate_windows(Half(), sound.on_frames(), [person], T))  # ty: ignore[invalid-argument-type]
    write_voices((step.voices for step in passing), sound, [folder / "face1.wav"], folder / "rest.wav")
    account_of(folder / "in.wav", (640, 480), sound, "", [person], heard)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most


def test_five_minutes_take_no_more_memory_than_one(tmp_path):
    assert peak(5, tmp_path) - peak(1, tmp_path) < 4e6  # five minutes of sound at 16 kHz are 19 MB
