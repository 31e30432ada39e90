"""Tracklets: faces as far as they could be followed within one segment of a video, and the file they lie in.

What tells people apart and where they are is small and is held in memory for the whole video. Landmarks and mouths,
which are a thousand times as much, stay on disk until a window of frames is asked for.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from avss.data.parts import read_part
from avss.files import writing
from avss.vision.landmarks import box_around
from avss.vision.neutral_shape import neutral_shape
from avss.vision.tracks import FaceTrack


@dataclass(frozen=True, eq=False)
class Tracklet:
    """One face over n consecutive frames of a video; in the first and the last of them it is seen.

    Attributes:
        file: where its landmarks and mouths lie.
        number: its number in that file.
        start: the first frame.
        valid: bool [n], it was seen in this frame.
        boxes: float32 [n,4], left, top, right and bottom in pixels; NaN where nothing is known, not even by bridging
            a short gap.
        looks: float32 [2,480], what it looks like in the first and the last frame.
        picture: uint8 [64,64,3], its most neutral picture.
        neutrality: how neutral that is (larger is better).
        shape: float32 [68,2], the face at rest.
        descriptor: float32 [128], who it is.
        score: mean certainty of the detector.
    """

    file: Path
    number: int
    start: int
    valid: np.ndarray
    boxes: np.ndarray
    looks: np.ndarray
    picture: np.ndarray
    neutrality: float
    shape: np.ndarray
    descriptor: np.ndarray
    score: float

    @property
    def stop(self) -> int:
        """The frame after the last one."""
        return self.start + len(self.valid)

    def read(self, name: str) -> np.ndarray:
        """``"landmarks"``, float32 [n,68,2] in pixels, or ``"mouth"``, uint8 [n,32,48]; zeros where nothing is known.

        Raises:
            StoreError: the file is missing or damaged.
        """
        return read_part(self.file, f"{name}-{self.number}")


def write_tracklets(
    path: Path, start: int, tracks: Sequence[FaceTrack], descriptors: Sequence[np.ndarray], source: str
) -> None:
    """Write what was followed in a segment.

    Args:
        path: the file, an npz.
        start: number of the segment's first frame.
        tracks: the faces, each seen at least once.
        descriptors: float32 [128] of each.
        source: state of the video at that time, for :func:`is_of`.

    Raises:
        OutputError: ``path`` cannot be written.
    """
    arrays: dict[str, np.ndarray] = {"source": np.array(source), "count": np.array(len(tracks))}
    for number, (track, descriptor) in enumerate(zip(tracks, descriptors, strict=True)):
        seen = np.flatnonzero(track.valid)
        part = slice(seen[0], seen[-1] + 1)
        members = {
            "start": np.array(start + part.start),
            "valid": track.valid[part],
            "boxes": _boxes(track.landmarks[part]),
            "looks": track.looks,
            "picture": track.face,
            "neutrality": np.array(track.neutrality),
            "shape": neutral_shape(track.landmarks[part], track.valid[part]),
            "descriptor": descriptor,
            "score": np.array(track.score),
            "landmarks": track.landmarks[part],
            "mouth": track.mouth[part],
        }
        arrays |= {f"{name}-{number}": values for name, values in members.items()}
    with writing(path) as unfinished, unfinished.open("wb") as file:
        np.savez(file, allow_pickle=False, **arrays)


def is_of(path: Path, source: str) -> bool:
    """Whether ``path`` is finished, and of a video in the state ``source``.

    Raises:
        StoreError: it is damaged.
    """
    return path.exists() and str(read_part(path, "source")) == source


def read_tracklets(path: Path) -> list[Tracklet]:
    """The tracklets of a segment, without what stays on disk.

    Raises:
        StoreError: ``path`` is missing or damaged.
    """
    return [_read_tracklet(path, number) for number in range(int(read_part(path, "count")))]


def _read_tracklet(path: Path, number: int) -> Tracklet:
    def member(name: str) -> np.ndarray:
        return read_part(path, f"{name}-{number}")

    return Tracklet(
        file=path,
        number=number,
        start=int(member("start")),
        valid=member("valid"),
        boxes=member("boxes"),
        looks=member("looks"),
        picture=member("picture"),
        neutrality=float(member("neutrality")),
        shape=member("shape"),
        descriptor=member("descriptor"),
        score=float(member("score")),
    )


def _boxes(landmarks: np.ndarray) -> np.ndarray:
    """Boxes float32 [n,4] of faces with ``landmarks`` [n,68,2]; NaN where these are zero."""
    boxes = np.full((len(landmarks), 4), np.nan, np.float32)
    for k in np.flatnonzero(landmarks.any(axis=(1, 2))):
        boxes[k] = box_around(landmarks[k])
    return boxes
