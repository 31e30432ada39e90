"""Confusions are counted where they belong, and the pictures show them."""

from pathlib import Path

import cv2
import numpy as np

from avss.drawing import save_figure
from avss.evaluation.bootstrap import Interval
from avss.evaluation.frontend_scores import Score
from avss.evaluation.phone_pictures import (
    ORDER,
    by_viseme,
    confusion,
    confusion_figure,
    confusion_table,
    posteriorgram_figure,
)
from avss.evaluation.phones import FrameReadings
from avss.evaluation.score_picture import scores_figure
from avss.speech.phones import PHONES, VISEMES

SIL, B, P, T = (PHONES.index(phone) for phone in ("SIL", "B", "P", "T"))


def some_frames() -> FrameReadings:
    truth, guess = np.array([B, B, P, T, SIL]), np.array([B, P, P, B, T])
    return FrameReadings(truth, guess, guess, np.zeros(5), np.zeros(5, int), np.full(5, "s1"))


def red_pixels(path: Path) -> int:
    picture = cv2.imread(str(path))
    assert picture is not None
    blue, green, red = picture.transpose(2, 0, 1)
    return int(((red > 200) & (green < 120) & (blue < 90)).sum())


def test_confusions_are_counted_by_phone_and_by_viseme_without_silence() -> None:
    counts = confusion(some_frames())
    b, p, t = (ORDER.index(phone) for phone in ("B", "P", "T"))
    assert (counts[b, b], counts[b, p], counts[p, p], counts[t, b], counts.sum()) == (1, 1, 1, 1, 4)
    visemes = by_viseme(counts)
    names = [name for name in VISEMES if name != "silence"]
    bilabial, alveolar = names.index("bilabial"), names.index("alveolar")
    assert (visemes[bilabial, bilabial], visemes[alveolar, bilabial], visemes.sum()) == (3, 1, 4)
    table = confusion_table(counts).set_index("said")
    assert table.at["B", "P"] == table.at["T", "B"] == 1


def test_pictures_show_boxes_baselines_and_what_is_said(tmp_path: Path) -> None:
    probabilities = np.random.default_rng([0]).dirichlet(np.ones(len(PHONES)), 25)
    truth = np.repeat([SIL, B, T, P, SIL], 5)
    score = Score("lips", "phones", Interval(0.5, 0.4, 0.6, 2), 0.1, {"s1": 0.45, "s2": 0.55})
    no_interval = Score("face", "R² f0_mean", Interval(0.5, np.nan, np.nan, 1), 0.0, {})
    save_figure(confusion_figure(confusion(some_frames()), "confusion"), tmp_path / "confusion.png")
    save_figure(posteriorgram_figure(probabilities, truth, "posteriors"), tmp_path / "posteriors.png")
    save_figure(scores_figure([score, no_interval], "scores"), tmp_path / "scores.png")
    assert len(list(tmp_path.iterdir())) == 3
    for path in tmp_path.iterdir():
        assert red_pixels(path) > 50, path


def test_a_phone_that_is_said_is_outlined_in_its_row() -> None:
    sure = np.zeros((10, len(PHONES)))
    sure[:, B] = 1
    axes = posteriorgram_figure(sure, np.full(10, B), "sure").axes[0]
    row = ["SIL", *ORDER].index("B")
    assert np.flatnonzero(np.asarray(axes.images[0].get_array()).any(axis=1)).tolist() == [row]
    assert np.unique(np.asarray(axes.lines[0].get_ydata(), float)).tolist() == [row - 0.5, row + 0.5]
