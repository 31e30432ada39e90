"""What is remembered of voices that pass by: enough to say who spoke when and what may have gone wrong.

A few numbers a frame, whatever the length and the rate of the sound.
"""

from collections.abc import Iterable, Iterator

import numpy as np

from avss.inference.windows import Separated
from avss.rates import SAMPLES_PER_FRAME

_TINY = 1e-12

# A frame in which somebody speaks is at most this much below the loud ones of that voice, and of the whole sound: dB.
_BELOW_LOUD, _BELOW_SOUND = 30.0, 25.0
_INAUDIBLE = -80.0  # dB of full scale
_LOUD = 0.95  # quantile of the frames
# Frames: shorter pauses belong to the speech around them, and shorter speech is a noise.
_PAUSE, _SHORTEST = 10, 4


class Impressions:
    """Impressions of K voices.

    Args:
        K: number of voices.
    """

    def __init__(self, K: int) -> None:
        self._powers: list[np.ndarray] = [np.zeros((K + 1, 0))]
        self.products = np.zeros((K, K))
        self._rest = 0.0  # sum of its squares

    def of(self, passing: Iterable[Separated]) -> Iterator[Separated]:
        """Yield what passes, and remember it."""
        for separated in passing:
            every = np.vstack([separated.mixture, separated.voices]).astype(np.float64)
            frames = every.reshape(len(every), -1, SAMPLES_PER_FRAME)
            self._powers.append(np.square(frames).mean(axis=2))
            self.products += every[1:] @ every[1:].T
            self._rest += float(np.square(every[0] - every[1:].sum(axis=0)).sum())
            yield separated

    @property
    def powers(self) -> np.ndarray:
        """Mean square of each frame of the mixture and of the K voices, float64 [K+1,T]."""
        return np.concatenate(self._powers, axis=1)

    @property
    def levels(self) -> np.ndarray:
        """Level of each voice beside the mixture, dB [K]; −120 for silence."""
        return _beside(*self.powers.mean(axis=1))

    @property
    def rest_level(self) -> float:
        """Level of what is in no voice beside the mixture, dB; −120 for silence."""
        mixture = self.powers[0]
        return float(_beside(mixture.mean(), self._rest / (len(mixture) * SAMPLES_PER_FRAME))[0])

    @property
    def likeness(self) -> np.ndarray:
        """Correlation of the voices, [K,K]; 0 with one that is silent."""
        size = np.sqrt(np.diag(self.products))
        return np.abs(self.products) / np.maximum(np.outer(size, size), _TINY)

    def audible(self) -> np.ndarray:
        """Frames in which anything is heard, bool [T]."""
        mixture = 10 * np.log10(self.powers[0] + _TINY)
        return mixture > _least(mixture)

    def speaking(self) -> np.ndarray:
        """Frames in which each voice speaks, bool [K,T]."""
        mixture, *voices = 10 * np.log10(self.powers + _TINY)
        least = _least(mixture)
        spoken = [_without_gaps(voice > max(np.quantile(voice, _LOUD) - _BELOW_LOUD, least)) for voice in voices]
        return np.array(spoken).reshape(len(voices), len(mixture))


def stretches(frames: np.ndarray) -> list[tuple[int, int]]:
    """First frame, and the one after the last, of each run of true ``frames`` bool [T].

    >>> stretches(np.array([True, True, False, True]))
    [(0, 2), (3, 4)]
    """
    edges = np.flatnonzero(np.diff(np.concatenate([[0], frames.astype(np.int8), [0]])))
    return [(int(start), int(stop)) for start, stop in edges.reshape(-1, 2)]


def _beside(mixture: float, *parts: float) -> np.ndarray:
    """Levels of n parts of a mixture beside it, dB [n], by their mean squares."""
    mixture = max(mixture, _TINY)
    return 10 * np.log10(np.maximum(parts, _TINY * mixture) / mixture)


def _least(mixture: np.ndarray) -> float:
    """Level at which something in a mixture of these levels [T] is heard, dB."""
    return max(float(np.quantile(mixture, _LOUD)) - _BELOW_SOUND if mixture.size else 0.0, _INAUDIBLE)


def _without_gaps(spoken: np.ndarray) -> np.ndarray:
    """Speech [T] with short pauses filled, then without what is too short for speech."""
    spoken = spoken.copy()
    inner = [(a, b) for a, b in stretches(~spoken) if a > 0 and b < len(spoken)]
    for start, stop in inner:
        spoken[start:stop] = stop - start < _PAUSE
    for start, stop in stretches(spoken):
        spoken[start:stop] = stop - start >= _SHORTEST
    return spoken
