"""Doing one piece of work for many items: in parallel, with a progress bar, and never stopped by one bad item.

Work that fails with an error of its own, or that kills its process, yields a :class:`Failure`. Two errors end the
batch, because every item after it would fail in the same way: :class:`OutputError` (disk full, read-only) and
:class:`PartMissingError` (a model or library that is not installed).

The same call runs on the cores of one machine (joblib) or on a Ray cluster. Joblib's own Ray backend is not used:
it gives results back only when all items are done.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from itertools import islice
from typing import Any, Generic, TypeVar

import joblib
from rich.progress import track

from avss.errors import AvssError, OutputError, PartMissingError

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
    work: Callable[[Item], Result], items: Sequence[Item], *, jobs: int, label: str, ray: str | None = None
) -> Iterator[Done[Item, Result] | Failure[Item]]:
    """Yield the outcome of ``work(item)`` for every item as it is finished, in any order.

    With one job on this machine the work is done in this process, which an item that crashes takes along.

    Args:
        work: a picklable function of one item.
        items: what to work on.
        jobs: number of processes; -1 uses all cores.
        label: what the progress bar calls the work.
        ray: address of a Ray cluster, such as ``"auto"``; ``None`` works on this machine. The nodes must have
            this package and see the same files.

    Raises:
        OutputError: an output cannot be written.
        PartMissingError: a part of the installation is missing, or no cluster answers at ``ray``.
    """
    outcomes = _on_cores(work, items, jobs) if ray is None else _on_cluster(work, items, jobs, ray)
    for outcome in track(outcomes, label, total=len(items)):
        if isinstance(outcome, AvssError):
            raise outcome
        yield outcome


def _attempt(work: Callable[[Item], Result], item: Item) -> Done[Item, Result] | Failure[Item] | AvssError:
    try:
        return Done(item, work(item))
    except (OutputError, PartMissingError) as error:
        return error
    except AvssError as error:
        return Failure(item, str(error))
    except Exception as error:  # a bug in the work on one item must not cost the others
        return Failure(item, f"unexpected {type(error).__name__}: {error}")


def _on_cores(work: Callable[[Item], Result], items: Sequence[Item], jobs: int) -> Iterator[Any]:
    """Run on this machine. When a worker dies, the items under way are tried again, each on its own."""
    waiting = dict(enumerate(items))
    while waiting:
        started: set[int] = set()
        parallel = joblib.Parallel(n_jobs=jobs, return_as="generator_unordered", batch_size=1)
        try:
            for number, outcome in parallel(_calls(work, dict(waiting), started)):
                del waiting[number]
                yield outcome
        except BrokenProcessPool:
            for number in sorted(started & waiting.keys()):
                yield _alone(work, waiting.pop(number))


def _calls(work: Callable[[Item], Result], items: dict[int, Item], started: set[int]) -> Iterator[Any]:
    for number, item in items.items():
        started.add(number)
        yield joblib.delayed(_numbered)(number, work, item)


def _numbered(number: int, work: Callable[[Item], Result], item: Item) -> tuple[int, Any]:
    return number, _attempt(work, item)


def _alone(work: Callable[[Item], Result], item: Item) -> Any:
    # A single task on two processes runs in a process of its own; on one it would run in this process.
    try:
        return joblib.Parallel(n_jobs=2)([joblib.delayed(_attempt)(work, item)])[0]
    except BrokenProcessPool:
        return Failure(item, "the process that worked on it died (crash of a library, or out of memory)")


def _on_cluster(work: Callable[[Item], Result], items: Sequence[Item], jobs: int, address: str) -> Iterator[Any]:
    """Run on Ray with a bounded number of tasks under way, so that a long list does not swamp the scheduler."""
    ray, ours = _connect(address)
    try:
        # A task whose process or node dies is tried once more.
        task = ray.remote(max_retries=1)(_attempt)
        at_once = jobs if jobs > 0 else 2 * max(1, int(ray.cluster_resources().get("CPU", 1)))
        work_reference = ray.put(work)
        waiting = iter(items)
        running = {task.remote(work_reference, item): item for item in islice(waiting, at_once)}
        while running:
            (finished,), _ = ray.wait(list(running), num_returns=1)
            item = running.pop(finished)
            try:
                yield ray.get(finished)
            except ray.exceptions.RayError as error:
                yield Failure(item, f"its worker on the cluster died ({type(error).__name__})")
            running |= {task.remote(work_reference, item): item for item in islice(waiting, 1)}
    finally:
        if ours:
            ray.shutdown()


def _connect(address: str) -> tuple[Any, bool]:
    """The module ``ray``, connected to the cluster, and whether this call made the connection."""
    try:
        import ray
    except ImportError as error:
        raise PartMissingError("Ray is not installed", "the extra 'cluster'", "pip install 'avss[cluster]'") from error
    if ray.is_initialized():
        return ray, False
    try:
        ray.init(address=address, log_to_driver=False, logging_level=logging.ERROR)
    except (ConnectionError, ValueError) as error:
        what = f"no Ray cluster answers at '{address}'"
        raise PartMissingError(
            what, "a running cluster", "start one with 'ray start --head', or leave --ray out"
        ) from error
    return ray, True
