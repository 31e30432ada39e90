"""Writing a prepared store so that a kill at any moment costs at most the clip at hand.

Finished clips are written as parts. At the end of a run the parts of a speaker are concatenated into a new volume,
``clips.parquet`` is replaced, and only then the parts go. A run that was killed in between finds either the parts or
the table that names the volume; what the table does not name is deleted.
"""

import csv
import shutil
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from avss.data.parts import Row, part_path, read_part, read_rows
from avss.data.store import PreparedStore
from avss.data.store_layout import (
    ARRAYS,
    CLIPS,
    HEADER,
    PARTS,
    REJECTS,
    SCHEMA,
    SETTINGS,
    SPEAKERS,
    ArrayLayout,
    read_header,
    write_header,
)
from avss.errors import OutputError, StoreError
from avss.files import explained, sweep_unfinished, writing


class StoreWriter:
    """The store in ``root``, new or to be continued.

    Raises:
        StoreError: the store was made with other settings or in another format, or is damaged.
        OutputError: ``root`` cannot be written, or is a folder of something else.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        if (root / HEADER).exists():
            check_settings(root)
        else:
            _check_empty(root)
            write_header(root)
        self._rows: dict[str, Row] = {}
        if (root / CLIPS).exists():
            self._rows = {row["id"]: row for row in PreparedStore(root).rows()}
        self._sweep()
        self._parts = read_rows(root)

    def has(self, clip_id: str, source: str) -> bool:
        """Whether a clip is already prepared from the same ``source``; rejected ones are not, and are tried again."""
        row = self._parts.get(clip_id) or self._rows.get(clip_id)
        return row is not None and row.get("source") == source

    def finish(self, described: Mapping[str, Row], rejected: Mapping[str, str]) -> None:
        """Gather all parts into volumes and bring the table up to date.

        Args:
            described: for every clip of the corpus, by id, what the corpus knows of it (columns ``id`` to
                ``phones``). Clips that only the store knows stay as they are.
            rejected: reasons, by id, of the clips that could not be prepared.

        Raises:
            OutputError: the store cannot be written; what was prepared is kept.
        """
        with explained(self.root):
            for clip_id, reason in rejected.items():
                part_path(self.root, clip_id).unlink(missing_ok=True)
                self._rows[clip_id] = {"id": clip_id, "status": "rejected", "reason": reason}
            self._rows |= {
                clip_id: self._rows[clip_id] | described[clip_id] for clip_id in self._rows.keys() & described.keys()
            }
            self._parts = read_rows(self.root)
            waiting = defaultdict(list)
            for clip_id in self._parts:
                if clip_id in described:
                    waiting[described[clip_id]["speaker"]].append(clip_id)
            for speaker, ids in waiting.items():
                volume = self._write_volume(speaker, ids)
                self._rows |= {row["id"]: row | described[row["id"]] for row in self._placed(ids, volume)}
                self._write_table()
                for clip_id in ids:
                    part_path(self.root, clip_id).unlink()
            self._write_table()

    def _write_volume(self, speaker: str, ids: list[str]) -> str:
        home = self.root / SPEAKERS / speaker
        taken = [int(volume.name) for volume in home.glob("*") if volume.name.isdecimal()]
        volume = home / str(max(taken, default=-1) + 1)
        with writing(volume) as unfinished:
            unfinished.mkdir()
            for name, layout in ARRAYS.items():
                self._write_array(unfinished / f"{name}.npy", name, layout, ids)
        return volume.relative_to(self.root).as_posix()

    def _write_array(self, path: Path, name: str, layout: ArrayLayout, ids: list[str]) -> None:
        # Written piece by piece, not through a memory map: a full disk is then an error and not a crash.
        rows = sum(layout.rows(self._parts[clip_id]["frames"]) for clip_id in ids)
        description = np.lib.format.dtype_to_descr(np.dtype(layout.dtype))
        with path.open("wb") as file:
            header = {"descr": description, "fortran_order": False, "shape": (rows, *layout.row)}
            np.lib.format.write_array_header_1_0(file, header)
            for clip_id in ids:
                file.write(np.ascontiguousarray(read_part(part_path(self.root, clip_id), name)).data)

    def _placed(self, ids: Iterable[str], volume: str) -> Iterable[Row]:
        offset = 0
        for index, clip_id in enumerate(ids):
            part = self._parts[clip_id]
            yield part | {"status": "ok", "volume": volume, "frame_offset": offset, "face_index": index}
            offset += part["frames"]

    def _write_table(self) -> None:
        rows = [self._rows[clip_id] for clip_id in sorted(self._rows)]
        with writing(self.root / CLIPS) as path:
            pq.write_table(pa.Table.from_pylist(rows, SCHEMA), path)
        with writing(self.root / REJECTS) as path, path.open("w", encoding="utf-8", newline="") as file:
            table = csv.DictWriter(file, ("id", "reason"), extrasaction="ignore")
            table.writeheader()
            table.writerows(row for row in rows if row["status"] == "rejected")

    def _sweep(self) -> None:
        """Delete what a killed run left behind: beginnings, parts the table already has, volumes it does not name."""
        sweep_unfinished(self.root / PARTS)
        for clip_id, part in read_rows(self.root).items():
            if self._rows.get(clip_id, {}).get("source") == part["source"]:
                part_path(self.root, clip_id).unlink()
        named = {row["volume"] for row in self._rows.values()}
        with explained(self.root):
            for volume in (self.root / SPEAKERS).glob("*/*"):
                if volume.relative_to(self.root).as_posix() not in named:
                    shutil.rmtree(volume)


def check_settings(root: Path) -> None:
    """Check that the store in ``root`` was made as stores are made today.

    Raises:
        StoreError: it was not, or there is none.
    """
    found = read_header(root).get("settings", {})
    changed = [f"{name} {found.get(name)}" for name, value in SETTINGS.items() if found.get(name) != value]
    if changed:
        wanted = ", ".join(f"{name} {value}" for name, value in SETTINGS.items() if found.get(name) != value)
        what = f"the store {root} was made with other settings ({', '.join(changed)})"
        raise StoreError(what, wanted, "delete it, or prepare into a new folder")


def _check_empty(root: Path) -> None:
    with explained(root):
        if root.exists() and any(root.iterdir()):
            what = f"{root} holds files but is no prepared store"
            raise OutputError(what, "a new or empty folder, or a store to continue", "choose another output folder")
