"""A video of several people, separated as people do it."""

import json
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from scipy.io import wavfile

from avss.corpora.opening import open_corpus
from avss.errors import FaceError, MediaError, ModelError, OutputError
from avss.inference.account import read_account
from avss.inference.party import mix_party
from avss.inference.separation import separate
from avss.media.probing import probe
from avss.media.reading import read_wave
from avss.media.writing import write_video
from avss.models.audio_visual import AudioVisualSeparator
from avss.models.weights import save_model
from avss.rates import samples_in


@pytest.fixture(scope="session")
def weights(small_model: AudioVisualSeparator, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("weights") / "small"
    save_model(small_model, folder, corpus="made", split={"train": ["s1"]})
    return folder


@pytest.fixture(scope="session")
def party(generated_clips: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two people side by side, 3 s."""
    videos = [clip.video for clip in open_corpus(generated_clips).clips()]
    folder = tmp_path_factory.mktemp("party") / "party"
    mix_party([videos[0], videos[-1]], folder)
    return folder / "party.mp4"


def levels(folder: Path, names: Sequence[str]) -> list[np.ndarray]:
    return [wavfile.read(folder / f"{name}.wav")[1].astype(np.int64) for name in names]


def test_everybody_gets_a_voice_a_film_and_a_picture(party: Path, weights: Path, tmp_path: Path) -> None:
    out = tmp_path / "new" / "voices"
    account = separate(party, out, weights, jobs=1)
    assert {path.name for path in out.iterdir()} == {
        "face1.wav", "face2.wav", "rest.wav", "face1.mp4", "face2.mp4", "faces.mp4", "face1.png", "face2.png",
        "separation.json",
    }  # fmt: skip
    assert account == read_account(out)
    assert [face.name for face in account.faces] == ["face1", "face2"]
    assert (account.video, account.seconds) == ("party.mp4", 3.0)
    assert account.faces[0].seen == [[0.0, 3.0]]
    assert account.faces[0].boxes[0][1] < 360 < account.faces[1].boxes[0][3]
    assert probe(out / "faces.mp4").frames == probe(out / "face2.mp4").frames == 75


def test_voices_and_rest_are_the_sound_of_the_video(party: Path, weights: Path, tmp_path: Path) -> None:
    separate(party, tmp_path / "out", weights, films=False, jobs=1)
    assert not list((tmp_path / "out").glob("*.mp4"))
    mixture = read_wave(party, 75)
    found = np.sum(levels(tmp_path / "out", ["face1", "face2", "rest"]), axis=0)
    assert np.abs(found[: samples_in(75)] / 32768 - mixture).max() < 1e-4
    voice = levels(tmp_path / "out", ["face1"])[0]
    assert voice.any() and len(voice) == len(found)


def test_only_as_many_faces_as_wanted(party: Path, weights: Path, tmp_path: Path) -> None:
    assert len(separate(party, tmp_path / "one", weights, faces=1, films=False, jobs=1).faces) == 1
    with pytest.raises(FaceError, match="2"):
        separate(party, tmp_path / "three", weights, faces=3, films=False, jobs=1)


def test_a_folder_with_something_in_it_is_left_alone(party: Path, weights: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.txt").write_text("mine")
    with pytest.raises(OutputError, match="is there already"):
        separate(party, tmp_path / "out", weights, jobs=1)
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["thesis.txt"]


def test_one_that_was_killed_goes_on_but_for_another_video_it_does_not(
    party: Path, weights: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    command = [sys.executable, "-m", "avss.cli", "separate", party, "--out", out, "--weights", weights, "--jobs", "1"]
    running = subprocess.Popen(command, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    while not list(out.glob(".work/faces-*.npz")):
        assert running.poll() is None
        time.sleep(0.05)
    running.send_signal(signal.SIGKILL)
    running.wait()
    (segment,) = out.glob(".work/faces-*.npz")
    written = segment.stat().st_mtime_ns
    kept = tmp_path / "kept"
    shutil.copytree(out / ".work", kept / ".work")
    shutil.copy2(party, tmp_path / "other.mp4")
    with pytest.raises(OutputError, match="another separation"):
        separate(tmp_path / "other.mp4", kept, weights, jobs=1)
    assert next(kept.glob(".work/faces-*.npz")).stat().st_mtime_ns == written
    separate(party, out, weights, films=False, jobs=1)
    assert not (out / ".work").exists()
    fresh = separate(party, tmp_path / "fresh", weights, films=False, jobs=1)
    assert fresh == read_account(out)
    names = ["face1", "face2", "rest"]
    assert all((a == b).all() for a, b in zip(levels(out, names), levels(tmp_path / "fresh", names), strict=True))


def test_what_cannot_be_separated_is_told_in_a_sentence(
    party: Path, weights: Path, wall: np.ndarray, tmp_path: Path
) -> None:
    write_video(tmp_path / "mute.mp4", [wall] * 25, None)
    with pytest.raises(MediaError, match="no sound"):
        separate(tmp_path / "mute.mp4", tmp_path / "a", weights, jobs=1)
    write_video(tmp_path / "wall.mp4", [wall] * 25, np.zeros(16000, np.float32))
    with pytest.raises(FaceError, match="face"):
        separate(tmp_path / "wall.mp4", tmp_path / "b", weights, jobs=1)
    with pytest.raises(MediaError, match="no file"):
        separate(tmp_path / "none.mp4", tmp_path / "c", weights, jobs=1)
    with pytest.raises(ModelError, match="no model"):
        separate(party, tmp_path / "d", tmp_path, jobs=1)
    assert not [folder for folder in ("a", "c", "d") if (tmp_path / folder).exists()]


def test_the_account_of_a_separation_is_plain_json(party: Path, weights: Path, tmp_path: Path) -> None:
    separate(party, tmp_path / "out", weights, films=False, jobs=1)
    told = json.loads((tmp_path / "out" / "separation.json").read_text())
    assert set(told) == {"video", "seconds", "rate", "layout", "weights", "faces", "doubts"}
    (tmp_path / "out" / "separation.json").write_text("{")
    with pytest.raises(OutputError, match="missing or damaged"):
        read_account(tmp_path / "out")
