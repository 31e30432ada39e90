"""GRID's ``.align`` files: which word, or phone, is spoken when.

Each line is ``start end label``, in whole units of 1/25 000 s, in the order of speaking. ``sil`` is silence
at the ends and ``sp`` a short pause; they are kept, and :func:`spoken` drops them. Gaps are allowed and so is
a label that lasts no time (forced aligners emit empty short pauses); overlaps are not.

>>> parse_alignment("0 23750 sil\\n23750 29500 bin", "example")[1]
Segment(start=0.95, end=1.18, label='bin')
"""

import re
from collections.abc import Iterable
from pathlib import Path

from avss.corpora.clip import Segment
from avss.errors import CorpusError
from avss.files import writing

UNITS_PER_SECOND = 25_000
SILENCES = frozenset({"sil", "sp"})

_LINE = re.compile(r"(\d{1,9})\s+(\d{1,9})\s+(\S+)", re.ASCII)


def read_alignment(path: Path) -> tuple[Segment, ...]:
    """Segments of an ``.align`` file, silences included, times in seconds.

    Raises:
        CorpusError: the file cannot be read or is not a valid alignment; the line is named.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise _refusal(f"cannot read {path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise _refusal(f"{path} is not a text file") from error
    return parse_alignment(text, str(path))


def parse_alignment(text: str, name: str) -> tuple[Segment, ...]:
    """Segments of the text of an ``.align`` file; ``name`` is what errors call it.

    Raises:
        CorpusError: a line is malformed, ends before it starts, or overlaps the one before; or none is there.
    """
    segments = []
    previous_end = 0
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        match = _LINE.fullmatch(line.strip())
        if match is None:
            raise _refusal(f"{name}, line {number}: cannot understand '{line}'")
        start, end, label = int(match[1]), int(match[2]), match[3]
        if end < start:
            raise _refusal(f"{name}, line {number}: '{label}' ends at {end}, before it starts at {start}")
        if start < previous_end:
            raise _refusal(
                f"{name}, line {number}: '{label}' starts at {start}, before {previous_end} where the last ends"
            )
        segments.append(Segment(start / UNITS_PER_SECOND, end / UNITS_PER_SECOND, label))
        previous_end = end
    if not segments:
        raise _refusal(f"{name} is empty")
    return tuple(segments)


def format_alignment(segments: Iterable[Segment]) -> str:
    """The text of an ``.align`` file; times are rounded to 1/25 000 s.

    Raises:
        CorpusError: the segments overlap, run backwards, or have a label that is not one word.
    """
    text = "".join(
        f"{round(segment.start * UNITS_PER_SECOND)} {round(segment.end * UNITS_PER_SECOND)} {segment.label}\n"
        for segment in segments
    )
    parse_alignment(text, "the alignment to be written")
    return text


def write_alignment(path: Path, segments: Iterable[Segment]) -> None:
    """Write an ``.align`` file that :func:`read_alignment` reads back.

    Raises:
        CorpusError: as :func:`format_alignment`.
        OutputError: the file cannot be written.
    """
    text = format_alignment(segments)
    with writing(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def spoken(segments: Iterable[Segment]) -> tuple[Segment, ...]:
    """The segments without ``sil`` and ``sp``."""
    return tuple(segment for segment in segments if segment.label not in SILENCES)


def _refusal(what: str) -> CorpusError:
    return CorpusError(
        what,
        "lines 'start end label' in whole units of 1/25 000 s, in order and not overlapping",
        "repair or remove that file; without it the clip is used without word times",
    )
