"""Labelling all clips of a prepared store from one source, or from the first source that is possible."""

from collections.abc import Sequence
from functools import partial

from avss.batch import Failure, run_batch
from avss.data.label_sources import LabelSource
from avss.data.labels import StoreLabels
from avss.data.store import PreparedStore
from avss.errors import PartMissingError
from avss.speech.phone_labels import LabelError, PhoneLabels


def label_store(store: PreparedStore, source: LabelSource, *, jobs: int = 1, ray: str | None = None) -> StoreLabels:
    """Label every clip; those that cannot be labelled are listed with the reason.

    Args:
        store: the clips.
        source: where their phones come from.
        jobs: number of processes; -1 uses all cores.
        ray: address of a Ray cluster instead of this machine.

    Raises:
        PartMissingError: what the source needs is not there.
        LabelError: not one clip can be labelled.
    """
    source.check(store)
    work = partial(source.label, store)
    of_clip: dict[str, PhoneLabels] = {}
    rejects: dict[str, str] = {}
    for outcome in run_batch(work, list(store.clips.index), jobs=jobs, label="label phones", ray=ray):
        if isinstance(outcome, Failure):
            rejects[outcome.item] = outcome.reason
        else:
            of_clip[outcome.item] = outcome.result
    if not of_clip:
        why = next(iter(rejects.values()), "there are no clips")
        what = f"no clip of {store.root} can be labelled by '{source.name}'; the first reason: {why}"
        raise LabelError(what, "at least one clip", "use another source of labels")
    return StoreLabels(source.name, of_clip, rejects)


def first_possible(store: PreparedStore, sources: Sequence[LabelSource]) -> tuple[LabelSource, list[str]]:
    """The first source that can label any clip of ``store``, and why those before it cannot.

    Raises:
        PartMissingError: none is possible; every reason is told.
    """
    reasons: list[str] = []
    for source in sources:
        try:
            source.check(store)
        except PartMissingError as error:
            reasons.append(f"not {source.name}: {error}")
        else:
            return source, reasons
    what = f"no source can label {store.root}: {' '.join(reasons)}"
    raise PartMissingError(what, "one of them", "provide what one of them lacks")
