"""The table of who is in a generated corpus, and of the faces that were turned down.

``speakers.csv`` has a row per speaker; ``rejected_identities.csv`` a row per face that landmarks could not
follow. Both are rewritten whole, and speakers already cast are never asked again.
"""

import csv
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from avss.corpora.generated.cast.casting import Casting
from avss.corpora.generated.cast.speaker import Speaker
from avss.errors import CorpusError
from avss.files import writing

_SPEAKER_COLUMNS = (
    "speaker", "sex", "size", "build", "f0_hz", "formant_scale", "rate", "accent", "opening", "clarity", "face_draw",
)  # fmt: skip
_REJECTED_COLUMNS = ("speaker", "face_draw", "reason")


@dataclass
class CastList:
    """The cast of the corpus in ``folder``; rows are dictionaries by column."""

    folder: Path
    _speakers: dict[int, dict[str, str]] = field(default_factory=dict)
    _rejected: dict[tuple[int, int], dict[str, str]] = field(default_factory=dict)

    @classmethod
    def of(cls, folder: Path) -> "CastList":
        """The cast found in ``folder``, empty when there is none yet.

        Raises:
            CorpusError: a table is not as this module writes it.
        """
        cast = cls(folder)
        for row in _read(folder / "speakers.csv", _SPEAKER_COLUMNS):
            cast._speakers[int(row["speaker"][1:])] = row
        for row in _read(folder / "rejected_identities.csv", _REJECTED_COLUMNS):
            cast._rejected[int(row["speaker"][1:]), int(row["face_draw"])] = row
        return cast

    def __contains__(self, number: int) -> bool:
        return number in self._speakers

    def face_draw(self, number: int) -> int:
        """Which of the faces of a speaker was taken."""
        return int(self._speakers[number]["face_draw"])

    def add(self, casting: Casting) -> None:
        """Take a speaker in and write both tables.

        Raises:
            OutputError: they cannot be written.
        """
        speaker = casting.speaker
        for draw, reason in enumerate(casting.reasons):
            values = (speaker.name, str(draw), reason)
            self._rejected[speaker.number, draw] = dict(zip(_REJECTED_COLUMNS, values, strict=True))
        self._speakers[speaker.number] = _row(speaker)
        _write(self.folder / "rejected_identities.csv", _REJECTED_COLUMNS, _sorted(self._rejected))
        _write(self.folder / "speakers.csv", _SPEAKER_COLUMNS, _sorted(self._speakers))


def _row(speaker: Speaker) -> dict[str, str]:
    body, voice, style = speaker.body, speaker.voice, speaker.style
    values = (
        speaker.name, body.sex, f"{body.size:.2f}", f"{body.build:.2f}", f"{voice.f0_hz:.1f}",
        f"{voice.formant_scale:.3f}", str(voice.rate), voice.accent, f"{style.opening:.2f}", f"{style.clarity:.2f}",
        str(speaker.face_draw),
    )  # fmt: skip
    return dict(zip(_SPEAKER_COLUMNS, values, strict=True))


def _sorted(rows: dict) -> list[dict[str, str]]:
    return [rows[key] for key in sorted(rows)]


def _read(path: Path, columns: Sequence[str]) -> list[dict[str, str]]:
    if not path.exists():
        return []
    try:
        header, *lines = csv.reader(path.read_text(encoding="utf-8").splitlines())
        rows = [dict(zip(header, line, strict=True)) for line in lines]
    except (ValueError, csv.Error) as error:
        raise _damaged(path, columns) from error
    if tuple(header) != tuple(columns) or not all(_is_sound(row) for row in rows):
        raise _damaged(path, columns)
    return rows


def _is_sound(row: dict[str, str]) -> bool:
    return re.fullmatch(r"s\d+", row["speaker"], re.ASCII) is not None and row["face_draw"].isdecimal()


def _damaged(path: Path, columns: Sequence[str]) -> CorpusError:
    return CorpusError(
        f"{path} is not as it was generated",
        f"the columns {', '.join(columns)}, and speakers named s1, s2, …",
        "delete that file and run the same command again; clips are kept",
    )


def _write(path: Path, columns: Sequence[str], rows: Iterable[dict[str, str]]) -> None:
    with writing(path) as temporary, temporary.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
