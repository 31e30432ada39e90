"""How well two sources of phone labels agree, frame by frame, in all and by the viseme class of the true phone."""

import numpy as np
import pandas as pd

from avss.data.labels import StoreLabels
from avss.speech.phones import PHONES, SILENCE, VISEME_OF, VISEMES

SPEECH = "all speech"
ALL = "all frames"


def agreement(truth: StoreLabels, guess: StoreLabels) -> pd.DataFrame:
    """Compare labels of the clips that both sources have.

    Returns:
        A row per viseme class of the true phone, one for all frames of speech and one for all frames, with the
        columns ``frames``, ``same_phone`` and ``same_viseme`` (shares), ``weighted`` (``same_phone``, each frame
        weighted by the guess's confidence) and ``confidence`` (its mean). A class without frames has NaN. ``guess``
        is well calibrated where ``confidence`` is not above ``same_phone``.

    Raises:
        ValueError: no clip is labelled by both.
    """
    shared = [clip_id for clip_id in truth.of_clip if clip_id in guess.of_clip]
    if not shared:
        raise ValueError(f"no clip has labels of both '{truth.source}' and '{guess.source}'")
    true, said = (np.concatenate([of.of_clip[clip_id].phones for clip_id in shared]) for of in (truth, guess))
    confidence = np.concatenate([guess.of_clip[clip_id].confidence for clip_id in shared])

    viseme = np.array([VISEME_OF[phone] for phone in PHONES])
    frames = pd.DataFrame(
        {
            "viseme": viseme[true],
            "same_phone": true == said,
            "same_viseme": viseme[true] == viseme[said],
            "confidence": confidence,
        }
    )
    rows = {name: frames[frames.viseme == name] for name in VISEMES}
    rows |= {SPEECH: frames[frames.viseme != VISEME_OF[SILENCE]], ALL: frames}
    return pd.DataFrame({name: _summary(row) for name, row in rows.items()}).T.astype({"frames": int})


def _summary(frames: pd.DataFrame) -> dict[str, float]:
    weight = frames.confidence.sum()
    return {
        "frames": len(frames),
        "same_phone": frames.same_phone.mean(),
        "same_viseme": frames.same_viseme.mean(),
        "weighted": (frames.same_phone * frames.confidence).sum() / weight if weight > 0 else np.nan,
        "confidence": frames.confidence.mean(),
    }
