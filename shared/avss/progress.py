"""How a long job shows how far it has come: it walks through its steps on a track, and whoever waits looks at that.

The terminal shows a bar, which is what everybody gets who asks for nothing else; a page shows its own.
"""

from collections.abc import Iterable
from typing import Protocol, TypeVar

from rich.progress import track

Step = TypeVar("Step")


class Track(Protocol):
    """Something that shows the steps of a job while they are walked through."""

    def __call__(self, steps: Iterable[Step], label: str, total: int, /) -> Iterable[Step]:
        """The ``steps``, one by one, of which there are ``total``, in a job that is called ``label``."""
        ...


BAR: Track = track
