"""Frames in which the face was not seen.

They stay marked as not valid for ever; nothing here makes them valid. Their numbers only have to be harmless: a
short gap is bridged by a straight line, so that filters that run over the clip meet no step, and a longer one holds
zeros.
"""

import itertools

import numpy as np

# Longest gap that is bridged: a blink of the detector or a hand that passes, 0.2 s.
SHORT_GAP = 5


def bridge_gaps(values: np.ndarray, valid: np.ndarray) -> np.ndarray:
    """Fill ``values`` [T,…] where ``valid`` [T] is false: linearly in short gaps between valid frames, else zeros.

    The dtype is kept (integers are rounded); the input is not changed.
    """
    filled = np.where(valid.reshape(-1, *(1,) * (values.ndim - 1)), values, 0).astype(values.dtype)
    known = np.flatnonzero(valid)
    for before, after in itertools.pairwise(known):
        gap = after - before - 1
        if 1 <= gap <= SHORT_GAP:
            share = np.arange(1, gap + 1).reshape(-1, *(1,) * (values.ndim - 1)) / (gap + 1)
            bridge = (1 - share) * values[before] + share * values[after]
            filled[before + 1 : after] = np.rint(bridge) if np.issubdtype(values.dtype, np.integer) else bridge
    return filled
