"""Which phones were read, in which order, whatever their times: the phone error rate.

The likeliest phone of each frame is taken, equal neighbours are one phone, and silences are dropped: greedy decoding.
What it is held against is decoded from the labels in the same way, so a phone too short to be the label of any frame
is not asked for. A flicker of one frame is more often a mistake than a phone; the least length of a run that counts is
chosen on speakers who are not judged.
"""

from dataclasses import dataclass
from itertools import groupby

import numpy as np
from torchaudio.functional import edit_distance

from avss.errors import CorpusError
from avss.evaluation.bootstrap import Interval, bootstrap
from avss.evaluation.phones import FrameReadings
from avss.speech.phones import PHONES, SILENCE

_SILENCE = PHONES.index(SILENCE)
_LENGTHS = (1, 2, 3)


@dataclass(frozen=True)
class ClipErrors:
    """Of each of N clips that say something.

    Attributes:
        errors: phones to insert, to delete and to replace, int [N].
        phones: phones that are said, int [N].
        speakers: str [N].
    """

    errors: np.ndarray
    phones: np.ndarray
    speakers: np.ndarray

    @property
    def rate(self) -> float:
        """Errors per phone; above 1 when more is heard than said."""
        return float(self.errors.sum() / self.phones.sum())


def phone_order(phones: np.ndarray, least: int = 1) -> list[int]:
    """The phones of frames [T] in their order: runs of at least ``least`` frames, without repeats and silences.

    >>> b, iy = PHONES.index("B"), PHONES.index("IY")
    >>> phone_order(np.array([_SILENCE, b, b, iy, iy, b, iy, _SILENCE]), least=2) == [b, iy]
    True
    """
    runs = [(phone, len(list(run))) for phone, run in groupby(phones.tolist())]
    long_runs = (phone for phone, length in runs if length >= least)
    return [phone for phone, _ in groupby(long_runs) if phone != _SILENCE]


def clip_errors(frames: FrameReadings, least: int = 1) -> ClipErrors:
    """Edit distance (Levenshtein) of the phones read and said, clip by clip; clips that say nothing are left out.

    Raises:
        CorpusError: none says anything.
    """
    first = np.flatnonzero(np.diff(frames.clips)) + 1
    columns = (np.split(column, first) for column in (frames.truth, frames.heard, frames.speakers))
    rows = []
    for truth, heard, speakers in zip(*columns, strict=True):
        if said := phone_order(truth):
            rows.append((edit_distance(phone_order(heard, least), said), len(said), speakers[0]))
    if not rows:
        raise CorpusError("nothing is said in these frames", "at least one spoken frame", "check the labels")
    return ClipErrors(*(np.array(column) for column in zip(*rows, strict=True)))


def best_least(frames: FrameReadings) -> int:
    """The least length of a run, in frames, with the lowest error rate on ``frames``."""
    return min(_LENGTHS, key=lambda least: clip_errors(frames, least).rate)


def phone_error_rate(errors: ClipErrors) -> Interval:
    """Errors per phone over all clips, with its interval over speakers."""

    def rate(rows: np.ndarray) -> float:
        return float(errors.errors[rows].sum() / errors.phones[rows].sum())

    return bootstrap(rate, errors.speakers)
