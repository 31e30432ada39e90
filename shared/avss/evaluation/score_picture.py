"""All figures of an evaluation in one picture: the interval, what guessing gives, and a dot for every speaker."""

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from avss.drawing import BLUE, INK, RED, caption, new_figure, plain
from avss.evaluation.frontend_scores import Score

_DOTS = 0.22  # how far dots are spread around their line


def scores_figure(scores: Sequence[Score], title: str) -> Figure:
    """Draw each figure on a line: the 95 % interval as a bar, the baseline as a red tick, its speakers as dots."""
    figure = new_figure((9, 0.42 * len(scores) + 1.3), title)
    axes = figure.subplots()
    for row, score in enumerate(scores):
        axes.hlines(row, score.interval.low, score.interval.high, color=BLUE, alpha=0.35, linewidth=9)
        axes.plot(score.interval.value, row, "|", color=BLUE, markersize=14, markeredgewidth=2.5)
        axes.plot(score.baseline, row, "|", color=RED, markersize=14, markeredgewidth=2)
        dots = np.array(list(score.of_speaker.values()))
        spread = np.random.default_rng([row]).uniform(-_DOTS, _DOTS, len(dots))
        axes.plot(dots, row + spread, "o", color=INK, alpha=0.55, markersize=3.5, markeredgewidth=0)
    axes.set_yticks(range(len(scores)), [f"{score.part} · {score.figure}" for score in scores])
    axes.set_ylim(len(scores) - 0.5, -0.5)
    caption(axes, "blue: figure and 95 % interval over speakers · red: baseline")
    axes.grid(axis="x", alpha=0.3)
    plain(axes)
    return figure
