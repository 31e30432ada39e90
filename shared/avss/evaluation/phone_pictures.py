"""Pictures of a reading of lips: what is taken for what, how speakers differ, and one clip frame by frame."""

from collections.abc import Sequence
from itertools import groupby, pairwise

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from avss.drawing import FAINT, INK, RED, caption, new_figure, plain
from avss.evaluation.phones import FrameReadings
from avss.rates import FRAME_RATE
from avss.speech.phones import PHONES, SILENCE, VISEME_OF, VISEMES

# Spoken phones, those that look alike beside each other.
ORDER: tuple[str, ...] = tuple(phone for phones in VISEMES.values() for phone in phones if phone != SILENCE)
_GROUPS = {viseme: phones for viseme, phones in VISEMES.items() if viseme != VISEME_OF[SILENCE]}


def confusion(frames: FrameReadings) -> np.ndarray:
    """How often each spoken phone (row) is read as each (column), int [39,39] in the order of :data:`ORDER`."""
    place = np.array([ORDER.index(phone) if phone in ORDER else -1 for phone in PHONES])
    counts = np.zeros((len(ORDER), len(ORDER)), int)
    spoken = place[frames.truth] >= 0
    np.add.at(counts, (place[frames.truth[spoken]], place[frames.guess[spoken]]), 1)
    return counts


def confusion_table(counts: np.ndarray) -> pd.DataFrame:
    """Counts [39,39] with the name of the phone that is said, and those it is read as above."""
    return pd.DataFrame(counts, columns=list(ORDER)).assign(said=ORDER).set_index("said").reset_index()


def by_viseme(counts: np.ndarray) -> np.ndarray:
    """Counts of phones [39,39] → of visemes [12,12]."""
    starts = np.cumsum([0, *(len(phones) for phones in _GROUPS.values())])[:-1]
    return np.add.reduceat(np.add.reduceat(counts, starts, axis=0), starts, axis=1)


def confusion_figure(counts: np.ndarray, title: str) -> Figure:
    """Draw what phones [39,39] are read as, those that look alike in one box, and beside it the same of visemes."""
    figure = new_figure((16, 8.4), title)
    phones, visemes = figure.subplots(1, 2, width_ratios=(1.25, 1))
    _matrix(phones, _shares(counts), ORDER)
    for begin, end in pairwise(np.cumsum([0, *map(len, _GROUPS.values())]) - 0.5):
        _box(phones, begin, end, begin, end)
    caption(phones, "share of the frames of a phone; boxes: look alike on the lips; white rows: never said")

    shares = _shares(by_viseme(counts))
    _matrix(visemes, shares, [f"{viseme}\n{' '.join(group)}" for viseme, group in _GROUPS.items()])
    for (row, column), share in np.ndenumerate(shares):
        if share >= 0.005:
            ink = "white" if share > 0.5 else INK
            visemes.text(column, row, f"{100 * share:.0f}", ha="center", va="center", size=8, color=ink)
    caption(visemes, "per cent of the frames of a viseme")
    return figure


def posteriorgram_figure(probabilities: np.ndarray, truth: np.ndarray, title: str) -> Figure:
    """Draw the probability of each phone in each frame, and outlined in red the phone that is said.

    Args:
        probabilities: [T,P], in the order of :data:`~avss.speech.phones.PHONES`.
        truth: int [T], indices into the same.
        title: what stands above it.
    """
    rows = (SILENCE, *ORDER)
    figure = new_figure((13, 6.6), title)
    axes = figure.subplots()
    axes.imshow(
        probabilities.T[[PHONES.index(phone) for phone in rows]],
        aspect="auto",
        cmap="Blues",
        vmin=0,
        vmax=1,
        extent=(0, len(truth) / FRAME_RATE, len(rows) - 0.5, -0.5),
        interpolation="nearest",
    )
    end = 0
    for phone, run in groupby(truth.tolist()):
        begin, end = end, end + len(list(run))
        row = rows.index(PHONES[phone])
        _box(axes, begin / FRAME_RATE, end / FRAME_RATE, row - 0.5, row + 0.5)
    for edge in np.cumsum([1, *map(len, _GROUPS.values())])[:-1] - 0.5:
        axes.axhline(edge, color=FAINT, linewidth=0.4)
    axes.set_yticks(range(len(rows)), rows, fontsize=7)
    axes.set_xlabel("seconds", color=INK)
    caption(axes, "blue: how likely the lips make each phone · red: what is said")
    plain(axes)
    return figure


def _matrix(axes: Axes, shares: np.ndarray, names: Sequence[str]) -> None:
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1, interpolation="nearest")
    axes.set_xticks(range(len(names)), names, fontsize=7, rotation=90)
    axes.set_yticks(range(len(names)), names, fontsize=7)
    axes.set_xlabel("read as", color=INK)
    axes.set_ylabel("said", color=INK)
    plain(axes)


def _box(axes: Axes, left: float, right: float, top: float, bottom: float) -> None:
    axes.plot([left, right, right, left, left], [top, top, bottom, bottom, top], color=RED, linewidth=1.2)


def _shares(counts: np.ndarray) -> np.ndarray:
    """Counts [N,N] → shares of each row; NaN, which is left white, where nothing of it is said."""
    said = counts.sum(axis=1, keepdims=True)
    return np.divide(counts, said, out=np.full(counts.shape, np.nan), where=said > 0)
