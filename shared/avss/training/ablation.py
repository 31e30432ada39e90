"""Ablations: one question, the settings it varies, and a table that grows row by row.

An ablation is a file of a few lines, with the question and only what changes::

    question: How many numbers does a mouth need?
    components: [8, 16, 32, 64]

The settings of a part are dotted, as on the command line: ``separator.fusion: [early, film]``. Lists under several
settings are varied together: the first of each, the second of each … A row of the table is kept as soon as it is
measured, and is not measured again, not even for another question; so a killed run goes on, and a new question costs
only what is new in it. The page tells at any time what is known, also of the questions that are not asked again.
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
from avss.training.ablation_answers import ABLATION, DATA, AnswerBook, Row
from avss.training.ablation_page import MARKDOWN, REASON, as_markdown
from avss.training.dotted_settings import Dataclass, Settings, as_kind, as_row, as_text, changed, kinds_of
from avss.training.environment import write_environment

Answers = dict[str, list[Row]]
Compare = Callable[[Row, Row], Mapping[str, Any]]

_QUESTION = "question"
_LATER = "its turn has not come"


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


def read_ablations(folder: Path, base: Dataclass) -> list[Ablation]:
    """Read the ``*.yaml`` of ``folder``, whose keys must be settings of the dataclass ``base`` and of their types.

    Raises:
        SettingsError: there is none, or one is not what it should be.
    """
    paths = sorted(folder.glob("*.yaml"))
    if not paths:
        raise SettingsError(f"{folder} holds no ablation", "a folder with *.yaml files", "name another folder")
    return [_read(path, base) for path in paths]


def of_names(ablations: Sequence[Ablation], only: Sequence[str]) -> list[Ablation]:
    """Those of ``ablations`` that ``only`` names; it names them all where it is empty.

    Raises:
        SettingsError: one of the names is of none.
    """
    names = [ablation.name for ablation in ablations]
    for name in sorted(set(only) - set(names)):
        raise SettingsError(f"there is no question '{name}'", f"some of {', '.join(names)}", "correct only")
    return [ablation for ablation in ablations if not only or ablation.name in only]


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
    measure: Callable[[Settings], Mapping[str, Any]],
    folder: Path,
    *,
    data: str,
    beside: Sequence[Ablation] = (),
    compare: Compare | None = None,
) -> pd.DataFrame:
    """Measure every variant that is not yet in the table of ``folder``, and write the page anew after each.

    Args:
        ablations: what is asked.
        base: the settings that are changed, a dataclass.
        measure: the figures of a variant; it may raise :class:`NotMeasuredError`.
        folder: of ``ablations.csv``, ``ablations.md`` and ``environment.json``.
        data: what is measured on; rows that were measured on other data are not used.
        beside: all questions, in the order of the page; what is known of those that are not asked stands there too.
        compare: figures of a variant beside the first one of its question, from both rows; they are not kept.

    Returns:
        A row per variant of every question that stands on the page: ``ablation``, the settings, ``data``, the figures.
        A variant that was not measured has none, and the reason in ``not_measured``; such a row is not kept.

    Raises:
        OutputError: the table cannot be written; finished rows are kept.
    """
    book = AnswerBook(folder)
    answers: Answers = {ablation.name: _so_far(ablation, base, data, book) for ablation in ablations}
    others = {ablation.name: _answered_before(ablation, base, book) for ablation in beside if ablation not in ablations}
    order = [ablation for ablation in beside or ablations if ablation.name in answers or others[ablation.name]]
    answers |= others
    write_environment(folder)
    _write_page(folder, order, answers, compare)
    count, number = sum(len(ablation.changes) for ablation in ablations), 0
    for ablation in ablations:
        for place, variant in enumerate(ablation.variants(base)):
            number += 1
            # A line per variant: a bar would be in the way of those of the trainings.
            _say(f"[{number}/{count}] {ablation.name}: {_told(ablation.changes[place])}")
            settings = as_row(variant) | {DATA: data}
            row = {ABLATION: ablation.name, **settings, **_figures(book.figures(settings), variant, measure)}
            answers[ablation.name][place] = row
            if REASON not in row:
                book.keep(row)
            _write_page(folder, order, answers, compare)
    return pd.DataFrame([row for ablation in order for row in _compared(answers[ablation.name], compare)])


def _so_far(ablation: Ablation, base: Settings, data: str, book: AnswerBook) -> list[Row]:
    """A row for each variant of a question that is asked now, with figures if they are known."""
    settings = [as_row(variant) | {DATA: data} for variant in ablation.variants(base)]
    return [{ABLATION: ablation.name, **row, **(book.figures(row) or {REASON: _LATER})} for row in settings]


def _answered_before(ablation: Ablation, base: Settings, book: AnswerBook) -> list[Row]:
    """What is known of a question that is not asked now, with a row for each variant if there is any."""
    known = book.newest(ablation.name, ablation.changes, list(as_row(base)))
    measured = [row for row in known if row is not None]
    if not measured:
        return []
    data = measured[0][DATA]
    return [row or late for row, late in zip(known, _so_far(ablation, base, data, book), strict=True)]


def _figures(
    known: Row | None, variant: Settings, measure: Callable[[Settings], Mapping[str, Any]]
) -> Mapping[str, Any]:
    """The figures of a variant that are known, or measured, or why they cannot be."""
    if known is not None:
        return known
    try:
        return {**measure(variant)}
    except NotMeasuredError as error:
        return {REASON: str(error)}


def _compared(rows: Sequence[Row], compare: Compare | None) -> list[Row]:
    """The rows of a question, with figures beside its first one."""
    return [row if compare is None or REASON in row else {**row, **compare(rows[0], row)} for row in rows]


def _write_page(folder: Path, ablations: Sequence[Ablation], answers: Answers, compare: Compare | None) -> None:
    parts = [
        as_markdown(asked.question, list(asked.changes[0]), _compared(answers[asked.name], compare))
        for asked in ablations
    ]
    with writing(folder / MARKDOWN) as unfinished:
        unfinished.write_text("\n".join(parts))


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


def _told(change: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}: {as_text(value)}" for name, value in change.items())


def _say(line: str) -> None:
    Console(soft_wrap=True, markup=False, highlight=False).print(line)
