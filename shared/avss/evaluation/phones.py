"""How well phones are read off lips: by the frame, against the guess that needs no eyes.

Counted are the frames in which something is said and the face is seen; speaking is told apart over all frames with a
label. Intervals are bootstrapped over speakers.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
import torch
from sklearn.metrics import roc_auc_score

from avss.data.lip_clips import LipClip
from avss.data.lips import loader
from avss.errors import CorpusError
from avss.evaluation.bootstrap import Interval, bootstrap, bootstrap_mean
from avss.models.frontend import Frontend
from avss.speech.phones import PHONES, SILENCE, VISEME_OF, VISEMES

_SILENCE = PHONES.index(SILENCE)
_VISEMES = tuple(VISEMES)
_VISEME = np.array([_VISEMES.index(VISEME_OF[phone]) for phone in PHONES])
_BATCH = 32


@dataclass(frozen=True)
class FrameReadings:
    """N frames with a label in which the face is seen, clip after clip.

    Attributes:
        truth: int [N], indices into :data:`~avss.speech.phones.PHONES`.
        guess: int [N], the likeliest phone, silence left out of the choice.
        heard: int [N], the likeliest of all, silence included.
        speaking: float [N], the larger, the more certainly something is said.
        clips: int [N], number of the clip.
        speakers: str [N].
    """

    truth: np.ndarray
    guess: np.ndarray
    heard: np.ndarray
    speaking: np.ndarray
    clips: np.ndarray
    speakers: np.ndarray

    def take(self, rows: np.ndarray) -> "FrameReadings":
        """Some of the frames, by row numbers or truth values."""
        return FrameReadings(*(getattr(self, field.name)[rows] for field in fields(self)))

    @property
    def spoken(self) -> "FrameReadings":
        """The frames in which something is said."""
        return self.take(self.truth != _SILENCE)

    @property
    def right_phones(self) -> np.ndarray:
        """Where the phone is right, bool [N]."""
        return self.truth == self.guess

    @property
    def right_visemes(self) -> np.ndarray:
        """Where the phone looks like the right one, bool [N]."""
        return _VISEME[self.truth] == _VISEME[self.guess]


@dataclass(frozen=True)
class PhoneScores:
    """Shares of spoken frames, and the area under the curve of speaking.

    Attributes:
        phones, visemes: read right.
        phone_majority, viseme_majority: right when the most frequent one is always guessed.
        speaking: area under the receiver operating characteristic; NaN where all frames are spoken.
    """

    phones: Interval
    phone_majority: Interval
    visemes: Interval
    viseme_majority: Interval
    speaking: Interval

    def __str__(self) -> str:
        return (
            f"phones {self.phones} (majority {self.phone_majority.value:.3f}), "
            f"visemes {self.visemes} (majority {self.viseme_majority.value:.3f}), speaking AUC {self.speaking}"
        )

    def as_numbers(self) -> dict[str, float | None]:
        """The figures without their intervals; ``None`` where one is undefined."""
        values = {field.name: getattr(self, field.name).value for field in fields(self)}
        return {name: None if np.isnan(value) else round(value, 4) for name, value in values.items()}


@torch.no_grad()
def read_lips(frontend: Frontend, clips: Sequence[LipClip]) -> FrameReadings:
    """Read ``clips`` as they are, and keep the frames that can be judged.

    Raises:
        CorpusError: there is no such frame.
    """
    frontend.eval()
    columns: list[tuple[np.ndarray, ...]] = []
    for batch in loader(clips, _BATCH):
        reading = frontend.read(batch.visual)
        spoken = reading.phones.clone()
        spoken[..., _SILENCE] = -torch.inf
        judged = batch.visual.valid & (batch.confidence > 0)
        found = (batch.phones, spoken.argmax(-1), reading.phones.argmax(-1), reading.speaking)
        columns.append(tuple(tensor[judged].numpy() for tensor in found))
    judged_frames = [int((clip.valid & (clip.labels.confidence > 0)).sum()) for clip in clips]
    numbers = np.repeat(np.arange(len(clips)), judged_frames)
    if not len(numbers):
        raise CorpusError("no frame has both a face and a label", "at least one", "label or prepare other clips")
    truth, guess, heard, speaking = (np.concatenate(column) for column in zip(*columns, strict=True))
    speakers = np.array([clip.speaker for clip in clips])[numbers]
    return FrameReadings(truth, guess, heard, speaking, numbers, speakers)


def score_phones(frames: FrameReadings) -> PhoneScores:
    """The figures of ``frames``.

    Raises:
        CorpusError: nothing is said in any of them.
    """
    spoken = frames.spoken
    if not len(spoken.truth):
        raise CorpusError("nothing is said in these frames", "at least one spoken frame", "check the labels")
    phones, visemes = spoken.truth, _VISEME[spoken.truth]
    return PhoneScores(
        phones=bootstrap_mean(spoken.right_phones, spoken.speakers),
        phone_majority=bootstrap_mean(phones == np.bincount(phones).argmax(), spoken.speakers),
        visemes=bootstrap_mean(spoken.right_visemes, spoken.speakers),
        viseme_majority=bootstrap_mean(visemes == np.bincount(visemes).argmax(), spoken.speakers),
        speaking=bootstrap(lambda rows: speaking_auc(frames.take(rows)), frames.speakers, resamples=100),
    )


def speaking_auc(frames: FrameReadings) -> float:
    """Area under the curve of telling spoken frames from silent ones; NaN where there is but one of the two."""
    spoken = frames.truth != _SILENCE
    return float("nan") if spoken.all() or not spoken.any() else float(roc_auc_score(spoken, frames.speaking))
