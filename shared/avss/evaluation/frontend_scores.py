"""Every figure of a visual frontend on one part of the speakers, with its interval, its baseline and its speakers.

=========  =====================================================================  ==================================
part       figures                                                                baseline
=========  =====================================================================  ==================================
lips       share of spoken frames whose phone or viseme is right, area under the  always the most frequent one;
           curve of speaking, errors per phone (:mod:`.phone_order`)              tossing a coin; hearing nothing
words      share of words that a light probe tells, by slot (:mod:`.word_probe`)  guessing a word of the slot
face       R² of each number of the voice, own voice picked (:mod:`.face_voice`)  always the mean; guessing
=========  =====================================================================  ==================================
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from avss.data.faces import read_faces
from avss.data.lip_clips import LipClip, in_split
from avss.data.splits import Split
from avss.data.store import PreparedStore
from avss.data.voices import read_voices
from avss.errors import PartMissingError
from avss.evaluation.bootstrap import Interval
from avss.evaluation.face_voice import evaluate_faces
from avss.evaluation.phone_order import best_least, clip_errors, phone_error_rate
from avss.evaluation.phones import FrameReadings, read_lips, score_phones, speaking_auc
from avss.evaluation.word_probe import pool_words, tell_words
from avss.models.frontend import Frontend


@dataclass(frozen=True)
class Score:
    """One figure of a frontend.

    Attributes:
        part: lips, words or face.
        figure: its name, such as ``"phones"``.
        interval: the figure with its interval over speakers.
        baseline: what is reached without looking.
        of_speaker: the figure of each speaker; empty where a single one has none, as R².
    """

    part: str
    figure: str
    interval: Interval
    baseline: float
    of_speaker: dict[str, float]


def judge_lips(frontend: Frontend, lips: Sequence[LipClip], part: Split) -> tuple[list[Score], FrameReadings]:
    """Judge the reading of lips on the speakers of ``part``; what is chosen is chosen on "valid".

    Raises:
        CorpusError: ``part`` or "valid" has no clips, or nothing is said in them.
    """
    least = best_least(read_lips(frontend, in_split(lips, "valid")))
    frames = read_lips(frontend, in_split(lips, part))
    scores, errors = score_phones(frames), phone_error_rate(clip_errors(frames, least))

    def of_speaker(figure: Callable[[FrameReadings], float]) -> dict[str, float]:
        return {str(name): figure(frames.take(frames.speakers == name)) for name in np.unique(frames.speakers)}

    judged = [
        ("phones", scores.phones, scores.phone_majority.value, lambda of: of.spoken.right_phones.mean()),
        ("visemes", scores.visemes, scores.viseme_majority.value, lambda of: of.spoken.right_visemes.mean()),
        ("speaking AUC", scores.speaking, 0.5, speaking_auc),
        ("phone error rate", errors, 1.0, lambda of: clip_errors(of, least).rate),
    ]
    return [Score("lips", name, value, base, of_speaker(of)) for name, value, base, of in judged], frames


def judge_words(frontend: Frontend, lips: Sequence[LipClip], part: Split) -> list[Score]:
    """Judge what words the features tell: a probe of the training speakers, asked about those of ``part``.

    Raises:
        CorpusError: the words of one of the two are not known.
    """
    told = tell_words(*(pool_words(frontend, in_split(lips, of)) for of in ("train", part)))
    return [Score("words", slot, of.share, of.chance, of.of_speaker) for slot, of in told.by_slot().items()]


def judge_faces(frontend: Frontend, store: PreparedStore | None, part: Split) -> list[Score]:
    """Judge what faces tell of voices on the speakers of ``part``.

    Raises:
        CorpusError: the faces of ``part`` are not of at least two speakers.
        PartMissingError: the frontend has no face net, or there is no store with faces.
        StoreError: the store's voices are not measured, or there are none of ``part``.
    """
    if frontend.face is None:
        raise PartMissingError("the frontend has no face net", "one that was joined with it", "join it with one")
    if store is None:
        raise PartMissingError("a corpus of landmarks has no faces", "a prepared store", "judge the face net on one")
    report = evaluate_faces(frontend.face, read_faces(store, read_voices(store), part))
    numbers = [Score("face", f"R² {name}", interval, 0.0, {}) for name, interval in report.r2.items()]
    return [*numbers, Score("face", "own voice picked", report.top1, report.chance, {})]
