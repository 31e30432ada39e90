"""The nine points of a face that both landmark detectors of the project's corpora mark: inner lips and chin.

dlib numbers 68 points, MediaPipe 478; where the two mean the same place, lips learned from one can be read with the
other. Order and pairs are those of the GRID landmarks of voR789/Lip-Reading:

    dlib       60   64   62   66    8   63   61   65   67
    MediaPipe  78  308   13   14  152  311   81  402  178
"""

import numpy as np

from avss.vision.normalisation import normalise

LEFT, RIGHT, UPPER, LOWER, CHIN, UPPER_RIGHT, UPPER_LEFT, LOWER_RIGHT, LOWER_LEFT = range(9)

LIP_POINTS = (60, 64, 62, 66, 8, 63, 61, 65, 67)


def lip_points(landmarks: np.ndarray) -> np.ndarray:
    """Landmarks [T,68,2] in pixels → the nine points float32 [T,9,2] on the canonical face, between the eyes (0, 0)."""
    return normalise(landmarks)[:, LIP_POINTS]
