"""Whether two frames show the same face: what the landmark predictor itself cannot say.

The predictor finds 68 points in any box, even on a bare wall. Seen on the canonical face, a real one changes little
from one frame to the next, whatever it says: over real clips the correlation of neighbouring frames is never below
0.90.
"""

from collections.abc import Sequence

import numpy as np

from avss.vision.normalisation import Similarity, cut, fit

ALIKE = 0.8

_SIZE = (24, 20)
_CENTRE = np.array([0.0, 0.5])
_UNIT = 12


def looks(greys: Sequence[np.ndarray], landmarks: np.ndarray) -> np.ndarray:
    """What the faces with ``landmarks`` [T,68,2] in T pictures [H,W] look like: float64 [T,480] of unit length.

    The product of two rows is their correlation; brightness and contrast make no difference.
    """
    similarity = fit(landmarks)
    small = [
        cut(grey, Similarity(similarity.factor[t : t + 1], similarity.shift[t : t + 1]), _CENTRE, _UNIT, _SIZE)
        for t, grey in enumerate(greys)
    ]
    values = np.stack(small).reshape(len(small), -1).astype(np.float64)
    values -= values.mean(axis=1, keepdims=True)
    return values / np.maximum(np.linalg.norm(values, axis=1, keepdims=True), 1e-9)


def is_one_face(looks: np.ndarray) -> bool:
    """Whether consecutive ``looks`` [T,480] are all alike."""
    return bool(((looks[1:] * looks[:-1]).sum(axis=1) >= ALIKE).all())
