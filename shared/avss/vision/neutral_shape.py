"""The shape of a face at rest: who somebody is, without what is being said and how the head is turned.

Of all frames the most neutral ones are averaged on the canonical face, and the result is made symmetric, which takes
out most of what is left of a turned head.
"""

import numpy as np

from avss.errors import FaceError
from avss.vision.face_crop import neutrality
from avss.vision.normalisation import normalise

_FRAMES = 15

# The point on the other side of the face, for each of the 68.
_OTHER_SIDE = np.array(
    [
        *range(16, -1, -1),
        *range(26, 16, -1),
        *range(27, 31),
        *range(35, 30, -1),
        *(45, 44, 43, 42, 47, 46),
        *(39, 38, 37, 36, 41, 40),
        *(54, 53, 52, 51, 50, 49, 48, 59, 58, 57, 56, 55),
        *(64, 63, 62, 61, 60, 67, 66, 65),
    ]
)
_MIRROR = np.array([-1, 1], np.float32)


def neutral_shape(landmarks: np.ndarray, valid: np.ndarray) -> np.ndarray:
    """The resting face, symmetric and on the canonical face: float32 [68,2].

    Args:
        landmarks: float32 [T,68,2], pixels.
        valid: bool [T]; other frames are not looked at.

    Raises:
        FaceError: no frame is valid with finite landmarks.
    """
    seen = landmarks[valid & np.isfinite(landmarks).all(axis=(1, 2))]
    if not len(seen):
        raise FaceError(f"none of {len(valid)} frames shows the face", "at least one valid frame", "leave the clip out")
    most_neutral = np.argsort(-neutrality(seen), kind="stable")[:_FRAMES]
    shape = normalise(seen[most_neutral]).mean(axis=0)
    return ((shape + shape[_OTHER_SIDE] * _MIRROR) / 2).astype(np.float32)
