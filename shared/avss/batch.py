"""Doing one piece of work for many items: in parallel, with a progress bar, and never stopped by one bad item.

Work that fails with an error of its own, or that kills its process, yields a :class:`Failure`. Two errors end the
batch, because every item after it would fail in the same way: :class:`OutputError` (disk full, read-only) and
:class:`PartMissingError` (a model or library that is not installed).

The same call runs on the cores of one machine or on a Ray cluster. Of joblib its processes are used and not its
``Parallel``, which cannot go on after a worker has died, and which on Ray gives results only when all are done.
"""

import logging
import socket
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from typing import Any, Generic, TypeVar

import joblib
from joblib.externals.loky import get_reusable_executor
from joblib.externals.loky.process_executor import TerminatedWorkerError

from avss.errors import AvssError, OutputError, PartMissingError, SettingsError
from avss.progress import BAR, Track

Item = TypeVar("Item")
Result = TypeVar("Result")

# Each worker keeps to one core; libraries that start a thread per core would be in each other's way.
_ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


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
    work: Callable[[Item], Result],
    items: Sequence[Item],
    *,
    jobs: int,
    label: str,
    ray: str | None = None,
    track: Track = BAR,
) -> Iterator[Done[Item, Result] | Failure[Item]]:
    """Yield the outcome of ``work(item)`` for every item as it is finished, in any order.

    With one job on this machine the work is done in this process, which an item that crashes takes along.

    Args:
        work: a picklable function of one item.
        items: what to work on.
        jobs: number of processes; -1 uses all cores.
        label: what the work is called where its progress is shown.
        ray: address of a Ray cluster, such as ``"auto"``; ``None`` works on this machine. The nodes must have
            this package and see the same files.
        track: shows how many items are finished.

    Raises:
        OutputError: an output cannot be written.
        PartMissingError: a part of the installation is missing, or no cluster answers at ``ray``.
        SettingsError: ``jobs`` is 0.
    """
    check_jobs(jobs)
    if not items:
        return
    outcomes = _on_cores(work, items, jobs) if ray is None else _on_cluster(work, items, jobs, ray)
    with closing(outcomes):
        for outcome in track(outcomes, label, len(items)):
            if isinstance(outcome, AvssError):
                raise outcome
            yield outcome


def check_jobs(jobs: int) -> None:
    """Refuse a number of processes that does no work, before anything is begun.

    Raises:
        SettingsError: it is 0.
    """
    if jobs == 0:
        raise SettingsError("work for 0 processes", "a number from 1 on, or -1 for all cores", "ask for one or more")


def processes(jobs: int) -> Executor:
    """Processes of one core each; they wait some seconds for more work, which then finds libraries and models loaded.

    There is one such pool, and whoever wants ``Parallel`` beside it would take it for joblib's own.
    """
    return get_reusable_executor(jobs, env=_ONE_THREAD)


def _attempt(work: Callable[[Item], Result], item: Item) -> Done[Item, Result] | Failure[Item] | AvssError:
    try:
        return Done(item, work(item))
    except (OutputError, PartMissingError) as error:
        return error
    except AvssError as error:
        return Failure(item, str(error))
    except Exception as error:  # a bug in the work on one item must not cost the others
        return Failure(item, f"unexpected {type(error).__name__}: {error}")


def _on_cores(work: Callable[[Item], Result], items: Sequence[Item], jobs: int) -> Generator[Any]:
    """Run on this machine. When a worker dies, the items under way are tried again, one at a time."""
    jobs = joblib.effective_n_jobs(jobs)
    if jobs == 1:
        yield from (_attempt(work, item) for item in items)
        return
    waiting = deque(items)
    while waiting:
        running: dict[Future, Item] = {}
        try:
            yield from _until_a_worker_dies(work, waiting, running, jobs, at_once=2 * jobs)
        except TerminatedWorkerError:
            yield from _one_by_one(work, deque(running.values()))


def _one_by_one(work: Callable[[Item], Result], suspects: deque[Item]) -> Generator[Any]:
    while suspects:
        running: dict[Future, Item] = {}
        try:
            yield from _until_a_worker_dies(work, suspects, running, 1, at_once=1)
        except TerminatedWorkerError:
            (culprit,) = running.values()
            yield Failure(culprit, "the process that worked on it died (crash of a library, or out of memory)")


def _until_a_worker_dies(
    work: Callable[[Item], Result], waiting: deque[Item], running: dict[Future, Item], jobs: int, at_once: int
) -> Generator[Any]:
    """Move items from ``waiting`` to ``running`` and out of it; at a worker's death, ``running`` is left as it is."""
    pool = processes(jobs)
    try:
        while waiting or running:
            while waiting and len(running) < at_once:
                running[pool.submit(_attempt, work, waiting[0])] = waiting[0]
                waiting.popleft()
            finished, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in finished:
                outcome = future.result()
                del running[future]
                yield outcome
    finally:
        # What cannot be cancelled any more is waited for: nobody may write into a folder that its owner removes next.
        wait([future for future in running if not future.cancel()])


def _on_cluster(work: Callable[[Item], Result], items: Sequence[Item], jobs: int, address: str) -> Generator[Any]:
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
        _check_answer(address)
        ray.init(address=address, log_to_driver=False, logging_level=logging.ERROR)
    except (OSError, ValueError) as error:
        what = f"no Ray cluster answers at '{address}'"
        do = "start one with 'ray start --head', or leave --ray out"
        raise PartMissingError(what, "the address of a running cluster, or auto", do) from error
    return ray, True


def _check_answer(address: str) -> None:
    """Knock at ``HOST:PORT``: Ray itself would wait for minutes, and then end the process."""
    host, _, port = address.rpartition(":")
    if port.isdecimal():
        socket.create_connection((host.rpartition("/")[2], int(port)), timeout=5).close()
