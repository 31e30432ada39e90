"""Lip statistics of real speakers, from a folder of their landmarks."""

from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from avss.corpora.generated.lips.realism import LipStatistics, lip_statistics
from avss.errors import CorpusError

# Rows of a file's points: the middle of the upper and of the lower inner lip, and the chin.
_UPPER, _LOWER, _CHIN = 2, 3, 4
_UNITS_PER_PIXEL = 20


def real_lip_statistics(folder: Path) -> list[LipStatistics]:
    """Statistics of every real speaker in ``folder``.

    Args:
        folder: holds ``sN.npz`` per speaker: ``coords_x20`` int16 [ΣT,18], twentieths of pixels of nine points
            (x, y) with the origin between the eyes, spoken frames only; ``frames_per_word`` [W] and
            ``words_per_clip`` [N] part them into words and clips.

    Raises:
        CorpusError: there are no such files, or one is not as described.
    """
    paths = sorted(folder.glob("s*.npz"))
    if not paths:
        raise CorpusError(f"{folder} has no sN.npz", "one file of lip landmarks per speaker", "name another folder")
    return [_statistics(path) for path in paths]


def _statistics(path: Path) -> LipStatistics:
    try:
        with np.load(path) as file:
            points = file["coords_x20"].reshape(-1, 9, 2) / _UNITS_PER_PIXEL
            word_ends = np.cumsum(file["frames_per_word"])
            clip_ends = word_ends[np.cumsum(file["words_per_clip"]) - 1]
        # Heights only: the points were mirrored at random, so their x cannot be relied on.
        apertures = np.abs(points[:, _LOWER, 1] - points[:, _UPPER, 1])
        eyes_to_chin = float(np.median(points[:, _CHIN, 1]))
        return lip_statistics(np.split(apertures, clip_ends[:-1]), eyes_to_chin)
    except (OSError, EOFError, BadZipFile, KeyError, ValueError, IndexError) as error:
        raise CorpusError(
            f"{path} is not a file of lip landmarks: {error}",
            "coords_x20, frames_per_word and words_per_clip",
            "check how it was made, or leave the comparison out",
        ) from error
