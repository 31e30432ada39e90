"""Sound as whole numbers of 16 bits, in which stores and banks keep it: half the size of float32."""

import numpy as np

FULL_SCALE = np.iinfo(np.int16).max


def as_int16(wave: np.ndarray) -> np.ndarray:
    """Samples in [−1, 1] → int16."""
    return np.rint(np.clip(wave, -1, 1) * FULL_SCALE).astype(np.int16)
