"""Do generated lips move as real ones do? Five figures for each speaker, and how they spread in a population.

All are about the *aperture*, the height between the inner lips in the middle, in the frames in which words
are spoken. It is a length in any unit; the distance from between the eyes to the chin makes it comparable
between pictures and people.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass

import numpy as np

# A mouth is at rest, or closed by a sound, below this share of its widest ordinary opening.
_NEARLY_CLOSED = 0.15


@dataclass(frozen=True)
class LipStatistics:
    """How one speaker's lips move.

    Attributes:
        opening: widest ordinary aperture (95th percentile), relative to the distance from eyes to chin.
        middle: median aperture, relative to the widest.
        speed: mean change of aperture from frame to frame, relative to its range (5th to 95th percentile).
        rest: share of frames in which the lips are nearly closed.
        variety: standard deviation between clips of a clip's widest aperture, relative to its mean.
    """

    opening: float
    middle: float
    speed: float
    rest: float
    variety: float


@dataclass(frozen=True)
class Spread:
    """A figure over a population of speakers: ``median``, and the 10th and 90th percentile."""

    low: float
    median: float
    high: float


# 29 speakers of GRID, 28 980 clips, landmarks by MediaPipe.
REAL_LIPS: dict[str, Spread] = {
    "opening": Spread(0.086, 0.117, 0.165),
    "middle": Spread(0.460, 0.565, 0.643),
    "speed": Spread(0.120, 0.136, 0.159),
    "rest": Spread(0.137, 0.189, 0.303),
    "variety": Spread(0.106, 0.153, 0.191),
}


def lip_statistics(apertures: Sequence[np.ndarray], eyes_to_chin: float) -> LipStatistics:
    """Measure one speaker.

    Args:
        apertures: one array [T] per clip, its spoken frames in order, in any unit of length.
        eyes_to_chin: the speaker's distance between the middle of the eyes and the chin, in the same unit.

    Raises:
        ValueError: fewer than two clips of two frames, or apertures that are not finite or never open.
    """
    clips = [np.asarray(clip, dtype=np.float64) for clip in apertures if len(clip) > 1]
    if len(clips) < 2:
        raise ValueError("lip statistics need at least two clips of at least two spoken frames")
    everything = np.concatenate(clips)
    low, middle, high = np.percentile(everything, (5, 50, 95))
    if not (np.isfinite(everything).all() and high > low >= 0 and eyes_to_chin > 0):
        raise ValueError(f"lips that open from {low:.3g} to {high:.3g} on a face of {eyes_to_chin:.3g} do not move")
    changes = np.concatenate([np.abs(np.diff(clip)) for clip in clips])
    widest = np.array([clip.max() for clip in clips])
    return LipStatistics(
        opening=float(high / eyes_to_chin),
        middle=float(middle / high),
        speed=float(changes.mean() / (high - low)),
        rest=float((everything < _NEARLY_CLOSED * high).mean()),
        variety=float(widest.std() / widest.mean()),
    )


def spread_of(speakers: Sequence[LipStatistics]) -> dict[str, Spread]:
    """Each figure's spread over a population."""
    rows = [asdict(speaker) for speaker in speakers]
    percentiles = {name: np.percentile([row[name] for row in rows], (10, 50, 90)) for name in REAL_LIPS}
    return {name: Spread(*map(float, values)) for name, values in percentiles.items()}


def compared(speakers: Sequence[LipStatistics]) -> Iterator[tuple[str, Spread, Spread]]:
    """Each figure's name, its spread over these speakers and over the real ones of GRID."""
    measured = spread_of(speakers)
    for name, real in REAL_LIPS.items():
        yield name, measured[name], real
