"""The inside of the mouth, frame by frame: teeth, tongue and dark, and nothing else.

Landmarks tell the outline of the lips, not what is between them. The crop shows just that: an upright window of the
canonical face around the opening, grey, with everything outside the inner-lip contour black. A closed mouth is
a faint line at most. The place of the opening on the face is left to the landmarks.
"""

from collections.abc import Sequence

import cv2
import numpy as np

from avss.vision.landmarks import INNER_LIP
from avss.vision.normalisation import Similarity, cut, fit

CROP = (32, 48)
# Window in units of the canonical face; on real clips 99.8 % of mouths fit in.
WINDOW = (0.42, 0.63)
_UNIT = CROP[0] / WINDOW[0]

# The contour is drawn four times finer than the crop, with 1/16 pixel, and averaged: its edge is smooth.
_FINE = 4
_SUBPIXEL_BITS = 4


def crop_mouths(greys: Sequence[np.ndarray], landmarks: np.ndarray) -> np.ndarray:
    """Crop the inside of the mouth of T frames.

    Args:
        greys: T pictures, uint8 [H,W].
        landmarks: float32 [T,68,2] in pixels.

    Returns:
        uint8 [T,32,48], black outside the inner lips.
    """
    similarity = fit(landmarks)
    lips = similarity.apply(landmarks[:, INNER_LIP])
    centres = (lips.min(axis=1) + lips.max(axis=1)) / 2
    crops = np.empty((len(landmarks), *CROP), np.uint8)
    for t, grey in enumerate(greys):
        of_frame = Similarity(similarity.factor[t : t + 1], similarity.shift[t : t + 1])
        window = cut(grey, of_frame, centres[t], _UNIT, CROP)
        crops[t] = cv2.multiply(window, _inside((lips[t] - centres[t]) * _UNIT), scale=1 / 255)
    return crops


def apertures(landmarks: np.ndarray) -> np.ndarray:
    """Opening of the mouth [T] on the canonical face: mean distance of upper and lower inner lip."""
    lips = fit(landmarks).apply(landmarks[:, INNER_LIP])
    return np.linalg.norm(lips[:, 1:4] - lips[:, [7, 6, 5]], axis=2).mean(axis=1).astype(np.float32)


def _inside(contour: np.ndarray) -> np.ndarray:
    """Mask uint8 [32,48], 255 inside ``contour`` [8,2], which is in pixels from the middle of the crop."""
    height, width = (side * _FINE for side in CROP)
    corners = (contour * _FINE + (np.array([width, height]) - 1) / 2) * 2**_SUBPIXEL_BITS
    fine = np.zeros((height, width), np.uint8)
    cv2.fillPoly(fine, [np.round(corners).astype(np.int32)], 255, shift=_SUBPIXEL_BITS)
    return cv2.resize(fine, CROP[::-1], interpolation=cv2.INTER_AREA)
