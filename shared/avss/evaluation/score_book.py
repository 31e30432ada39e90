"""Scores of an exam, kept by row and mixture in one csv file, each with the checksum of all that it depends on.

A score whose checksum is not the wanted one (another list, other clips, other weights) is forgotten, and so is what is
not asked for any more.
"""

from collections.abc import Hashable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from avss.errors import StoreError
from avss.files import writing

Pair = tuple[str, str]

_CHECKSUM = "checksum"
_TEXT: dict[Hashable, type[str]] = dict.fromkeys(("row", "id", "speakers", "sexes", _CHECKSUM), str)


class ScoreBook:
    """The scores in ``path``, of the pairs of row and mixture that are wanted.

    Args:
        path: csv file; need not be there.
        wanted: pairs, in the order of the table, with the checksum of what the score of each depends on.

    Raises:
        StoreError: the file is no such table.
    """

    def __init__(self, path: Path, wanted: Mapping[Pair, str]) -> None:
        self._path, self._wanted = path, wanted
        found = _read(path)
        self._scores = {pair: scores for pair, scores in found.items() if scores[_CHECKSUM] == wanted.get(pair)}

    @property
    def missing(self) -> set[Pair]:
        """Pairs without a score."""
        return self._wanted.keys() - self._scores.keys()

    def add(self, pair: Pair, scores: Mapping[str, object]) -> None:
        """Enter the scores of a pair."""
        row, mixture = pair
        self._scores[pair] = {"row": row, "id": mixture, **scores, _CHECKSUM: self._wanted[pair]}

    def write(self) -> None:
        """Write the file.

        Raises:
            OutputError: it cannot be written.
        """
        with writing(self._path) as temporary:
            self.table().to_csv(temporary, index=False)

    def table(self) -> pd.DataFrame:
        """A row per pair that has a score: row, id, the scores, checksum."""
        return pd.DataFrame([self._scores[pair] for pair in self._wanted if pair in self._scores])


def _read(path: Path) -> dict[Pair, dict[str, Any]]:
    if not path.is_file():
        return {}
    try:
        table = pd.read_csv(path, dtype=_TEXT, keep_default_na=False, na_values=[""])
        rows = [{str(name): value for name, value in row.items()} for row in table.to_dict("records")]
        return {(row["row"], row["id"]): {**row, _CHECKSUM: row[_CHECKSUM]} for row in rows}
    except (ValueError, KeyError) as error:
        what = f"{path} is damaged"
        raise StoreError(what, "the scores that an exam wrote", "remove it, and they are computed again") from error
