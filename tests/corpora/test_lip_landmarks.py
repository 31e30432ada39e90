"""Reading lip landmarks, whole and damaged."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from avss.corpora.lip_landmarks import WORDS, landmark_speakers, read_landmarks
from avss.errors import CorpusError

NUMBERS = {word: number for number, word in WORDS.items()}


def write(folder: Path, **changes: Any) -> Path:
    said = ["bin", "blue", "at", "f", "two", "now"]
    fields: dict[str, Any] = {
        "stem": np.array(["bbaf2n", "empty"]),
        "words_per_clip": np.array([6, 1]),
        "frames_per_word": np.array([3, 2, 1, 0, 2, 2, 0]),
        "word_id": np.array([*(NUMBERS[word] for word in said), NUMBERS["sp"]]),
        "coords_x20": np.arange(10 * 18, dtype=np.int16).reshape(10, 18),
    }
    np.savez(folder / "s1.npz", **{name: value for name, value in {**fields, **changes}.items() if value is not None})
    return folder


def test_a_clip_has_its_points_in_pixels_and_the_words_that_have_frames(tmp_path: Path) -> None:
    (clip,) = read_landmarks(write(tmp_path), "s1")
    assert (clip.id, clip.speaker, clip.points.shape) == ("s1/bbaf2n", "s1", (10, 9, 2))
    assert clip.points[0, 1, 0] == pytest.approx(2 / 20)
    assert [word.label for word in clip.words] == ["bin", "blue", "at", "two", "now"]
    assert (clip.words[1].start, clip.words[1].end) == pytest.approx((0.12, 0.2))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"stem": None}, "missing or damaged"),
        ({"coords_x20": np.zeros((10, 16))}, "points of shape"),
        ({"coords_x20": np.zeros((9, 18))}, "do not add up"),
        ({"words_per_clip": np.array([6, 2])}, "do not add up"),
        ({"stem": np.array(["bbaf2n"])}, "do not add up"),
        ({"word_id": np.full(7, 99)}, "unknown word 99"),
    ],
)
def test_a_damaged_file_is_refused(tmp_path: Path, changes: dict[str, Any], message: str) -> None:
    with pytest.raises(CorpusError, match=message):
        list(read_landmarks(write(tmp_path, **changes), "s1"))


def test_a_file_that_is_none_and_an_empty_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="no lip landmarks"):
        landmark_speakers(tmp_path)
    (tmp_path / "s1.npz").write_bytes(b"PK\x03\x04 and nothing more")
    with pytest.raises(CorpusError, match="missing or damaged"):
        list(read_landmarks(tmp_path, "s1"))


def test_the_words_of_real_clips_are_those_their_names_stand_for(real_landmarks: Path) -> None:
    assert len(landmark_speakers(real_landmarks)) == 29
    clips = list(read_landmarks(real_landmarks, "s1"))
    first = [word.label for word in clips[0].words if word.label != "sp"]
    assert clips[0].id == "s1/bbaf2n"
    assert first == ["bin", "blue", "at", "f", "two", "now"]
