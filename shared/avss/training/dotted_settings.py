"""Settings by name: a dataclass whose parts are dataclasses, seen as one flat table, as on the command line.

>>> changed(variant, {"separator.fusion": "film", "epochs": 3})      # doctest: +SKIP
"""

import json
from argparse import ArgumentError
from collections.abc import Mapping
from dataclasses import asdict, fields, is_dataclass, replace
from typing import Any, ClassVar, Protocol, TypeVar, get_type_hints

from jsonargparse import ArgumentParser


class Dataclass(Protocol):
    """Any dataclass: the settings of a part, a field each."""

    __dataclass_fields__: ClassVar[dict[str, Any]]


Settings = TypeVar("Settings", bound=Dataclass)


def kinds_of(settings: Dataclass) -> dict[str, Any]:
    """The types of all settings, by their names: ``{"separator.fusion": Literal["early", "film"], …}``."""
    hints, kinds = get_type_hints(type(settings)), dict[str, Any]()
    for field in fields(settings):
        part = getattr(settings, field.name)
        if is_dataclass(part):
            kinds |= {f"{field.name}.{name}": kind for name, kind in kinds_of(part).items()}
        else:
            kinds[field.name] = hints[field.name]
    return kinds


def as_kind(value: Any, kind: Any) -> Any:
    """``value``, as it stands in a YAML file, as a value of the type ``kind``.

    Raises:
        ValueError: it is none.
    """
    parser = ArgumentParser(exit_on_error=False)
    parser.add_argument("--value", type=kind)
    try:
        return parser.instantiate(parser.parse_object({"value": value})).value
    except ArgumentError as error:
        raise ValueError(str(error)) from error


def changed(settings: Settings, changes: Mapping[str, Any]) -> Settings:
    """The same settings with some changed, by their names.

    Raises:
        SettingsError: the changed settings are impossible.
    """
    for name, value in changes.items():
        own, _, rest = name.partition(".")
        settings = replace(settings, **{own: changed(getattr(settings, own), {rest: value}) if rest else value})
    return settings


def as_row(settings: Dataclass) -> dict[str, Any]:
    """Settings by their names, as they stand in a table: what is no number, truth or text stands as JSON."""
    row: dict[str, Any] = {}
    for field in fields(settings):
        value = getattr(settings, field.name)
        if is_dataclass(value):
            row |= {f"{field.name}.{name}": cell for name, cell in as_row(value).items()}
        else:
            row[field.name] = as_cell(value)
    return row


def as_cell(value: Any) -> bool | int | float | str:
    """One setting as it stands in a table."""
    return value if isinstance(value, bool | int | float) else as_text(value)


def as_text(value: Any) -> str:
    """One setting as people read it; ``None`` is ``null``, as in YAML."""
    return value if isinstance(value, str) else json.dumps(value, default=_plain)


def _plain(value: Any) -> Any:
    return asdict(value) if is_dataclass(value) and not isinstance(value, type) else str(value)
