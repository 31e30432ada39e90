"""What came out of an exam: means with intervals over the sets of speakers, by number of faces, noise and sex.

::

    figures.csv     a row per mean: row, K, snr (empty without noise), sexes, figure, value, low, high, groups, mixtures
    exam.json       the same, with what it is about, the weights behind each row, and why some rows are missing

Mixtures of the same speakers resemble each other, so intervals draw whole sets of speakers (pairs, for two faces).
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from rich import box
from rich.table import Table

from avss.evaluation.bootstrap import bootstrap_mean
from avss.evaluation.exam_rows import MIXTURE, ExamRow
from avss.files import writing
from avss.training.environment import write_environment


class _Shown(NamedTuple):
    heading: str
    digits: int


FIGURES = {
    "si_sdri": _Shown("SI-SDRi dB", 1),
    "sdri": _Shown("SDRi dB", 1),
    "si_sdr": _Shown("SI-SDR dB", 1),
    "pesq": _Shown("PESQ", 2),
    "stoi": _Shown("STOI", 2),
    "estoi": _Shown("ESTOI", 2),
    "confused": _Shown("confused", 2),
    "failed": _Shown("failed", 2),
    "leakage": _Shown("leakage dB", 1),
}
MAIN = "si_sdri"
ALL, SAME, DIFFERENT = "all", "same", "different"

_RESAMPLES = 1000
_NAME = 13  # characters in a line of a row's name


def exam_figures(scores: pd.DataFrame) -> pd.DataFrame:
    """Means of the scores of :func:`avss.evaluation.exam.sit_exam`, a row each as in ``figures.csv``.

    What is not known of a mixture (no silent face, not listened to) is left out of the mean.
    """
    found = []
    alike = ["row", "K", "snr"]
    for (row, K, snr), group in scores.groupby(alike, dropna=False, sort=False):  # ty: ignore[not-iterable]
        for sexes in (ALL, SAME, DIFFERENT):
            chosen = group if sexes == ALL else group[group.sexes == sexes]
            for figure in FIGURES:
                known = chosen[chosen[figure].notna()] if figure in chosen else chosen[:0]
                if len(known):
                    values = known[figure].to_numpy(np.float64)
                    interval = bootstrap_mean(values, known.speakers.to_numpy(), resamples=_RESAMPLES)
                    place = {"row": row, "K": K, "snr": snr, "sexes": sexes, "figure": figure}
                    found.append(place | asdict(interval) | {"mixtures": len(known)})
    return pd.DataFrame(found)


def improvement_table(figures: pd.DataFrame, title: str) -> Table:
    """SI-SDRi of every row of the exam, by number of faces and noise; at the fewest faces also by sex."""
    main = figures[(figures.figure == MAIN) & (figures.row != MIXTURE)]
    main = main[(main.sexes == ALL) | main.K.eq(main.K.min())]
    levels = list(main.snr.unique())
    table = _table(
        f"{title}\nSI-SDRi dB, mean and 95 % over sets of speakers", (f"noise: {level_name(x)}" for x in levels), gap=2
    )
    for (K, sexes), section in main.groupby(["K", "sexes"], sort=False):
        table.add_section()
        table.add_row(f"[bold]{K} faces" + ("" if sexes == ALL else f", {sexes} sex"))
        for row, line in section.groupby("row", sort=False):
            table.add_row(str(row), *_cells(line.set_index("snr"), levels, _with_interval))
    return table


def figures_table(figures: pd.DataFrame) -> Table:
    """All figures of every row, at the fewest faces and the first level of noise."""
    first = figures.iloc[0]
    alike = figures.snr.isna() if pd.isna(first.snr) else figures.snr == first.snr
    shown = figures[(figures.K == first.K) & alike & (figures.sexes == ALL)]
    names = [name for name in FIGURES if (shown.figure == name).any()]
    table = _table(
        f"{first.K} faces, noise: {level_name(first.snr)}\nmeans; their intervals are in figures.csv",
        (FIGURES[name].heading.replace(" ", "\n") for name in names),
        gap=1,
    )
    for row, line in shown.groupby("row", sort=False):
        table.add_row(str(row), *_cells(line.set_index("figure", drop=False), names, _mean))
    return table


def level_name(snr: float) -> str:
    """A level of the voices above the noise, NaN being no noise, as it is shown."""
    return "none" if pd.isna(snr) else f"{snr:g} dB"


def write_figures(
    folder: Path,
    figures: pd.DataFrame,
    rows: Sequence[ExamRow],
    missing: Mapping[str, str],
    about: Mapping[str, str],
) -> None:
    """Write ``figures.csv``, ``exam.json``, and what the exam ran on.

    Args:
        folder: where to.
        figures: of :func:`exam_figures`.
        rows: that sat the exam.
        missing: why some did not, by name.
        about: whose exam it is: the run, the part of the speakers, their company and their store.

    Raises:
        OutputError: ``folder`` cannot be written.
    """
    with writing(folder / "figures.csv") as path:
        figures.to_csv(path, index=False, float_format="%.4f")
    records = figures.astype(object).where(figures.notna(), None).to_dict("records")  # json has null, but no NaN
    weights = {row.name: row.checksum for row in rows}
    told = {**about, "rows": weights, "missing": dict(missing), "figures": records}
    with writing(folder / "exam.json") as path:
        path.write_text(json.dumps(told, indent=2, ensure_ascii=False) + "\n")
    write_environment(folder)


def _table(title: str, columns: Iterable[str], gap: int) -> Table:
    """A table of so little frame that it fits a terminal of 80 characters; its first column names the rows."""
    table = Table(title=title, box=box.SIMPLE_HEAD, show_edge=False, padding=(0, gap - 1, 0, 0))
    table.add_column(min_width=_NAME)
    for column in columns:
        table.add_column(column)
    return table


def _cells(line: pd.DataFrame, columns: Sequence[Any], cell: Callable[[pd.Series], str]) -> list[str]:
    """The cell of each of ``columns``, which are labels of ``line``; empty where there is none."""
    return [cell(line.loc[column]) if column in line.index else "" for column in columns]


def _mean(mean: pd.Series) -> str:
    return f"{mean.value:.{FIGURES[mean.figure].digits}f}"


def _with_interval(mean: pd.Series) -> str:
    digits = FIGURES[mean.figure].digits
    interval = "" if pd.isna(mean.low) else f" [dim]{mean.low:.{digits}f}…{mean.high:.{digits}f}"
    return f"{mean.value:{digits + 3}.{digits}f}{interval}"
