"""One picture of all answers: a panel per question, with the interval of every figure."""

import math
import textwrap
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from avss.drawing import BLUE, INK, save_figure
from avss.training.ablation import Ablation
from avss.training.dotted_settings import as_text

_COLUMNS = 3


def draw_ablations(path: Path, ablations: Sequence[Ablation], rows: pd.DataFrame, figure: str) -> None:
    """Draw the column ``figure`` of ``rows``, with its ``_low`` and ``_high``, for each variant of each question.

    Args:
        path: the PNG file.
        ablations: what was asked; questions without rows have no panel.
        rows: what :func:`~avss.training.ablation.run_ablations` returned.
        figure: name of the column.

    Raises:
        OutputError: ``path`` cannot be written.
    """
    ablations = [ablation for ablation in ablations if (rows.ablation == ablation.name).any()]
    columns = min(_COLUMNS, len(ablations))
    lines = math.ceil(len(ablations) / columns)
    drawing = Figure(figsize=(5 * columns, 3.6 * lines), dpi=110, facecolor="white", layout="constrained")
    panels = drawing.subplots(lines, columns, squeeze=False).flatten()
    for axes in panels[len(ablations) :]:
        axes.set_axis_off()
    for axes, ablation in zip(panels, ablations, strict=False):
        mine = rows[rows.ablation == ablation.name].reindex(columns=[figure, f"{figure}_low", f"{figure}_high"])
        places = range(len(mine))
        labels = ["\n".join(as_text(value) for value in change.values()) for change in ablation.changes]
        axes.vlines(places, mine[f"{figure}_low"], mine[f"{figure}_high"], color=BLUE, alpha=0.4, linewidth=5)
        axes.plot(places, mine[figure], "o", color=BLUE)
        for place in np.flatnonzero(mine[figure].isna()):
            axes.text(place, 0, " not measured", rotation=90, ha="center", va="bottom", color=INK, alpha=0.6)
        axes.set_xticks(places, labels)
        axes.set_xlim(-0.5, len(mine) - 0.5)
        axes.set_xlabel("\n".join(ablation.changes[0]), color=INK)
        axes.set_ylabel(figure, color=INK)
        axes.axhline(0, color=INK, linewidth=0.8)
        axes.set_ylim(bottom=min(0, 1.1 * mine[[figure, f"{figure}_low"]].min(axis=None)))
        axes.set_title(textwrap.fill(ablation.question, 60), fontsize=10, color=INK, loc="left")
        axes.grid(axis="y", alpha=0.3)
        axes.spines[["top", "right"]].set_visible(False)
    save_figure(drawing, path)
