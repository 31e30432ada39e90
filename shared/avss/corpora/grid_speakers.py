"""Who speaks in a corpus of GRID's layout: the 34 official speakers, or those of a ``speakers.csv``."""

from pathlib import Path
from typing import get_args

import pandas

from avss.corpora.clip import Sex
from avss.errors import CorpusError

SPEAKERS = range(1, 35)
WITHOUT_VIDEO = frozenset({21})
WITH_VIDEO = tuple(number for number in SPEAKERS if number not in WITHOUT_VIDEO)

# 18 men and 16 women, as Cooke et al. (2006) count them.
FEMALE = frozenset({4, 7, 11, 15, 16, 18, 20, 21, 22, 23, 24, 25, 29, 31, 33, 34})

OFFICIAL_SEX: dict[str, Sex] = {f"s{number}": "f" if number in FEMALE else "m" for number in SPEAKERS}


def read_sexes(table: Path) -> dict[str, Sex | None]:
    """Sex of each speaker by a csv with the columns ``speaker`` and ``sex`` (``m``, ``f`` or empty), others ignored.

    Raises:
        CorpusError: the table cannot be read, lacks a column, names a speaker twice, or has another sex.
    """
    try:
        rows = pandas.read_csv(table, dtype=str, keep_default_na=False)
    except (OSError, ValueError) as error:
        raise _refusal(f"cannot read {table}: {error}") from error
    if missing := {"speaker", "sex"} - set(rows.columns):
        raise _refusal(f"{table} lacks the column {' and '.join(sorted(missing))}")
    if not rows["speaker"].is_unique:
        raise _refusal(f"{table} names {rows['speaker'][rows['speaker'].duplicated()].iloc[0]} twice")
    sexes: dict[str, Sex | None] = {}
    for speaker, sex in zip(rows["speaker"], rows["sex"], strict=True):
        if sex not in (*get_args(Sex), ""):
            raise _refusal(f"{table} gives {speaker} the sex '{sex}'")
        sexes[speaker] = sex or None
    return sexes


def _refusal(what: str) -> CorpusError:
    return CorpusError(
        what, "a csv with the columns speaker and sex, one row per speaker, sex m, f or empty", "repair the table"
    )
