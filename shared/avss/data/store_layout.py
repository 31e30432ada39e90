"""What a prepared store looks like on disk.

::

    store.json                  format, settings of the preparation, version that wrote it
    clips.parquet               one row per clip, the rejected ones included (columns: SCHEMA)
    rejects.csv                 id and reason of the rejected clips, for people
    speakers/s1/0/audio.npy …   a *volume*: clips of one speaker, concatenated (arrays: ARRAYS)
    speakers/s1/1/audio.npy …   clips of the same speaker that were added by a later run
    parts/                      clips that are prepared but not yet in a volume; empty after a finished run
    sheets/s1.png               a picture of what was found, to look at

Clips lie one behind the other: the clip with ``frame_offset`` o and ``frames`` T has the rows o … o+T of the arrays
with one row per frame, the samples 640·o … 640·(o+T) of the sound, and one picture at ``face_index``. A store of all of
GRID is thus a few hundred files that are read at the speed of the disk.

Only ``clips.parquet`` says what belongs to the store. It is replaced in one step, after the volumes it names are
complete, so a run that is killed leaves an old store or a new one, and at most some files that nobody names.
"""

import json
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from avss.errors import StoreError
from avss.files import writing
from avss.rates import SAMPLES_PER_FRAME
from avss.vision import face_crop, gaps, mouth, speaking, tracks

FORMAT = 1

# Larger pictures are scaled down to this side before faces are looked for; landmarks are pixels of that picture.
PICTURE_SIDE = 640

SETTINGS: dict[str, Any] = {
    "picture_side": PICTURE_SIDE,
    "detect_every": tracks.DETECT_EVERY,
    "short_gap": gaps.SHORT_GAP,
    "least_share": speaking.LEAST_SHARE,
    "mouth_crop": list(mouth.CROP),
    "mouth_window": list(mouth.WINDOW),
    "face_crop": list(face_crop.CROP),
}

HEADER, CLIPS, REJECTS = "store.json", "clips.parquet", "rejects.csv"
PARTS, SPEAKERS, SHEETS = "parts", "speakers", "sheets"


@dataclass(frozen=True)
class ArrayLayout:
    """How one array of a volume is made up: its dtype, the shape of a row, and rows per frame (``None``: per clip)."""

    dtype: type[np.generic]
    row: tuple[int, ...]
    per_frame: int | None

    def rows(self, frames: int) -> int:
        """Rows of a clip of ``frames`` frames."""
        return 1 if self.per_frame is None else self.per_frame * frames


ARRAYS = {
    "audio": ArrayLayout(np.int16, (), SAMPLES_PER_FRAME),
    "landmarks": ArrayLayout(np.float32, (68, 2), 1),
    "mouth": ArrayLayout(np.uint8, mouth.CROP, 1),
    "valid": ArrayLayout(np.bool_, (), 1),
    "face": ArrayLayout(np.uint8, (*face_crop.CROP, 3), None),
}

_SEGMENTS = pa.list_(pa.struct([("start", pa.float64()), ("end", pa.float64()), ("label", pa.string())]))

SCHEMA = pa.schema(
    [
        ("id", pa.string()),
        ("speaker", pa.string()),
        ("sex", pa.string()),
        ("split", pa.string()),
        ("text", pa.string()),
        ("words", _SEGMENTS),
        ("phones", _SEGMENTS),
        ("status", pa.string()),  # "ok" or "rejected"
        ("reason", pa.string()),
        ("frames", pa.int32()),
        ("valid_share", pa.float32()),  # of the frames
        ("face_score", pa.float32()),  # mean certainty of the face detector
        ("damaged_frames", pa.int32()),
        ("volume", pa.string()),
        ("frame_offset", pa.int64()),
        ("face_index", pa.int32()),
        ("source", pa.string()),  # size and time of the source files: when they change, the clip is prepared again
    ]
)


def write_header(root: Path) -> None:
    """Write ``store.json`` of a new store.

    Raises:
        OutputError: ``root`` cannot be written.
    """
    with writing(root / HEADER) as path:
        path.write_text(json.dumps({"format": FORMAT, "settings": SETTINGS, "avss": version("avss")}, indent=2) + "\n")


def read_header(root: Path) -> dict[str, Any]:
    """Read ``store.json``.

    Raises:
        StoreError: there is no store in ``root``, or its header is damaged or of another format.
    """
    path = root / HEADER
    if not path.is_file():
        raise StoreError(f"there is no prepared store in {root}", f"a folder with {HEADER}", "run prepare.py first")
    try:
        header = json.loads(path.read_text())
        found = header["format"]
    except (ValueError, TypeError, KeyError) as error:
        raise StoreError(f"{path} is damaged", "what prepare.py wrote", "prepare into a new folder") from error
    if found != FORMAT:
        what = f"the store {root} has format {found}"
        raise StoreError(what, f"format {FORMAT}", "prepare the corpus again into a new folder")
    return header
