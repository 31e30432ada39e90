"""Sixty-eight points on one face.

The predictor is an ensemble of regression trees that starts from a box and walks the points into place. It was
trained on boxes of the detector, so it is given boxes of that size and position; :func:`box_around` computes such a
box from the points of the frame before. Since a point moves by about half a pixel when the box is shifted a little,
the mean over three shifted boxes is finer than one prediction.

Order of the points (iBUG): 0–16 jaw, 17–26 brows, 27–35 nose, 36–47 eyes, 48–59 outer lip, 60–67 inner lip. Left
and right are those of the picture.

Source: V. Kazemi and J. Sullivan, "One Millisecond Face Alignment with an Ensemble of Regression Trees", CVPR 2014;
weights of dlib trained on iBUG 300-W, for research only.
"""

import functools

import dlib
import numpy as np

from avss.vision.detector import Box
from avss.vision.dlib_weights import find_weights

POINTS = 68
JAW = slice(0, 17)
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
# Shifts of the box, in box sides.
_SHIFTS = np.array([[0.04, 0.0], [-0.02, 0.035], [-0.02, -0.035]])


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
        grey = np.ascontiguousarray(grey)
        shifts = _SHIFTS * (box.right - box.left)
        points = np.stack([self._points(grey, box, *shift) for shift in shifts])
        return points.mean(axis=0)

    def _points(self, grey: np.ndarray, box: Box, right: float, down: float) -> np.ndarray:
        edges = (box.left + right, box.top + down, box.right + right, box.bottom + down)
        rectangle = dlib.rectangle(*(round(edge) for edge in edges))  # ty: ignore[missing-attribute]
        shape = self._predict(grey, rectangle)
        return np.array([(point.x, point.y) for point in shape.parts()], np.float32)


@functools.cache
def _load_weights() -> dlib.shape_predictor:  # ty: ignore[missing-attribute]
    weights = find_weights("shape_predictor_68_face_landmarks.dat", "the 68-point face landmark predictor")
    return dlib.shape_predictor(str(weights))  # ty: ignore[missing-attribute]
