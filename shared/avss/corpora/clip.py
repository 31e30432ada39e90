"""What every corpus yields: one clip of one person saying one thing."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

Sex = Literal["m", "f"]


@dataclass(frozen=True)
class Segment:
    """A labelled stretch of time, such as a word or a phone; ``start`` and ``end`` in seconds."""

    start: float
    end: float
    label: str


@dataclass(frozen=True)
class Clip:
    """One recording of one speaker.

    Attributes:
        id: unique in its corpus, ``"<speaker>/<stem>"``.
        speaker: the name of the speaker's folder, such as ``"s1"``.
        video: the file that holds the picture, and the sound unless ``audio`` is set.
        audio: a separate sound file, or ``None`` when the sound is in ``video``.
        text: what is said, or ``None`` when unknown.
        words: the words spoken with their times, or ``None`` when unknown.
        phones: the phones spoken with their times, or ``None`` when unknown.
        sex: ``"m"``, ``"f"`` or ``None`` when unknown.
    """

    id: str
    speaker: str
    video: Path
    audio: Path | None = None
    text: str | None = None
    words: tuple[Segment, ...] | None = None
    phones: tuple[Segment, ...] | None = None
    sex: Sex | None = None


@dataclass(frozen=True)
class BadClip:
    """A clip that a corpus names but that cannot be used, and why."""

    id: str
    reason: str


class Corpus(Protocol):
    """A place clips come from."""

    def clips(self) -> Iterator[Clip]:
        """Usable clips, speaker by speaker, in a fixed order."""
        ...

    def bad_clips(self) -> list[BadClip]:
        """Clips that are left out, with reasons; complete once :meth:`clips` is exhausted."""
        ...
