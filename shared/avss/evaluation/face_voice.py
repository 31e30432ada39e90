"""How much a face tells of its voice: R² of every number of the voice, and picking the voice among ten.

*R²* compares the squared error of the prediction with that of always saying the mean of the speakers at hand; 1 is
perfect, below 0 is worse than that mean. *Retrieval* shows a face and the voices of ten speakers, or of all where
there are fewer, of which one is its own, if possible from another clip. All intervals are drawn over speakers.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import torch

from avss.data.faces import Faces
from avss.errors import CorpusError
from avss.evaluation.bootstrap import Interval, bootstrap, bootstrap_mean
from avss.models.face_to_speaker import FaceToSpeaker, match
from avss.speech.voice_signature import NAMES

CANDIDATES = 10
_TRIALS = 20


@dataclass(frozen=True)
class FaceVoiceReport:
    """How well faces tell voices.

    Attributes:
        r2: for each number of the voice that varies.
        top1: share of faces whose own voice is picked.
        candidates: among how many voices: 10, or as many as there are speakers.
    """

    r2: dict[str, Interval]
    top1: Interval
    candidates: int

    @property
    def chance(self) -> float:
        """The share of own voices that guessing would pick."""
        return 1 / self.candidates

    def table(self) -> pd.DataFrame:
        """A row per figure: figure, value, low, high, speakers, candidates, chance."""
        figures = {f"r2_{name}": interval for name, interval in self.r2.items()} | {"top1": self.top1}
        return pd.DataFrame(
            [
                {"figure": name, "value": i.value, "low": i.low, "high": i.high, "speakers": i.groups}
                for name, i in figures.items()
            ]
        ).assign(
            candidates=lambda table: np.where(table.figure == "top1", self.candidates, 0),
            chance=lambda table: np.where(table.figure == "top1", self.chance, 0.0),
        )


def evaluate_faces(model: FaceToSpeaker, faces: Faces, *, seed: int = 0) -> FaceVoiceReport:
    """Evaluate ``model``, in evaluation mode, on ``faces`` of speakers it never saw.

    Raises:
        CorpusError: they are not of at least two speakers.
    """
    with torch.no_grad():
        predicted = model(faces.clips.shape, faces.clips.face)
        voices = model.embed_voice(faces.clips.voice)
    r2 = {
        name: r_squared(
            predicted.voice[:, n].numpy(),
            faces.clips.voice[:, n].numpy(),
            faces.clips.known[:, n].numpy(),
            faces.speakers,
        )
        for n, name in enumerate(NAMES)
    }
    scores = match(predicted.embedding, voices).numpy()
    top1, candidates = retrieval(scores, faces.speakers, seed=seed)
    return FaceVoiceReport(
        {name: interval for name, interval in r2.items() if np.isfinite(interval.value)}, top1, candidates
    )


def r_squared(predicted: np.ndarray, true: np.ndarray, known: np.ndarray, speakers: Sequence[str]) -> Interval:
    """R² of ``predicted`` [N] against ``true`` [N] where ``known`` [N]; NaN where ``true`` does not vary."""
    predicted, true = predicted[known].astype(np.float64), true[known].astype(np.float64)
    names = [name for name, told in zip(speakers, known, strict=True) if told]
    if not names:
        return Interval(np.nan, np.nan, np.nan, 0)

    def figure(rows: np.ndarray) -> float:
        spread = ((true[rows] - true[rows].mean()) ** 2).sum()
        return float(1 - ((predicted[rows] - true[rows]) ** 2).sum() / spread) if spread > 1e-9 else np.nan

    return bootstrap(figure, names)


def retrieval(scores: np.ndarray, speakers: Sequence[str], *, seed: int = 0) -> tuple[Interval, int]:
    """Top-1 of picking a face's voice among those of ten speakers or all, and among how many it was.

    Args:
        scores: how well each face (row) matches each voice (column) [N,N].
        speakers: of the N clips.
        seed: of the draws of candidates.

    Raises:
        CorpusError: there are not at least two speakers.
    """
    names = np.array(speakers)
    clips = {name: np.flatnonzero(names == name) for name in sorted(set(speakers))}
    if len(clips) < 2:
        what = f"all faces are of one speaker, {', '.join(clips)}"
        raise CorpusError(
            what, "voices of at least two to pick from", "prepare more speakers for this part of the split"
        )
    candidates = min(CANDIDATES, len(clips))
    rng = np.random.default_rng([seed])
    hits, groups = [], []
    for face, name in enumerate(speakers):
        own = clips[name][clips[name] != face] if len(clips[name]) > 1 else clips[name]
        others = [other for other in clips if other != name]
        for _ in range(_TRIALS):
            wrong = [rng.choice(clips[other]) for other in rng.choice(others, candidates - 1, replace=False)]
            hits.append(scores[face, rng.choice(own)] > scores[face, wrong].max())
            groups.append(name)
    return bootstrap_mean(np.array(hits), groups), candidates
