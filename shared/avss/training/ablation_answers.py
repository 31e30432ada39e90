"""What an ablation has measured: a row per variant in a csv file, where no variant stands twice for a question."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from avss.files import writing
from avss.training.dotted_settings import as_cell

TABLE = "ablations.csv"
ABLATION, DATA = "ablation", "data"

Row = dict[str, Any]


class AnswerBook:
    """The rows in ``folder``: ``ablation``, the settings, ``data``, the figures.

    Args:
        folder: of ``ablations.csv``, which need not be there.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / TABLE
        # Empty is a figure that is none; "null" is a setting.
        found = (
            pd.read_csv(self._path, keep_default_na=False, na_values=[""]) if self._path.is_file() else pd.DataFrame()
        )
        self._rows: list[Row] = [{str(name): value for name, value in row.items()} for row in found.to_dict("records")]

    def figures(self, settings: Mapping[str, Any]) -> Row | None:
        """The figures of a variant, of whichever question; ``None`` if it was not measured."""
        for row in self._rows:
            if _is_of(row, settings):
                return {name: value for name, value in row.items() if name not in settings and name != ABLATION}
        return None

    def keep(self, row: Row) -> None:
        """Enter a row, unless it is there, and write the file.

        Raises:
            OutputError: it cannot be written.
        """
        figures = list(row)[list(row).index(DATA) + 1 :]
        if any(_is_of(old, {name: row[name] for name in row if name not in figures}) for old in self._rows):
            return
        self._rows.append(row)
        with writing(self._path) as unfinished:
            pd.DataFrame(self._rows).to_csv(unfinished, index=False)

    def newest(self, ablation: str, changes: Sequence[Mapping[str, Any]], settings: Sequence[str]) -> list[Row | None]:
        """The answers to a question as it was asked last, on whatever data and with whatever base.

        Args:
            ablation: name of the question.
            changes: what each variant changes.
            settings: names of all settings.

        Returns:
            A row for each of ``changes``, ``None`` for those that were not measured; all agree in what none changes.
        """
        mine = [row for row in self._rows if row[ABLATION] == ablation]
        if not mine:
            return [None] * len(changes)
        common = {name: mine[-1].get(name) for name in (*settings, DATA) if name not in changes[0]}
        wanted = [common | {name: as_cell(value) for name, value in change.items()} for change in changes]
        return [next((row for row in mine if _is_of(row, variant)), None) for variant in wanted]


def _is_of(row: Mapping[str, Any], settings: Mapping[str, Any]) -> bool:
    """Whether a row, which may come from a file, is of these settings."""
    return all(str(row.get(name)) == str(value) for name, value in settings.items())
