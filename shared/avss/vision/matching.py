"""Which faces that were known are which of those that are found."""

from collections.abc import Sequence

import numpy as np

from avss.vision.detector import Face
from avss.vision.landmarks import box_around

# Boxes that overlap by this much are of one face: carried to a detection, and from one frame to the next.
SAME = 0.5
LINKED = 0.3


def overlaps(landmarks: Sequence[np.ndarray], faces: Sequence[Face]) -> np.ndarray:
    """How much N faces with ``landmarks`` [68,2] and M detected ones overlap: [N,M]."""
    boxes = [box_around(points) for points in landmarks]
    return np.array([[box.overlap(face.box) for face in faces] for box in boxes]).reshape(len(boxes), len(faces))


def matched(likeness: np.ndarray, least: float) -> list[tuple[int, int]]:
    """Pairs of a row and a column of ``likeness`` [N,M] with at least ``least``, best first, each used once."""
    found: dict[int, int] = {}
    for pair in np.argsort(-likeness, axis=None, kind="stable"):
        row, column = divmod(int(pair), likeness.shape[1])
        if likeness[row, column] >= least and row not in found and column not in found.values():
            found[row] = column
    return list(found.items())
