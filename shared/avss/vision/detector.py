"""Finding faces in one picture.

Dlib's detector is a sliding window of oriented gradients: it needs no network, no GPU and no download, and it is
sure of frontal faces of at least 80 pixels. Small faces are therefore looked for a second time in an enlarged
picture, and large pictures are shrunk first, because the cost grows with the number of pixels (about 8 ms for
360×288 on one core).

Source: N. Dalal and B. Triggs, "Histograms of Oriented Gradients for Human Detection", CVPR 2005, in the
implementation of D. King, "Dlib-ml", JMLR 2009.
"""

from dataclasses import dataclass
from typing import NamedTuple, Protocol

import cv2
import dlib
import numpy as np

# A picture with more pixels on its longest side is shrunk to it, one with fewer may be enlarged.
_LONGEST_SIDE = 640

# Faces below this many pixels are not sure to be seen; it is a little more than 80, since boxes come in steps.
_LEAST_SIDE = 90


class Box(NamedTuple):
    """A rectangle in pixels of its picture; it may reach over the picture's border."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def area(self) -> float:
        """Area in square pixels."""
        return max(0.0, self.right - self.left) * max(0.0, self.bottom - self.top)

    def overlap(self, other: "Box") -> float:
        """Intersection over union of the two rectangles, from 0 (apart) to 1 (the same)."""
        common = Box(
            max(self.left, other.left),
            max(self.top, other.top),
            min(self.right, other.right),
            min(self.bottom, other.bottom),
        ).area
        union = self.area + other.area - common
        return common / union if union else 0.0


@dataclass(frozen=True)
class Face:
    """A detected face: where it is, and how sure the detector is (0 is the threshold, 1 and more is sure)."""

    box: Box
    score: float


class FaceDetector(Protocol):
    """Finds the faces of one picture."""

    def __call__(self, grey: np.ndarray) -> list[Face]:
        """Faces in ``grey`` uint8 [H,W], the largest first; an empty list when there are none."""
        ...


class HogDetector:
    """Dlib's frontal face detector."""

    def __init__(self) -> None:
        self._detector = dlib.get_frontal_face_detector()  # ty: ignore[missing-attribute]

    def __call__(self, grey: np.ndarray) -> list[Face]:
        """Faces in ``grey`` uint8 [H,W], the largest first; an empty list when there are none."""
        faces = self.at_a_glance(grey)
        if not faces and max(grey.shape) <= _LONGEST_SIDE:
            faces = self.closely(grey)
        return faces

    def at_a_glance(self, grey: np.ndarray) -> list[Face]:
        """The large faces: at least 80 pixels in a picture that is shrunk, where needed, to 640."""
        return self._at_scale(grey, min(1.0, _LONGEST_SIDE / max(grey.shape)))

    def closely(self, grey: np.ndarray) -> list[Face]:
        """The small faces too: in a picture of twice that size."""
        return self._at_scale(grey, min(2.0, 2 * _LONGEST_SIDE / max(grey.shape)))

    def least_side(self, grey: np.ndarray) -> float:
        """Side in pixels of ``grey`` from which on a face is sure to be seen at a glance."""
        return _LEAST_SIDE * max(1.0, max(grey.shape) / _LONGEST_SIDE)

    def _at_scale(self, grey: np.ndarray, scale: float) -> list[Face]:
        if scale != 1.0:
            interpolation = cv2.INTER_AREA if scale < 1.0 else cv2.INTER_LINEAR
            grey = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=interpolation)
        found, scores, _ = self._detector.run(np.ascontiguousarray(grey), 0, 0.0)
        faces = [
            Face(Box(*(edge / scale for edge in (box.left(), box.top(), box.right(), box.bottom()))), score)
            for box, score in zip(found, scores, strict=True)
        ]
        return sorted(faces, key=lambda face: face.box.area, reverse=True)
