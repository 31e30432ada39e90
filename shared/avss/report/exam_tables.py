"""All means of an exam as tables for the page: every figure where it is easiest, and the main ones everywhere."""

from collections.abc import Sequence

import pandas as pd

from avss.evaluation.exam_rows import AUDIO_VISUAL, BINARY, COMPLEX, MIXTURE
from avss.evaluation.exam_table import ALL, FIGURES, MAIN
from avss.report.document import Cell, Table, interval
from avss.report.exams import Exam, at, condition
from avss.report.row_names import row_title, rows_in_order

_LOWER_IS_BETTER = {"confused", "failed", "leakage"}
_IDEAL = {MIXTURE, BINARY, COMPLEX}
_OVER_CONDITIONS = {
    MAIN: ("How much cleaner each voice becomes", ""),
    "confused": (
        "How often a voice is given to the wrong face",
        "Share of the voices that are nearer to the voice of another face than to their own.",
    ),
    "leakage": (
        "What is heard of faces that are silent",
        "Level of their outputs beside the mixture, where any face was silent.",
    ),
}


def easiest(exam: Exam) -> Table:
    """Every figure of every row, at the fewest faces and the first level of noise."""
    means = exam.easiest()
    means = means[means.sexes == ALL]
    names = [name for name in FIGURES if (means.figure == name).any()]
    rows: list[Sequence[Cell]] = []
    for row in rows_in_order(exam):
        of_row = means[means.row == row].set_index("figure")
        rows.append([row_title(row, exam), *(_cell(of_row, name, name) for name in names)])
    asked = (means.figure == MAIN).idxmax()
    return Table(
        f"{condition(*exam.conditions()[0])} · {exam.part} speakers of {exam.store}",
        ["", *map(_head, names)],
        rows,
        f"{means.mixtures[asked]} mixtures of {means.groups[asked]} sets of speakers; PESQ, STOI and ESTOI of fewer. "
        f"{f'In company, and not judged: {exam.company}. ' if exam.company else ''}"
        "Intervals: 95 % over sets of speakers. ↑ higher is better, ↓ lower is better.",
        [rows_in_order(exam).index(AUDIO_VISUAL)],
    )


def over_conditions(exam: Exam) -> list[Table]:
    """The main figures in all conditions, a table each; what was not measured has none."""
    tables = []
    for figure, (caption, note) in _OVER_CONDITIONS.items():
        known = exam.figures[(exam.figures.figure == figure) & (exam.figures.sexes == ALL)]
        rows = [row for row in rows_in_order(exam) if row != MIXTURE and (figure == MAIN or row not in _IDEAL)]
        if known.row.isin(rows).any():
            tables.append(_over_conditions(exam, known, rows, f"{caption}: {_head(figure)}", note))
    return tables


def _over_conditions(exam: Exam, known: pd.DataFrame, names: Sequence[str], caption: str, note: str) -> Table:
    rows: list[Sequence[Cell]] = []
    for K, snr in exam.conditions():
        here = at(known, K, snr).set_index("row")
        if len(here):
            figure = here.figure.iloc[0]
            rows.append([condition(K, snr), *(_cell(here, name, figure) for name in names)])
    return Table(caption, ["", *(row_title(name, exam) for name in names)], rows, note)


def _head(figure: str) -> str:
    """Name, unit and good direction of a figure."""
    return f"{FIGURES[figure].heading} {'↓' if figure in _LOWER_IS_BETTER else '↑'}"


def _cell(means: pd.DataFrame, label: str, figure: str) -> Cell:
    """The mean labelled ``label``; empty where there is none."""
    if label not in means.index:
        return ""
    mean = means.loc[label]
    return interval(mean.value, mean.low, mean.high, FIGURES[figure].digits)
