"""Phone labels of a prepared store, kept in ``labels/<source>.parquet`` in its folder: a row per clip.

=============  =====================================================================================
``id``         the clip
``phones``     int8 [T], indices into :data:`~avss.speech.phones.PHONES`; null where there are none
``confidence`` float32 [T]
``unknown``    sounds of the clip that are no phone of the inventory
``reason``     why the clip has no labels, else null
=============  =====================================================================================

A file belongs to the clips it was made for. One that was made for other clips, for clips of other lengths or with
another inventory of phones is refused, since every label in it would stand under the wrong picture.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from avss.data.store import PreparedStore
from avss.errors import StoreError
from avss.files import writing
from avss.speech.phone_labels import PhoneLabels
from avss.speech.phones import PHONES

LABELS = "labels"

_SCHEMA = pa.schema(
    [
        ("id", pa.string()),
        ("phones", pa.list_(pa.int8())),
        ("confidence", pa.list_(pa.float32())),
        ("unknown", pa.list_(pa.string())),
        ("reason", pa.string()),
    ],
    metadata={"inventory": " ".join(PHONES)},
)
_AGAIN = "run label_phones.py for this store again"


@dataclass(frozen=True)
class StoreLabels:
    """Phone labels of the clips of a store.

    Attributes:
        source: where they come from, such as ``"exact"``.
        of_clip: labels by clip id.
        rejects: why the other clips have none, by clip id.
    """

    source: str
    of_clip: Mapping[str, PhoneLabels]
    rejects: Mapping[str, str]


def labels_path(store: PreparedStore, source: str) -> Path:
    """Where the labels of a source lie."""
    return store.root / LABELS / f"{source}.parquet"


def write_labels(store: PreparedStore, labels: StoreLabels) -> Path:
    """Write labels into the store's folder, in place of those the same source made before.

    Raises:
        StoreError: the labels are not those of the store's clips.
        OutputError: the file cannot be written.
    """
    path = labels_path(store, labels.source)
    _check_clips(store, labels, path)
    rows = [_row(str(clip_id), labels) for clip_id in store.clips.index]
    with writing(path) as temporary:
        pq.write_table(pa.Table.from_pylist(rows, _SCHEMA), temporary)
    return path


def read_labels(store: PreparedStore, source: str) -> StoreLabels:
    """Read the labels that ``label_phones.py`` made for a store.

    Raises:
        StoreError: there are none of this source, they are damaged, or they belong to other clips.
    """
    path = labels_path(store, source)
    if not path.is_file():
        do = f"run label_phones.py --store {store.root} --labels {source}"
        raise StoreError(f"{store.root} has no phone labels '{source}'", f"the file {path}", do)
    try:
        table = pq.read_table(path)
        inventory = (table.schema.metadata or {})[b"inventory"].decode()
        columns = [table[name].to_pylist() for name in ("id", "reason", "unknown")]
        columns += [_arrays(table[name], dtype) for name, dtype in (("phones", np.int8), ("confidence", np.float32))]
    except (OSError, KeyError, TypeError, ValueError, pa.ArrowException) as error:
        raise StoreError(f"{path} is damaged", "what label_phones.py wrote", _AGAIN) from error
    if inventory != " ".join(PHONES):
        raise StoreError(f"{path} was written with other phones", f"the inventory {' '.join(PHONES)}", _AGAIN)

    rows = list(zip(*columns, strict=True))
    of_clip = {
        clip_id: PhoneLabels(phones, confidence, tuple(unknown))
        for clip_id, reason, unknown, phones, confidence in rows
        if reason is None
    }
    labels = StoreLabels(source, of_clip, {row[0]: row[1] for row in rows if row[0] not in of_clip})
    _check_clips(store, labels, path)
    return labels


def _row(clip_id: str, labels: StoreLabels) -> dict[str, Any]:
    if clip_id in labels.rejects:
        return {"id": clip_id, "reason": labels.rejects[clip_id]}
    found = labels.of_clip[clip_id]
    return {"id": clip_id, "phones": found.phones, "confidence": found.confidence, "unknown": found.unknown}


def _arrays(column: pa.ChunkedArray, dtype: type[np.generic]) -> list[np.ndarray]:
    """A column of lists as arrays; null gives an empty one."""
    lists = column.combine_chunks()
    values = lists.flatten().to_numpy(zero_copy_only=False).astype(dtype)
    return np.split(values, np.cumsum(lists.value_lengths().fill_null(0).to_numpy())[:-1])


def _check_clips(store: PreparedStore, labels: StoreLabels, path: Path) -> None:
    named = {*labels.of_clip, *labels.rejects}
    other = sorted(named ^ set(store.clips.index))
    if other:
        where = "is not in" if other[0] in named else "is new in"
        raise StoreError(f"{path} is of other clips: {other[0]} {where} {store.root}", "labels of this store", _AGAIN)
    for clip_id, T in store.clips.frames.items():
        found = labels.of_clip.get(str(clip_id))
        if found is None:
            continue
        if not len(found.phones) == len(found.confidence) == T:
            what = f"{path} has {len(found.phones)} labels for {clip_id}"
            raise StoreError(what, f"one for each of its {T} frames", _AGAIN)
        known = (found.phones >= 0) & (found.phones < len(PHONES)) & (found.confidence >= 0) & (found.confidence <= 1)
        if not known.all():
            raise StoreError(f"{path} has impossible values for {clip_id}", "phones and confidences", _AGAIN)
