"""One picture of the resting face, which tells who somebody is and not what is being said.

Every frame gets a score for how much it looks like a passport photograph: mouth closed, eyes open, looking straight
ahead. Of the frames that tie, the sharpest is taken.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from avss.vision.landmarks import LEFT_EYE, RIGHT_EYE
from avss.vision.mouth import apertures
from avss.vision.normalisation import Similarity, cut, fit, normalise

CROP = (64, 64)
# The window reaches from above the brows to below the chin.
_CENTRE = np.array([0.0, 0.55])
_UNIT = CROP[0] / 2.2

# What makes a frame lose one point: the mouth open by this much, the eyes closed by it, the head turned so far
# that the nose moves by it (all on the canonical face), or this much less contrast of fine detail (grey levels).
_OPEN_MOUTH = 0.03
_SHUT_EYES = 0.03
_TURN = 0.06
_BLUR = 12.0


@dataclass(frozen=True)
class FaceCrop:
    """A picture of a face, uint8 [64,64,3], and how neutral and sharp it is (larger is better)."""

    picture: np.ndarray
    score: float


def neutrality(landmarks: np.ndarray) -> np.ndarray:
    """Score [T] of faces with ``landmarks`` [T,68,2]: larger is more neutral, units are arbitrary."""
    face = normalise(landmarks)
    eyes = np.minimum(_opening(face[:, LEFT_EYE]), _opening(face[:, RIGHT_EYE]))
    return eyes / _SHUT_EYES - apertures(landmarks) / _OPEN_MOUTH - turns(face) / _TURN


def turns(face: np.ndarray) -> np.ndarray:
    """How far heads are turned, [T]: the nose of faces [T,68,2] on the canonical face beside the middle of the eyes."""
    return np.abs(face[:, 30, 0] - face[:, [36, 45], 0].mean(axis=1))


def crop_face(rgb: np.ndarray, landmarks: np.ndarray) -> FaceCrop:
    """Crop the face with ``landmarks`` [68,2] out of ``rgb`` uint8 [H,W,3], upright and at a fixed scale."""
    similarity: Similarity = fit(landmarks[None])
    picture = cut(rgb, similarity, _CENTRE, _UNIT, CROP)
    detail = cv2.Laplacian(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), cv2.CV_32F).std()
    return FaceCrop(picture, float(neutrality(landmarks[None])[0] + detail / _BLUR))


def _opening(eye: np.ndarray) -> np.ndarray:
    """Mean distance of the lids [T] of an eye [T,6,2]."""
    return np.linalg.norm(eye[:, [1, 2]] - eye[:, [5, 4]], axis=2).mean(axis=1)
