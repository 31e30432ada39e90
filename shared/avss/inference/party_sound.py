"""The levels at a party: how loud everybody is, how loud the noise, and all of it so soft that nothing clips.

They are those of :mod:`avss.data.mixing`, so that a party is what a separator was trained on.
"""

import math
from typing import NamedTuple

import numpy as np

from avss.data.bank_reading import speech_level
from avss.data.mixing import LEVEL, PEAK
from avss.data.sixteen_bits import as_int16

GAIN_RANGE = 2.5  # dB


class PartySound(NamedTuple):
    """What is heard at a party of K people; all samples, and their sum, are below full scale.

    Attributes:
        voices: float32 [K,S].
        noise: float32 [S]; zero where there is none.
        gains: dB that each voice is louder than usual, [K].
        softer: dB by which all of it is softer than it would have been.
    """

    voices: np.ndarray
    noise: np.ndarray
    gains: np.ndarray
    softer: float


def mix_sound(waves: np.ndarray, noise: np.ndarray, snr: float, rng: np.random.Generator) -> PartySound:
    """Bring every voice to −25 dB of full scale while it speaks, then by a random gain within ±2.5 dB.

    Args:
        waves: the voices, float32 [K,S] with S = 640·T.
        noise: float32 [S]; zero for none.
        snr: power of the sum of the voices over that of the noise, both over all samples, dB.
        rng: draws the gains.
    """
    gains = rng.uniform(-GAIN_RANGE, GAIN_RANGE, len(waves))
    levels = np.array([speech_level(as_int16(wave)) for wave in waves])
    voices = waves * _factor(gains + LEVEL)[:, None] / levels[:, None]
    if noise.any():
        wanted = np.square(voices.sum(axis=0)).mean() * _factor(-snr) ** 2
        noise = noise * np.sqrt(wanted / np.square(noise, dtype=np.float64).mean())
    parts = np.vstack([voices, noise])
    softer = min(1.0, PEAK / max(abs(parts.sum(axis=0)).max(), abs(parts).max(), PEAK))
    parts = (softer * parts).astype(np.float32)
    return PartySound(parts[:-1], parts[-1], gains, 20 * math.log10(1 / softer))


def _factor(decibels: np.ndarray | float) -> np.ndarray:
    return 10 ** (np.asarray(decibels) / 20)
