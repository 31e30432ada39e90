"""Reading a prepared store: everything later stages need to know of a corpus, at the speed of the disk.

>>> store = PreparedStore(Path("data/generated/prepared"))      # doctest: +SKIP
>>> store.clips.groupby("split").frames.sum()                   # doctest: +SKIP
>>> clip = store["s1/bbaf2n"]                                   # doctest: +SKIP
>>> clip.audio.shape, clip.landmarks.shape                      # doctest: +SKIP
((48000,), (75, 68, 2))

Arrays are views of memory-mapped files: nothing is read before it is used, and the operating system keeps what is
used often. The layout is told in :mod:`avss.data.store_layout`.
"""

from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from avss.corpora.clip import Segment
from avss.data.store_layout import ARRAYS, CLIPS, read_header
from avss.errors import StoreError
from avss.rates import samples_in

_AGAIN = "prepare the corpus again into a new folder"


@dataclass(frozen=True)
class PreparedClip:
    """One clip of T frames; the arrays are read-only views.

    Attributes:
        audio: int16 [640·T].
        landmarks: float32 [T,68,2], pixels.
        mouth: uint8 [T,32,48].
        valid: bool [T], the face was seen; elsewhere landmarks and mouth are interpolated or zero.
        face: uint8 [64,64,3], a neutral picture of the face.
    """

    audio: np.ndarray
    landmarks: np.ndarray
    mouth: np.ndarray
    valid: np.ndarray
    face: np.ndarray


class PreparedStore:
    """The clips of a prepared corpus.

    Args:
        root: folder of the store.

    Raises:
        StoreError: the store is missing, of another format, or damaged.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.header = read_header(root)
        try:
            self._table = pq.read_table(root / CLIPS)
        except (OSError, pa.ArrowException) as error:
            raise StoreError(f"{root / CLIPS} is missing or damaged", "what prepare.py wrote", _AGAIN) from error
        self._volumes: dict[str, dict[str, np.ndarray]] = {}

    def __reduce__(self) -> tuple[type["PreparedStore"], tuple[Path]]:
        # A worker process opens the files itself instead of receiving their content.
        return PreparedStore, (self.root,)

    @cached_property
    def clips(self) -> pd.DataFrame:
        """Usable clips, a row each, with the columns of :data:`~avss.data.store_layout.SCHEMA`, indexed by id."""
        table = self._table.filter(pc.field("status") == "ok")
        return table.drop_columns(["status", "reason"]).to_pandas().set_index("id")

    @property
    def speakers(self) -> dict[str, list[str]]:
        """The speakers of each part of the split ("train", "valid", "test") that has usable clips."""
        return {str(part): sorted(set(names)) for part, names in self.clips.groupby("split").speaker}

    @cached_property
    def checksum(self) -> str:
        """Of what the usable clips were prepared from, and how, and of who is in which part of the split."""
        prepared = self.clips[["speaker", "split", "frames", "source"]].sort_index().to_csv()
        return sha256(f"{self.header['settings']} {prepared}".encode()).hexdigest()

    @cached_property
    def rejects(self) -> pd.DataFrame:
        """Rejected clips, a row each with ``speaker`` and ``reason``, indexed by id."""
        table = self._table.filter(pc.field("status") == "rejected")
        return table.select(["id", "speaker", "reason"]).to_pandas().set_index("id")

    def rows(self) -> list[dict[str, Any]]:
        """All rows of the table, the rejected clips included, as they are stored."""
        return self._table.to_pylist()

    def __len__(self) -> int:
        return len(self._places)

    def __contains__(self, clip_id: str) -> bool:
        return clip_id in self._places

    def __getitem__(self, clip_id: str) -> PreparedClip:
        """The arrays of a clip.

        Raises:
            KeyError: no such clip, or it was rejected.
            StoreError: its volume is missing or damaged.
        """
        volume, offset, frames, face = self._places[clip_id]
        arrays = self._volumes.get(volume) or self._open(volume)
        rows = slice(offset, offset + frames)
        return PreparedClip(
            arrays["audio"][samples_in(offset) : samples_in(offset + frames)],
            arrays["landmarks"][rows],
            arrays["mouth"][rows],
            arrays["valid"][rows],
            arrays["face"][face],
        )

    def words(self, clip_id: str) -> tuple[Segment, ...] | None:
        """Words of a clip with their times, or ``None`` when unknown."""
        return self._segments(clip_id, "words")

    def phones(self, clip_id: str) -> tuple[Segment, ...] | None:
        """Phones of a clip with their times, or ``None`` when unknown."""
        return self._segments(clip_id, "phones")

    def _segments(self, clip_id: str, column: str) -> tuple[Segment, ...] | None:
        segments = self.clips.at[clip_id, column]
        return None if segments is None else tuple(Segment(**segment) for segment in segments)

    @cached_property
    def _places(self) -> dict[str, tuple[str, int, int, int]]:
        columns = [self.clips[name].tolist() for name in ("volume", "frame_offset", "frames", "face_index")]
        return dict(zip(self.clips.index, zip(*columns, strict=True), strict=True))

    def _open(self, volume: str) -> dict[str, np.ndarray]:
        folder = self.root / volume
        arrays = {}
        for name, layout in ARRAYS.items():
            path = folder / f"{name}.npy"
            try:
                array = np.asarray(np.load(path, mmap_mode="r"))
            except (OSError, ValueError, EOFError) as error:
                raise StoreError(f"{path} is missing or damaged", "a whole array", _AGAIN) from error
            if array.dtype != layout.dtype or array.shape[1:] != layout.row:
                raise StoreError(f"{path} holds {array.dtype} {array.shape}", f"{layout.dtype} {layout.row}", _AGAIN)
            arrays[name] = array
        of_volume = self.clips[self.clips.volume == volume]
        for name, layout in ARRAYS.items():
            last = of_volume.face_index if layout.per_frame is None else of_volume.frame_offset + of_volume.frames - 1
            if (int(last.max()) + 1) * (layout.per_frame or 1) > len(arrays[name]):
                raise StoreError(f"{folder / name}.npy is too short", f"the clips listed in {CLIPS}", _AGAIN)
        self._volumes[volume] = arrays
        return arrays
