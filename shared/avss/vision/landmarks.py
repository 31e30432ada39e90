"""Sixty-eight points on one face.

The predictor is an ensemble of regression trees that starts from a box and walks the points into place. It was
trained on boxes of the detector, so it is given boxes of that size and position; :func:`box_around` computes such a
box from the points of the frame before. It knows whole pixels only, so a small face is enlarged first; and since a
point moves by about half a pixel when the box is shifted a little, the mean over two shifted boxes is finer than one
prediction.

Order of the points (iBUG): 0–16 jaw, 17–26 brows, 27–35 nose, 36–47 eyes, 48–59 outer lip, 60–67 inner lip. Left
and right are those of the picture.

Source: V. Kazemi and J. Sullivan, "One Millisecond Face Alignment with an Ensemble of Regression Trees", CVPR 2014;
weights of dlib trained on iBUG 300-W, for research only.
"""

import functools

import cv2
import dlib
import numpy as np

from avss.vision.detector import Box
from avss.vision.dlib_weights import find_weights

POINTS = 68
LEFT_EYE = slice(36, 42)
RIGHT_EYE = slice(42, 48)
OUTER_LIP = slice(48, 60)
INNER_LIP = slice(60, 68)

# Brows, nose and eyes: they fix the box and hardly move in speech.
_UPPER_FACE = slice(17, 48)
# Median place of the detector's box relative to the upper face, in units of the points' spread, over real clips of
# fourteen speakers: centre x, centre y, side.
_BOX_CENTRE = np.array([0.055, 0.838], np.float32)
_BOX_SIDE = 4.16
# Shifts of the box, right and down, in box sides.
_SHIFTS = (0.03, -0.03)
# What is looked at around the box, in box sides: the points may lie outside of it.
_MARGIN = 0.3
_SIDE = 300  # pixels of the box of a face that is enlarged


def box_around(landmarks: np.ndarray) -> Box:
    """The box in which the detector would see the face with these ``landmarks`` [68,2]."""
    upper = landmarks[_UPPER_FACE]
    middle = upper.mean(axis=0)
    spread = np.sqrt(((upper - middle) ** 2).sum(axis=1).mean())
    centre_x, centre_y = middle + _BOX_CENTRE * spread
    half = _BOX_SIDE * spread / 2
    return Box(float(centre_x - half), float(centre_y - half), float(centre_x + half), float(centre_y + half))


class LandmarkPredictor:
    """Dlib's 68-point predictor.

    Raises:
        PartMissingError: its weights are not installed.
    """

    def __init__(self) -> None:
        self._predict = _load_weights()

    def __call__(self, grey: np.ndarray, box: Box) -> np.ndarray:
        """Landmarks float32 [68,2] in pixels (x, y) of the face in ``box`` of the picture ``grey`` uint8 [H,W]."""
        side = max(box.right - box.left, 1.0)
        scale = max(1.0, _SIDE / side)
        edges = np.array([[box.left, box.top], [box.right, box.bottom]])
        size = np.array(grey.shape[::-1])
        corner = np.clip(edges[0] - _MARGIN * side, 0, size - 1).astype(int)
        end = np.clip(edges[1] + _MARGIN * side, corner + 1, size).astype(int)
        seen = grey[corner[1] : end[1], corner[0] : end[0]]
        large = cv2.resize(seen, None, fx=scale, fy=scale, interpolation=cv2.INTER_LINEAR)
        # Pixels are counted by their centres, and half a pixel is more of the large picture than of the small one.
        edges = (edges - corner + 0.5) * scale - 0.5
        points = np.mean([self._points(large, edges + shift * side * scale) for shift in _SHIFTS], axis=0)
        return ((points + 0.5) / scale - 0.5 + corner).astype(np.float32)

    def _points(self, grey: np.ndarray, edges: np.ndarray) -> np.ndarray:
        rectangle = dlib.rectangle(*edges.round().astype(int).ravel().tolist())  # ty: ignore[missing-attribute]
        return np.array([(point.x, point.y) for point in self._predict(grey, rectangle).parts()], np.float32)


@functools.cache
def _load_weights() -> dlib.shape_predictor:  # ty: ignore[missing-attribute]
    weights = find_weights("shape_predictor_68_face_landmarks.dat", "the 68-point face landmark predictor")
    return dlib.shape_predictor(str(weights))  # ty: ignore[missing-attribute]
