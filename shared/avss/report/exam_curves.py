"""Curves of an exam: every row over the number of faces, over the noise, and by sex."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from avss.drawing import BLUE, FAINT, INK, RED, new_figure, plain
from avss.evaluation.exam_rows import (
    ACTIVITY,
    AUDIO_ONLY,
    AUDIO_VISUAL,
    BINARY,
    COMPLEX,
    MIXTURE,
    OTHER_LIPS,
    TOGETHER,
    TURNED_AWAY,
)
from avss.evaluation.exam_table import ALL, DIFFERENT, FIGURES, MAIN, SAME
from avss.report.document import Figure, Key, Picture, number
from avss.report.embedding import LIGHT_BLUE, ORANGE, VIOLET, embed_drawing
from avss.report.exams import Exam, at, condition, noise
from avss.report.row_names import FROZEN, NO_CURRICULUM, row_title, rows_in_order

_READING = "Bars: 95 % over sets of speakers; farther right is better. The ideal complex mask is left out."
_PANEL = (4.3, 3.1)  # inches: two stand side by side, one fills a phone
_LINES = 5.4


class _Stroke(NamedTuple):
    colour: str
    width: float = 1.8
    dashes: tuple[float, ...] = ()


_STROKES = {
    AUDIO_ONLY: _Stroke(RED),
    OTHER_LIPS: _Stroke(ORANGE, dashes=(4, 2)),
    ACTIVITY: _Stroke(VIOLET, dashes=(4, 2)),
    TURNED_AWAY: _Stroke(BLUE, dashes=(4, 2)),
    TOGETHER: _Stroke(RED, dashes=(4, 2)),
    FROZEN: _Stroke(LIGHT_BLUE, dashes=(2, 1)),
    NO_CURRICULUM: _Stroke(LIGHT_BLUE),
    AUDIO_VISUAL: _Stroke(BLUE, width=3),
    BINARY: _Stroke(FAINT, dashes=(4, 2)),
}
_OTHER = _Stroke(INK, dashes=(1, 1))


def over_faces(exam: Exam) -> list[Figure]:
    """SI-SDRi over the number of faces, a panel for each level of noise; none where there is one number only."""
    numbers, levels = _asked(exam)
    if len(numbers) < 2:
        return []
    panels = [
        _panel(exam, noise(snr), [(K, snr) for K in numbers], [str(K) for K in numbers], "faces") for snr in levels
    ]
    return [_figure(exam, panels, "More faces: does each still get its own voice?")]


def over_noise(exam: Exam) -> list[Figure]:
    """SI-SDRi over the noise, a panel for each number of faces; none where there is one level only."""
    numbers, levels = _asked(exam)
    if len(levels) < 2:
        return []
    names = [noise(snr) for snr in levels]
    panels = [_panel(exam, f"{K} faces", [(K, snr) for snr in levels], names, "noise") for K in numbers]
    return [_figure(exam, panels, "More noise: from left to right it grows.")]


def of_all(exam: Exam) -> Figure:
    """SI-SDRi of each row, where it is easiest."""
    caption = f"The table as a picture: {condition(*exam.conditions()[0])}. {_READING}"
    return Figure(caption, [_dots(exam, {ALL: BLUE}, "SI-SDRi of every row, as in the table")])


def by_sex(exam: Exam) -> list[Figure]:
    """SI-SDRi of each row where all voices are of one sex, and where they are not; none where one of it is missing."""
    if not {SAME, DIFFERENT} <= set(exam.easiest().sexes):
        return []
    caption = f"Voices of one sex resemble each other, and are harder to tell apart by ear alone. {_READING}"
    colours = {DIFFERENT: BLUE, SAME: RED}
    picture = _dots(exam, colours, "SI-SDRi of every row, for voices of the same and of different sex")
    return [Figure(caption, [picture], [Key(f"{sexes} sex", colour) for sexes, colour in colours.items()])]


def _dots(exam: Exam, colours: Mapping[str, str], alt: str) -> Picture:
    """A line for every row, with a dot and an interval for each of the given sexes."""
    means = exam.easiest()
    means = means[means.figure == MAIN]
    rows = _drawn(exam)
    drawing = new_figure((_LINES, 0.6 + 0.3 * len(rows)), "")
    axes = drawing.subplots()
    for sexes, shift in zip(colours, np.linspace(-0.14, 0.14, len(colours)) if len(colours) > 1 else [0], strict=True):
        of = means[(means.sexes == sexes) & means.row.isin(rows)]
        places = [rows.index(row) + shift for row in of.row]
        axes.hlines(places, of.low, of.high, color=colours[sexes], alpha=0.35, linewidth=6)
        axes.plot(of.value, places, "o", color=colours[sexes], markersize=5)
    axes.axvline(0, color=FAINT, linewidth=0.8)
    axes.set_yticks(range(len(rows)), [row_title(row, exam) for row in rows])
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_xlabel(FIGURES[MAIN].heading, color=INK)
    axes.grid(axis="x", alpha=0.3)
    plain(axes)
    return embed_drawing(drawing, alt)


def _asked(exam: Exam) -> tuple[list[int], list[float]]:
    """Numbers of faces, and levels of noise."""
    pairs = pd.DataFrame(exam.conditions(), columns=["K", "snr"])
    return sorted(pairs.K.unique()), list(pairs.snr.unique())


def _panel(
    exam: Exam, title: str, conditions: Sequence[tuple[int, float]], ticks: Sequence[str], label: str
) -> Picture:
    """A line for every row over ``conditions``, which are named by ``ticks``."""
    known = exam.figures[(exam.figures.figure == MAIN) & (exam.figures.sexes == ALL)]
    drawing = new_figure(_PANEL, title)
    axes = drawing.subplots()
    for row in _drawn(exam):
        places = {place: at(known[known.row == row], *where) for place, where in enumerate(conditions)}
        found = pd.concat([means.assign(place=place) for place, means in places.items()])
        stroke = _STROKES.get(row, _OTHER)
        axes.fill_between(found.place, found.low, found.high, color=stroke.colour, alpha=0.12, linewidth=0)
        (line,) = axes.plot(found.place, found.value, "o-", ms=3.5, color=stroke.colour, linewidth=stroke.width)
        line.set_dashes(stroke.dashes)
    axes.axhline(0, color=FAINT, linewidth=0.8)
    axes.set_xticks(range(len(ticks)), ticks)
    axes.set_xlabel(label, color=INK)
    axes.set_ylabel(FIGURES[MAIN].heading, color=INK)
    axes.set_ylim(*_limits(known[known.row != COMPLEX]))
    axes.grid(alpha=0.3)
    plain(axes)
    return embed_drawing(drawing, f"{FIGURES[MAIN].heading} of every row, {title}, over {label}; figures in the tables")


def _figure(exam: Exam, panels: Sequence[Picture], caption: str) -> Figure:
    """The panels with the legend of their lines, and with what is beyond their upper edge."""
    main = exam.figures[(exam.figures.figure == MAIN) & (exam.figures.sexes == ALL)]
    ideal = main[main.row == COMPLEX].value
    beyond = (
        f" The ideal complex mask lies above the panels, at {number(ideal.min(), 0)} to {number(ideal.max(), 0)} dB."
    )
    legend = [
        Key(row_title(row, exam), stroke.colour, " ".join(f"{dash * stroke.width:g}" for dash in stroke.dashes))
        for row in _drawn(exam)
        for stroke in [_STROKES.get(row, _OTHER)]
    ]
    return Figure(
        f"{caption} Higher is better; bands: 95 % over sets of speakers.{beyond if len(ideal) else ''}", panels, legend
    )


def _drawn(exam: Exam) -> list[str]:
    """Rows that have a line: not the mixture, which is zero, nor the mask that is far above."""
    return [row for row in rows_in_order(exam) if row not in (MIXTURE, COMPLEX)]


def _limits(means: pd.DataFrame) -> tuple[float, float]:
    """Ends of the vertical axis, dB, the same in all panels."""
    low, high = means[["low", "value"]].min(axis=None), means[["high", "value"]].max(axis=None)
    margin = 0.05 * (high - low) + 0.1
    return low - margin, high + margin
