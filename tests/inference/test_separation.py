"""A video of several people, separated as people do it."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import pytest
from scipy.io import wavfile

from avss.errors import FaceError, MediaError, ModelError, OutputError
from avss.inference.account import read_account
from avss.inference.separation import separate
from avss.media.probing import probe
from avss.media.reading import read_frames, read_wave
from avss.media.writing import write_video
from avss.models.weights import read_description
from avss.progress import BAR, Step
from avss.rates import samples_in


def levels(folder: Path, names: Sequence[str]) -> np.ndarray:
    """Waves of these names, int64 [n,S]."""
    return np.stack([wavfile.read(folder / f"{name}.wav")[1].astype(np.int64) for name in names])


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


def test_the_same_call_twice_at_once_is_refused_and_does_no_harm(party: Path, weights: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"

    def call_again(steps: Iterable[Step], label: str, total: int) -> Iterable[Step]:
        with pytest.raises(OutputError, match="another process is at work"):
            separate(party, out, weights, films=False, jobs=1)
        return BAR(steps, label, total)

    separate(party, out, weights, films=False, jobs=1, track=call_again)
    assert {path.name for path in out.glob("*.wav")} == {"face1.wav", "face2.wav", "rest.wav"}
    assert not (out / ".work").exists()


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
    out = tmp_path / "out"
    separate(party, out, weights, films=False, jobs=1)
    told = json.loads((out / "separation.json").read_text())
    faces, rest, doubts = told.pop("faces"), told.pop("rest"), told.pop("doubts")
    height, width = next(read_frames(party, longest_side=640)).grey.shape
    assert told == {
        "video": "party.mp4", "seconds": 3.0, "width": width, "height": height, "rate": 16_000, "layout": "mono",
        "weights": read_description(weights).sha256,
    }  # fmt: skip
    assert len(faces) == 2
    for k, face in enumerate(faces):
        assert set(face) == {"name", "picture", "level", "seen", "speaks", "boxes"}
        assert face["seen"] == [[0.0, 3.0]] and (out / face["picture"]).is_file()
        assert all(0 <= start < stop <= 3.0 for start, stop in face["speaks"])
        assert [box[0] for box in face["boxes"]] == [0.0, 1.0, 2.0]
        for _, left, top, right, bottom in face["boxes"]:
            assert width * k / 2 < left < right < width * (k + 1) / 2 and 0 < top < bottom < height
    assert all(set(doubt) == {"doubt", "faces", "sentence"} for doubt in doubts)
    parts = levels(out, ["face1", "face2", "rest"])
    wanted = 10 * np.log10(np.square(parts).mean(axis=1) / np.square(parts.sum(axis=0)).mean())
    np.testing.assert_allclose([faces[0]["level"], faces[1]["level"], rest], wanted, atol=0.2)


def test_a_damaged_account_is_told(tmp_path: Path) -> None:
    (tmp_path / "separation.json").write_text("{")
    with pytest.raises(OutputError, match="missing or damaged"):
        read_account(tmp_path)
