"""How far a variant is ahead of the first one of its question, where all are judged by the same mixtures.

Each mixture is as hard for one variant as for the other, so their own difficulty drops out of the difference: it is
known much better than either mean, whose intervals may well overlap. What is not in it is the luck of a training; for
that, ask the question again with another seed.
"""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from avss.evaluation.bootstrap import bootstrap_mean
from avss.training.ablation_page import GAIN, SCORES

FIGURE = "si_sdri"

_MIXTURE = ["id", "speakers"]
_ROUNDING = 1e-6  # dB


def gain_over(nets: Path, first: Mapping[str, Any], row: Mapping[str, Any]) -> dict[str, float]:
    """SI-SDRi of a variant beyond that of the first one, mean over mixtures with its interval over sets of speakers.

    Args:
        nets: what the paths in ``scores`` begin from.
        first, row: figures of both, with the file that keeps the score of each mixture in ``scores``.

    Returns:
        ``gain``, ``gain_low`` and ``gain_high``, dB; NaN for the first one itself, and where the scores of the mixtures
        are not kept, or are no longer those of the figures.
    """
    own, others = _scores(nets, row), _scores(nets, first)
    known = row is not first and own is not None and others is not None and own.index.equals(others.index)
    if not known:
        return _told(math.nan, math.nan, math.nan)
    ahead = bootstrap_mean((own - others).to_numpy(), own.index.get_level_values("speakers").to_numpy())
    return _told(ahead.value, ahead.low, ahead.high)


def _scores(nets: Path, row: Mapping[str, Any]) -> pd.Series | None:
    """SI-SDRi of each mixture, or ``None``."""
    kept = row.get(SCORES)
    # Rows of a table from before this was kept have nothing there.
    path = nets / kept if isinstance(kept, str) else None
    if path is None or not path.is_file():
        return None
    scores = pd.read_csv(path, dtype=dict.fromkeys(_MIXTURE, str)).set_index(_MIXTURE)[FIGURE]
    # Another yardstick, or a net that was trained again, has left other scores in the same place.
    return scores if math.isclose(scores.mean(), row[FIGURE], abs_tol=_ROUNDING) else None


def _told(value: float, low: float, high: float) -> dict[str, float]:
    return {GAIN: value, f"{GAIN}_low": low, f"{GAIN}_high": high}
