"""Doing one piece of work for many items: in parallel, with a progress bar, and never stopped by one bad item.

Work that fails with an error of its own yields a :class:`Failure` row; only an :class:`OutputError` (disk
full, read-only) ends the batch, because every item after it would fail in the same way.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import joblib
from rich.progress import track

from avss.errors import AvssError, OutputError

Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(frozen=True)
class Done(Generic[Item, Result]):
    """An item and what the work made of it."""

    item: Item
    result: Result


@dataclass(frozen=True)
class Failure(Generic[Item]):
    """An item the work could not handle, and the reason in one sentence."""

    item: Item
    reason: str


def run_batch(
    work: Callable[[Item], Result], items: Sequence[Item], *, jobs: int, label: str
) -> Iterator[Done[Item, Result] | Failure[Item]]:
    """Yield the outcome of ``work(item)`` for every item as it is finished, in any order.

    Args:
        work: a picklable function of one item.
        items: what to work on.
        jobs: number of processes; -1 uses all cores.
        label: what the progress bar calls the work.

    Raises:
        OutputError: an output cannot be written.
    """
    parallel = joblib.Parallel(n_jobs=jobs, return_as="generator_unordered", batch_size=1)
    outcomes = parallel(joblib.delayed(_attempt)(work, item) for item in items)
    yield from track(outcomes, label, total=len(items))


def _attempt(work: Callable[[Item], Result], item: Item) -> Done[Item, Result] | Failure[Item]:
    try:
        return Done(item, work(item))
    except OutputError:
        raise
    except AvssError as error:
        return Failure(item, str(error))
    except Exception as error:  # a bug in the work on one item must not cost the others
        return Failure(item, f"unexpected {type(error).__name__}: {error}")
