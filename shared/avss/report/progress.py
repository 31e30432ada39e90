"""How a training went: each metric over the epochs, and the levels of a curriculum."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Drawing
from matplotlib.ticker import MaxNLocator

from avss.drawing import BLUE, INK, RED, new_figure, plain
from avss.report.document import Figure, Key, Picture, number
from avss.report.embedding import embed_drawing
from avss.report.runs import Run
from avss.training.separation_task import level_score

_PANEL = (4.3, 2.6)  # inches: two stand side by side, one fills a phone
_METRICS = {
    "loss": "loss",
    "match": "loss of matching faces and voices",
    "phones": "share of frames with the right phone",
    "si_sdri": "SI-SDRi, dB",
}
_PARTS = {"train": Key("training", RED), "valid": Key("validation, on other speakers", BLUE)}
_LEVEL = "level"


def training_curves(run: Run) -> list[Figure]:
    """The figure of the training of ``run``; none where no epoch was finished."""
    metrics = run.metrics
    if metrics.empty:
        return []
    panels = [_metric(metrics, name) for name in _METRICS if _parts(metrics, name)]
    caption = "The training, epoch by epoch. Losses should fall and scores rise, in validation too."
    if _LEVEL in metrics:
        panels.append(_level(metrics))
        caption += (
            " On a harder level the loss may rise again. Each level is left when validation no longer gains on it."
        )
    if _scored(metrics):
        panels.append(_scores_of_levels(metrics))
    legend = [key for part, key in _PARTS.items() if metrics.columns.str.startswith(f"{part}_").any()]
    return [Figure(caption, panels, legend)]


def _parts(metrics: pd.DataFrame, name: str) -> list[str]:
    return [part for part in _PARTS if f"{part}_{name}" in metrics]


def _metric(metrics: pd.DataFrame, name: str) -> Picture:
    drawing, axes = _empty(_METRICS[name])
    courses = []
    for part in _parts(metrics, name):
        values = metrics[f"{part}_{name}"]
        axes.plot(metrics.epoch, values, "o-", ms=3, color=_PARTS[part].colour)
        courses.append(f"{_PARTS[part].name} from {number(values.iloc[0], 2)} to {number(values.iloc[-1], 2)}")
    return embed_drawing(drawing, f"{_METRICS[name]} over {len(metrics)} epochs: {'; '.join(courses)}")


def _level(metrics: pd.DataFrame) -> Picture:
    """The level that the curriculum is at, the easiest being the first."""
    drawing, axes = _empty("level of the curriculum")
    levels = 1 + metrics[_LEVEL].astype(int)
    axes.step(metrics.epoch, levels, where="mid", color=RED)
    axes.set_yticks(range(1, len(_scored(metrics)) + 1))
    return embed_drawing(drawing, f"level over {len(metrics)} epochs: {', '.join(map(str, levels))}")


def _scores_of_levels(metrics: pd.DataFrame) -> Picture:
    """Validation on each level, the fainter the harder, with its number at its end."""
    drawing, axes = _empty("SI-SDRi of each level, dB")
    names = _scored(metrics)
    for place, name in enumerate(names):
        axes.plot(metrics.epoch, metrics[name], color=BLUE, alpha=1 - 0.7 * place / len(names))
        axes.annotate(f" {place + 1}", (metrics.epoch.iloc[-1], metrics[name].iloc[-1]), color=INK, fontsize=8)
    ends = (f"level {place} {number(metrics[name].iloc[-1], 1)}" for place, name in enumerate(names, start=1))
    return embed_drawing(drawing, f"SI-SDRi in validation after {len(metrics)} epochs, dB: {', '.join(ends)}")


def _scored(metrics: pd.DataFrame) -> list[str]:
    """Names of the metrics of the levels, the easiest first."""
    names = (level_score(level) for level in range(len(metrics.columns)))
    return [name for name in names if name in metrics]


def _empty(title: str) -> tuple[Drawing, Axes]:
    drawing = new_figure(_PANEL, title)
    axes = drawing.subplots()
    axes.set_xlabel("epoch", color=INK)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.grid(alpha=0.3)
    plain(axes)
    return drawing, axes
