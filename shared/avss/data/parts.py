"""Parts: finished clips that wait to be gathered into a volume, one file each.

A worker needs to know nothing of the others to write one, so workers may run on any core or node, and a kill costs
no more than the clip at hand.
"""

import hashlib
import json
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from avss.data.store import PreparedClip
from avss.data.store_layout import ARRAYS, PARTS
from avss.errors import StoreError
from avss.files import writing

# Columns of the table, by name.
Row = dict[str, Any]


def write_part(root: Path, row: Row, clip: PreparedClip) -> None:
    """Write one finished clip of the store in ``root``.

    Args:
        root: folder of the store.
        row: ``id`` and the columns that were measured.
        clip: its arrays.

    Raises:
        OutputError: the store cannot be written.
    """
    with writing(part_path(root, row["id"])) as path, path.open("wb") as file:
        arrays = {name: getattr(clip, name) for name in ARRAYS}
        np.savez(file, allow_pickle=False, row=np.array(json.dumps(row)), **arrays)


def part_path(root: Path, clip_id: str) -> Path:
    """Where the part of a clip lies; ids may hold any character and be of any length, file names may not."""
    return root / PARTS / f"{hashlib.sha256(clip_id.encode()).hexdigest()[:24]}.npz"


def read_rows(root: Path) -> dict[str, Row]:
    """The rows of all parts, by clip id.

    Raises:
        StoreError: a part is damaged.
    """
    rows = (json.loads(str(read_part(path, "row"))) for path in sorted((root / PARTS).glob("[!.]*.npz")))
    return {row["id"]: row for row in rows}


def read_part(path: Path, name: str) -> np.ndarray:
    """One array of a part, or its ``row``.

    Raises:
        StoreError: the part is damaged.
    """
    try:
        with np.load(path) as arrays:
            return arrays[name]
    except (OSError, ValueError, KeyError, BadZipFile) as error:
        raise StoreError(
            f"{path} is damaged", "a finished clip", "delete this file and run the same command"
        ) from error
