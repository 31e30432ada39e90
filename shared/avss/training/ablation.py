"""Ablations: one question, the settings it varies, and a table that grows row by row.

An ablation is a file of a few lines, with the question and only what changes::

    question: How many numbers does a mouth need?
    components: [8, 16, 32, 64]

The settings of a part are dotted, as on the command line: ``separator.fusion: [early, film]``. Lists under several
settings are varied together: the first of each, the second of each … A row of the table is kept as soon as it is
measured, and is not measured again, not even for another question; so a killed run goes on, and a new question costs
only what is new in it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import yaml
from rich.console import Console
from rich.markdown import Markdown

from avss.errors import AvssError, SettingsError
from avss.files import writing
from avss.training.dotted_settings import Dataclass, Settings, as_kind, as_row, as_text, changed, kinds_of

TABLE, MARKDOWN = "ablations.csv", "ablations.md"
_QUESTION, _REASON = "question", "not_measured"


class NotMeasuredError(AvssError):
    """A variant that cannot be measured on the data at hand, which does not concern the others."""


@dataclass(frozen=True)
class Ablation:
    """A question and its answers-to-be.

    Attributes:
        name: of the file.
        question: ends with a question mark.
        changes: what each variant changes, by the names of the settings, in the order of the file.
    """

    name: str
    question: str
    changes: tuple[dict[str, Any], ...]

    def variants(self, base: Settings) -> list[Settings]:
        """The dataclass ``base`` with each of the changes."""
        return [changed(base, change) for change in self.changes]


def read_ablations(folder: Path, base: Dataclass, only: Sequence[str] = ()) -> list[Ablation]:
    """Read the ``*.yaml`` of ``folder``, whose keys must be settings of the dataclass ``base`` and of their types.

    Args:
        folder: of the files.
        base: the settings they may change.
        only: names of files, without ``.yaml``, to leave out the others; empty reads them all.

    Raises:
        SettingsError: there is none, or one is not what it should be.
    """
    paths = {path.stem: path for path in sorted(folder.glob("*.yaml"))}
    if not paths:
        raise SettingsError(f"{folder} holds no ablation", "a folder with *.yaml files", "name another folder")
    for name in sorted(set(only) - set(paths)):
        raise SettingsError(f"{folder} has no question '{name}'", f"some of {', '.join(paths)}", "correct only")
    return [_read(path, base) for name, path in paths.items() if not only or name in only]


def show_plan(ablations: Sequence[Ablation]) -> None:
    """Print what would be measured."""
    for ablation in ablations:
        _say(ablation.question)
        for change in ablation.changes:
            _say(f"  {_told(change)}")


def show_answers(folder: Path) -> None:
    """Print the tables that :func:`run_ablations` left in ``folder``, and where they are."""
    Console().print(Markdown((folder / MARKDOWN).read_text()))
    _say(f"tables and figures in {folder}")


def run_ablations(
    ablations: Sequence[Ablation],
    base: Settings,
    measure: Callable[[Settings], Mapping[str, float]],
    folder: Path,
    *,
    data: str,
) -> pd.DataFrame:
    """Measure every variant that is not yet in the table of ``folder``.

    Args:
        ablations: what is asked.
        base: the settings that are changed, a dataclass.
        measure: the figures of a variant; it may raise :class:`NotMeasuredError`.
        folder: of ``ablations.csv`` and ``ablations.md``.
        data: what is measured on; rows that were measured on other data are not used.

    Returns:
        A row per variant: ``ablation``, the settings, ``data``, the figures. A variant that cannot be measured has
        none, and the reason in ``not_measured``; such a row is not kept.

    Raises:
        OutputError: the table cannot be written; finished rows are kept.
    """
    path = folder / TABLE
    # Empty is a figure that is none; "null" is a setting.
    table = pd.read_csv(path, keep_default_na=False, na_values=[""]) if path.is_file() else pd.DataFrame()
    known = table.to_dict("records")
    variants = [
        (ablation, change, variant)
        for ablation in ablations
        for change, variant in zip(ablation.changes, ablation.variants(base), strict=True)
    ]
    rows: list[dict[str, Any]] = []
    for number, (ablation, change, variant) in enumerate(variants, start=1):
        # A line per variant: a bar would be in the way of those of the trainings.
        _say(f"[{number}/{len(variants)}] {ablation.name}: {_told(change)}")
        settings = as_row(variant) | {"data": data}
        row = {"ablation": ablation.name, **settings, **_figures(settings, known, variant, measure)}
        rows.append(row)
        if _REASON not in row and not any(_is_of(old, {"ablation": ablation.name, **settings}) for old in known):
            known.append(row)
            with writing(path) as unfinished:
                pd.DataFrame(known).to_csv(unfinished, index=False)
    with writing(folder / MARKDOWN) as unfinished:
        unfinished.write_text("\n".join(_as_markdown(ablation, rows) for ablation in ablations))
    return pd.DataFrame(rows)


def _figures(
    settings: Mapping[str, Any],
    known: Sequence[Mapping[str, Any]],
    variant: Settings,
    measure: Callable[[Settings], Mapping[str, float]],
) -> dict[str, Any]:
    """The figures of a variant from a row with the same settings, or measured, or why they cannot be."""
    for row in known:
        if _is_of(row, settings):
            return {name: value for name, value in row.items() if name not in settings and name != "ablation"}
    try:
        return dict(measure(variant))
    except NotMeasuredError as error:
        return {_REASON: str(error)}


def _is_of(row: Mapping[str, Any], settings: Mapping[str, Any]) -> bool:
    """Whether a row, which may come from a file, is of these settings."""
    return all(str(row.get(name)) == str(value) for name, value in settings.items())


def _read(path: Path, base: Dataclass) -> Ablation:
    do = f"correct {path}"
    try:
        content = yaml.safe_load(path.read_text())
    except (OSError, yaml.YAMLError) as error:
        raise SettingsError(f"{path} cannot be read: {error}", "a YAML file", do) from error
    question = content.pop(_QUESTION, None) if isinstance(content, dict) else None
    if not isinstance(question, str) or not question.endswith("?"):
        raise SettingsError(f"{path} asks nothing", "a line 'question: …?' and what changes", do)
    kinds = kinds_of(base)
    for name, values in content.items():
        if name not in kinds:
            raise SettingsError(f"{path} changes '{name}'", f"one of {', '.join(kinds)}", do)
        what, wanted = f"{path} sets {name} to {values}", f"a list of {getattr(kinds[name], '__name__', kinds[name])}"
        if not isinstance(values, list) or not values:
            raise SettingsError(what, wanted, do)
        try:
            content[name] = [as_kind(value, kinds[name]) for value in values]
        except ValueError as error:
            raise SettingsError(what, wanted, do) from error
    if len({len(values) for values in content.values()}) != 1:
        raise SettingsError(f"the lists of {path} differ in length, or there is none", "lists of one length", do)
    changes = tuple(dict(zip(content, values, strict=True)) for values in zip(*content.values(), strict=True))
    return Ablation(path.stem, question, changes)


def _as_markdown(ablation: Ablation, rows: Sequence[Mapping[str, Any]]) -> str:
    """The rows of one ablation: what it changes, and the figures."""
    mine = [row for row in rows if row["ablation"] == ablation.name]
    measured = [row for row in mine if _REASON not in row]
    figures = list(measured[0])[list(measured[0]).index("data") + 1 :] if measured else []
    columns = [*ablation.changes[0], *figures]
    lines = [f"## {ablation.question}", "", f"On {mine[0]['data']}.", ""]
    lines += ["| " + " | ".join(columns) + " |", "|" + "---|" * len(columns)]
    for row in mine:
        cells = [row.get(name, "not measured") for name in columns]
        texts = (f"{cell:.3f}" if isinstance(cell, float) else str(cell) for cell in cells)
        lines.append("| " + " | ".join(texts) + " |")
    reasons = [f"Not measured: {row[_REASON]}" for row in mine if _REASON in row]
    return "\n".join([*lines, *(line for reason in reasons for line in ("", reason))]) + "\n"


def _told(change: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}: {as_text(value)}" for name, value in change.items())


def _say(line: str) -> None:
    Console(soft_wrap=True, markup=False, highlight=False).print(line)
