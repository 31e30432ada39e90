"""What phones can be told from a frontend's features by a linear probe, trained on the speakers the net has met.

Two frontends, or one with and without a part, then compare by what their features hold and not by the layer that
happened to be trained on top of them.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from avss.data.lip_clips import LipClip
from avss.data.lips import loader
from avss.errors import CorpusError
from avss.evaluation.phones import FrameReadings, read_lips
from avss.models.frontend import Frontend
from avss.speech.phones import PHONES, SILENCE

_SILENCE = PHONES.index(SILENCE)
_BATCH = 32
_PENALTY, _ITERATIONS = 0.01, 100


def probe_phones(
    frontend: Frontend, train: Sequence[LipClip], judged: Sequence[LipClip], *, every: int = 3
) -> FrameReadings:
    """Read ``judged`` by a probe; what is read of speaking and of silence stays that of the net.

    Args:
        frontend: whose features are probed.
        train: what the probe learns from.
        judged: what is read.
        every: learn from every so many frames; neighbours resemble each other.

    Raises:
        CorpusError: fewer than two phones are said in ``train``, or no frame of ``judged`` can be judged.
    """
    frames = read_lips(frontend, judged)
    features, phones = _labelled(frontend, train)
    spoken = np.flatnonzero(phones != _SILENCE)[::every]
    if len(set(phones[spoken])) < 2:
        raise CorpusError("the training clips say one phone at most", "two to choose from", "use more clips")
    probe = make_pipeline(StandardScaler(), LogisticRegression(C=_PENALTY, max_iter=_ITERATIONS))
    probe.fit(features[spoken], phones[spoken])
    return replace(frames, guess=probe.predict(_labelled(frontend, judged)[0]))


@torch.no_grad()
def _labelled(frontend: Frontend, clips: Sequence[LipClip]) -> tuple[np.ndarray, np.ndarray]:
    """Features [N,D] and phones [N] of the frames that :func:`read_lips` judges, in its order."""
    frontend.eval()
    features, phones = [], []
    for batch in loader(clips, _BATCH):
        judged = batch.visual.valid & (batch.confidence > 0)
        features.append(frontend(batch.visual)[judged].numpy())
        phones.append(batch.phones[judged].numpy())
    return np.concatenate(features), np.concatenate(phones)
