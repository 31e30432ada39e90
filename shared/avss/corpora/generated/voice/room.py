"""The place a clip is recorded in: level, colour, early reflections and a noise floor, a little of each.

Without it every clip of a speaker would sound of the same studio, and a network could learn the studio.
"""

import numpy as np
from scipy.signal import fftconvolve, firwin2

from avss.rates import SAMPLE_RATE

_LEVEL_DB = 4.0
_BANDS_HZ = (0, 125, 250, 500, 1000, 2000, 4000, SAMPLE_RATE / 2)
_COLOUR_DB, _COLOUR_TAPS = 1.5, 255
_REFLECTIONS, _FIRST_S, _LAST_S, _REFLECTED = 5, 0.002, 0.02, 0.12
# Below the level of the speech.
_NOISE_DB = (45.0, 60.0)
_CEILING = 0.98


def record(wave: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Record ``wave``, float32 [S] with |wave| ≤ 0.5, in a room drawn from ``rng``; S and timing stay as they are.

    Returns:
        Float32 [S] in [−0.98, 0.98]; an all-silent wave stays silent.
    """
    heard = fftconvolve(wave, _colour(rng), mode="same")
    heard = fftconvolve(heard, _reflections(rng))[: len(wave)]
    loudness = np.sqrt(np.mean(heard**2))
    heard += loudness * 10 ** (-rng.uniform(*_NOISE_DB) / 20) * rng.standard_normal(len(wave))
    heard *= 10 ** (rng.uniform(-_LEVEL_DB, _LEVEL_DB) / 20)
    peak = np.abs(heard).max(initial=0.0)
    return (heard * min(1.0, _CEILING / max(peak, 1e-9))).astype(np.float32)


def _colour(rng: np.random.Generator) -> np.ndarray:
    """A gentle equaliser, linear in phase; its odd length keeps the sound in time."""
    gains_db = np.clip(rng.normal(0, _COLOUR_DB, len(_BANDS_HZ)), -2 * _COLOUR_DB, 2 * _COLOUR_DB)
    return firwin2(_COLOUR_TAPS, _BANDS_HZ, 10 ** (gains_db / 20), fs=SAMPLE_RATE)


def _reflections(rng: np.random.Generator) -> np.ndarray:
    """The direct sound and a few echoes from table, walls and ceiling."""
    response = np.zeros(round(_LAST_S * SAMPLE_RATE) + 1)
    delays = np.round(rng.uniform(_FIRST_S, _LAST_S, _REFLECTIONS) * SAMPLE_RATE).astype(int)
    np.add.at(response, delays, rng.uniform(-_REFLECTED, _REFLECTED, _REFLECTIONS))
    response[0] = 1.0
    return response
