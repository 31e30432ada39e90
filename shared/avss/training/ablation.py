"""Ablations: one question, the settings it varies, and a table that grows row by row.

An ablation is a file of a few lines, with the question and only what changes::

    question: How many numbers does a mouth need?
    components: [8, 16, 32, 64]

Lists under several settings are varied together: the first of each, the second of each … A row of the table is kept
as soon as it is measured, and is not measured again; so a killed run goes on, and a new question costs only itself.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any, ClassVar, Protocol, TypeVar

import pandas as pd
import yaml
from rich.progress import track

from avss.errors import SettingsError
from avss.files import writing


class Dataclass(Protocol):
    """Any dataclass: the settings of a part, a field each."""

    __dataclass_fields__: ClassVar[dict[str, Any]]


Settings = TypeVar("Settings", bound=Dataclass)

TABLE, MARKDOWN = "ablations.csv", "ablations.md"
_QUESTION = "question"


@dataclass(frozen=True)
class Ablation:
    """A question and its answers-to-be.

    Attributes:
        name: of the file.
        question: ends with a question mark.
        changes: what each variant changes, in the order of the file.
    """

    name: str
    question: str
    changes: tuple[dict[str, Any], ...]

    def variants(self, base: Settings) -> list[Settings]:
        """The dataclass ``base`` with each of the changes."""
        return [replace(base, **change) for change in self.changes]


def read_ablations(folder: Path, base: Dataclass) -> list[Ablation]:
    """Read all ``*.yaml`` of ``folder``, whose keys must be fields of the dataclass ``base`` and of their types.

    Raises:
        SettingsError: there is none, or one is not what it should be.
    """
    paths = sorted(folder.glob("*.yaml"))
    if not paths:
        raise SettingsError(f"{folder} holds no ablation", "a folder with *.yaml files", "name another folder")
    return [_read(path, base) for path in paths]


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
        measure: the figures of a variant.
        folder: of ``ablations.csv`` and ``ablations.md``.
        data: what is measured on; rows that were measured on other data are not used.

    Returns:
        A row per variant: ``ablation``, the settings, ``data``, the figures.

    Raises:
        OutputError: the table cannot be written; finished rows are kept.
    """
    path = folder / TABLE
    known = pd.read_csv(path).to_dict("records") if path.is_file() else []
    variants = [(ablation, variant) for ablation in ablations for variant in ablation.variants(base)]
    rows: list[dict[str, Any]] = []
    for ablation, variant in track(variants, "ablations", transient=True):
        key = {"ablation": ablation.name, **asdict(variant), "data": data}
        same = [row for row in known if all(row.get(name) == value for name, value in key.items())]
        rows.append(same[0] if same else key | dict(measure(variant)))
        if not same:
            known.append(rows[-1])
            with writing(path) as unfinished:
                pd.DataFrame(known).to_csv(unfinished, index=False)
    with writing(folder / MARKDOWN) as unfinished:
        unfinished.write_text("\n".join(_as_markdown(ablation, rows) for ablation in ablations))
    return pd.DataFrame(rows)


def _read(path: Path, base: Dataclass) -> Ablation:
    do = f"correct {path}"
    try:
        content = yaml.safe_load(path.read_text())
    except (OSError, yaml.YAMLError) as error:
        raise SettingsError(f"{path} cannot be read: {error}", "a YAML file", do) from error
    question = content.pop(_QUESTION, None) if isinstance(content, dict) else None
    if not isinstance(question, str) or not question.endswith("?"):
        raise SettingsError(f"{path} asks nothing", "a line 'question: …?' and what changes", do)
    kinds = {field.name: type(getattr(base, field.name)) for field in fields(base)}
    for name, values in content.items():
        if name not in kinds:
            raise SettingsError(f"{path} changes '{name}'", f"one of {', '.join(kinds)}", do)
        if not isinstance(values, list) or not values or any(type(value) is not kinds[name] for value in values):
            raise SettingsError(f"{path} sets {name} to {values}", f"a list of {kinds[name].__name__}", do)
    if len({len(values) for values in content.values()}) != 1:
        raise SettingsError(f"the lists of {path} differ in length, or there is none", "lists of one length", do)
    changes = tuple(dict(zip(content, values, strict=True)) for values in zip(*content.values(), strict=True))
    return Ablation(path.stem, question, changes)


def _as_markdown(ablation: Ablation, rows: Sequence[Mapping[str, Any]]) -> str:
    """The rows of one ablation: what it changes, and the figures."""
    mine = [row for row in rows if row["ablation"] == ablation.name]
    changed = list(ablation.changes[0])
    figures = list(mine[0])[list(mine[0]).index("data") + 1 :]
    columns = [*changed, *figures]
    lines = [f"## {ablation.question}", "", f"On {mine[0]['data']}.", ""]
    lines += ["| " + " | ".join(columns) + " |", "|" + "---|" * len(columns)]
    for row in mine:
        cells = [f"{row[name]:.3f}" if isinstance(row[name], float) else str(row[name]) for name in columns]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"
