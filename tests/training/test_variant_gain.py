"""A variant is compared with the first one of its question mixture by mixture, or not at all."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from avss.training.variant_gain import gain_over

PAIRS = ("a|b", "c|d", "e|f")


def judged(nets: Path, name: str, scores: np.ndarray, ids: str = "m") -> dict[str, Any]:
    """The figures of a variant whose scores of ten mixtures of each pair are kept."""
    folder = nets / name
    folder.mkdir(parents=True)
    rows = {"id": [f"{ids}{n}" for n in range(len(scores))], "speakers": np.repeat(PAIRS, 10), "si_sdri": scores}
    pd.DataFrame(rows).to_csv(folder / "mixtures.csv", index=False)
    return {"si_sdri": float(scores.mean()), "scores": f"{name}/mixtures.csv"}


@pytest.fixture
def hard() -> np.ndarray:
    """Scores of mixtures that differ by far more than the variants."""
    return np.random.default_rng(0).normal(5, 4, 30)


def test_how_hard_the_mixtures_are_drops_out(tmp_path: Path, hard: np.ndarray) -> None:
    better = hard + 0.2 + np.tile([-0.1, 0.1], 15)
    first, row = judged(tmp_path, "first", hard), judged(tmp_path, "row", better)
    gain = gain_over(tmp_path, first, row)
    assert gain["gain"] == pytest.approx(0.2)
    assert 0.1 < gain["gain_low"] <= 0.2 <= gain["gain_high"] < 0.3
    assert gain_over(tmp_path, row, first)["gain"] == pytest.approx(-0.2)


def test_what_cannot_be_compared_has_no_gain(tmp_path: Path, hard: np.ndarray) -> None:
    first, row = judged(tmp_path, "first", hard), judged(tmp_path, "row", hard + 1)
    others = judged(tmp_path, "others", hard + 1, ids="other")
    old = {"si_sdri": 5.0, "scores": math.nan}  # of a table that kept no scores
    judged_again = row | {"si_sdri": row["si_sdri"] + 0.1}
    removed = row | {"scores": "nowhere/mixtures.csv"}
    for variant in (first, others, old, {"si_sdri": 5.0}, judged_again, removed):
        assert all(math.isnan(value) for value in gain_over(tmp_path, first, variant).values())
