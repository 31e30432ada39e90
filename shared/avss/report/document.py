"""What a page is made of, before it becomes HTML: chapters of sections, of tables, pictures and sounds.

Texts are plain texts, which the template escapes; pictures and sounds are ``data:`` addresses, so that the page needs
no other file.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, NamedTuple


class Number(NamedTuple):
    """A figure as it is shown, with its 95 % interval where it has one."""

    value: str
    interval: str = ""


Cell = str | Number


@dataclass(frozen=True)
class Table:
    """A table; the first column heads the rows.

    Attributes:
        caption: what stands above it.
        columns: their heads.
        rows: as many cells each.
        note: what stands below it.
        marked: numbers of the rows that matter most.
    """

    caption: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    note: str = ""
    marked: Sequence[int] = ()
    kind: ClassVar = "table"


@dataclass(frozen=True)
class Picture:
    """A picture.

    Attributes:
        source: ``data:`` address.
        alt: what is seen, for those who cannot see it.
        width, height: in pixels of the page.
        drawn: whether it follows the colours of the page; else it is laid on white paper.
    """

    source: str
    alt: str
    width: int
    height: int
    drawn: bool = False


class Key(NamedTuple):
    """An entry of a legend: a name, the colour of its line on a light page, and its dashes as SVG counts them."""

    name: str
    colour: str
    dashes: str = ""


@dataclass(frozen=True)
class Figure:
    """Pictures side by side, one legend, and a caption that says what to look at."""

    caption: str
    pictures: Sequence[Picture]
    legend: Sequence[Key] = ()
    kind: ClassVar = "figure"


class Sound(NamedTuple):
    """Something to listen to: a name and a ``data:`` address."""

    name: str
    source: str


@dataclass(frozen=True)
class Example:
    """A mixture, what was made of it, and the truth."""

    title: str
    sounds: Sequence[Sound]
    picture: Picture | None
    kind: ClassVar = "example"


Block = Table | Figure | Example


class Missing(NamedTuple):
    """What a run lacks, and the command that makes it."""

    what: str
    command: str = ""


@dataclass(frozen=True)
class Section:
    """All about one run, or one corpus.

    Attributes:
        title: of the section.
        facts: by name.
        missing: what is not there.
        blocks: everything else, in the order of reading.
    """

    title: str
    blocks: Sequence[Block]
    facts: Mapping[str, str] = field(default_factory=dict)
    missing: Sequence[Missing] = ()


@dataclass(frozen=True)
class Chapter:
    """A part of the page, with its entry in the contents.

    Attributes:
        anchor: what links lead to; unique on the page.
        title: of the chapter.
        lead: a sentence or two.
        sections: what is in it.
    """

    anchor: str
    title: str
    lead: str
    sections: Sequence[Section]


def number(value: float, digits: int) -> str:
    """A figure as text, with a true minus but no negative zero, and "–" for what is unknown.

    >>> number(-1.25, 1), number(-0.01, 1), number(float("nan"), 1)
    ('−1.2', '0.0', '–')
    """
    return "–" if math.isnan(value) else f"{value:z.{digits}f}".replace("-", "−")


def interval(value: float, low: float, high: float, digits: int) -> Number:
    """A figure with its interval, which is left out where it is unknown.

    >>> interval(1.0, 0.5, 1.5, 2)
    Number(value='1.00', interval='[0.50, 1.50]')
    """
    ends = "" if math.isnan(low) else f"[{number(low, digits)}, {number(high, digits)}]"
    return Number(number(value, digits), ends)
