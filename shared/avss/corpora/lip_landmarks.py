"""Corpora of lip landmarks alone: GRID's sentences as nine points a frame, without picture and sound.

One ``npz`` per speaker holds, clip after clip and word after word, only the frames in which a word is spoken:

====================  ==========  =======================================================================
``stem``              [N]         file name of each clip
``words_per_clip``    [N]
``frames_per_word``   [W]
``word_id``           [W]         index into :data:`WORDS`
``coords_x20``        [ΣT,18]     20 × (x, y) in pixels of :data:`avss.vision.lip_points.LIP_POINTS`, the origin
                                  between the eyes, y downwards
====================  ==========  =======================================================================

Source: voR789/Lip-Reading, derived from GRID (CC BY 4.0). The pictures were mirrored at random before the points were
looked for, so left and right are not to be trusted; heights are.
"""

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from avss.corpora.clip import Segment
from avss.errors import CorpusError
from avss.rates import FRAME_RATE
from avss.vision.lip_points import LIP_POINTS

_FIRST_WORD = 3
_WORDS = (
    "sp bin lay place set blue green red white at by in with "
    "zero one two three four five six seven eight nine again now please soon "
    "a b c d e f g h i j k l m n o p q r s t u v x y z"
)
WORDS: dict[int, str] = dict(enumerate(_WORDS.split(), _FIRST_WORD))

_PER_PIXEL = 20
_FIELDS = ("stem", "words_per_clip", "frames_per_word", "word_id", "coords_x20")


@dataclass(frozen=True)
class LandmarkClip:
    """One sentence.

    Attributes:
        id: ``"<speaker>/<stem>"``.
        speaker: such as ``"s1"``.
        points: float32 [T,9,2], pixels.
        words: what is said, without gaps, in seconds from the first frame.
    """

    id: str
    speaker: str
    points: np.ndarray
    words: tuple[Segment, ...]


def landmark_speakers(folder: Path) -> list[str]:
    """The speakers of a corpus, in the order of their names.

    Raises:
        CorpusError: there are none in ``folder``.
    """
    speakers = sorted(path.stem for path in folder.glob("*.npz"))
    if not speakers:
        raise CorpusError(f"{folder} holds no lip landmarks", "one npz file per speaker", "check the folder")
    return speakers


def read_landmarks(folder: Path, speaker: str) -> Iterator[LandmarkClip]:
    """The clips of a speaker that have at least one frame, in the order of the file.

    Raises:
        CorpusError: the file is missing or damaged, its counts do not add up, or it names an unknown word.
    """
    path = folder / f"{speaker}.npz"
    try:
        with np.load(path) as file:
            stems, words_per_clip, frames_per_word, word_ids, points = (file[name] for name in _FIELDS)
    except (OSError, KeyError, ValueError, EOFError, zipfile.BadZipFile) as error:
        raise _refusal(path, "is missing or damaged") from error
    if points.ndim != 2 or points.shape[1] != 2 * len(LIP_POINTS):
        raise _refusal(path, f"has points of shape {points.shape}")
    if (
        words_per_clip.sum() != len(word_ids)
        or frames_per_word.sum() != len(points)
        or len(stems) != len(words_per_clip)
    ):
        raise _refusal(path, "has counts that do not add up")
    unknown = sorted(set(word_ids.tolist()) - WORDS.keys())
    if unknown:
        raise _refusal(path, f"has the unknown word {unknown[0]}")

    first_word = np.concatenate([[0], np.cumsum(words_per_clip.astype(int))])
    edges = np.concatenate([[0], np.cumsum(frames_per_word.astype(int))])
    pixels = points.reshape(-1, len(LIP_POINTS), 2).astype(np.float32) / _PER_PIXEL
    for number, stem in enumerate(stems):
        rows = range(first_word[number], first_word[number + 1])
        begin, end = edges[rows.start], edges[rows.stop]
        if begin == end:
            continue
        words = tuple(
            Segment((edges[row] - begin) / FRAME_RATE, (edges[row + 1] - begin) / FRAME_RATE, WORDS[int(word_ids[row])])
            for row in rows
            if edges[row + 1] > edges[row]
        )
        yield LandmarkClip(f"{speaker}/{stem}", speaker, pixels[begin:end], words)


def _refusal(path: Path, what: str) -> CorpusError:
    return CorpusError(f"{path} {what}", "lip landmarks as told in avss.corpora.lip_landmarks", "fetch the file again")
