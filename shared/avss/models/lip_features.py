"""Nine points of lips and chin as numbers that compare between people, cameras and landmark detectors.

Twelve measures say how the mouth stands: how wide, how open at three places, where it lies. All are even under a
mirror, and all are told in units of the face: the mean height of the chin below the eyes is 1. What remains of a
person (the shape of the lips at rest, how lively they are) is taken out per clip: each measure minus its mean, over
its standard deviation. With it go its velocity and the logarithm of that deviation, which tells a still mouth, whose
noise was blown up, from a speaking one.
"""

from typing import Literal, NamedTuple

import torch
from torch import Tensor

from avss.vision.lip_points import (
    CHIN,
    LEFT,
    LOWER,
    LOWER_LEFT,
    LOWER_RIGHT,
    RIGHT,
    UPPER,
    UPPER_LEFT,
    UPPER_RIGHT,
)

MEASURES = 12

LipInput = Literal["measures", "velocities", "deviations"]
INPUTS: tuple[LipInput, ...] = ("measures", "velocities", "deviations")

LEAST_DEVIATION = 0.005  # of the chin's height: what a detector's noise makes of a still mouth
LEAST_CHIN = 1e-6


class LipFeatures(NamedTuple):
    """What the lips do: ``measures``, ``velocities`` and log ``deviations``, each [B,T,12]."""

    measures: Tensor
    velocities: Tensor
    deviations: Tensor


def lip_features(points: Tensor, valid: Tensor) -> LipFeatures:
    """What the lips do in each frame; zeros in frames that are not valid.

    Args:
        points: float [B,T,9,2], :data:`~avss.vision.lip_points.LIP_POINTS` with the eyes at (0, 0).
        valid: bool [B,T]; other frames may hold anything, NaN included.
    """
    seen = valid[..., None].float()  # [B,T,1]
    points = torch.where(valid[..., None, None], points, 0)
    count = seen.sum(1, keepdim=True).clamp(min=1)
    chin = (points[..., CHIN, 1].sum(1, keepdim=True) / count[..., 0]).abs().clamp(min=LEAST_CHIN)  # [B,1]
    measures = measures_of(points / chin[..., None, None])  # [B,T,12]

    mean = (measures * seen).sum(1, keepdim=True) / count
    centred = (measures - mean) * seen
    deviation = (centred.square().sum(1, keepdim=True) / count).sqrt() + LEAST_DEVIATION
    standard = centred / deviation
    return LipFeatures(standard, _velocity(standard, seen), liveliness(deviation) * seen)


def measures_of(points: Tensor) -> Tensor:
    """Points [B,T,9,2], in units of the chin's height → how the mouth stands, [B,T,12]."""
    x, y = points.unbind(-1)
    corners = (y[..., LEFT] + y[..., RIGHT]) / 2
    upper = (y[..., UPPER_LEFT] + y[..., UPPER_RIGHT]) / 2
    lower = (y[..., LOWER_LEFT] + y[..., LOWER_RIGHT]) / 2
    return torch.stack(
        [
            (x[..., RIGHT] - x[..., LEFT]).abs(),
            (x[..., UPPER_RIGHT] - x[..., UPPER_LEFT]).abs(),
            (x[..., LOWER_RIGHT] - x[..., LOWER_LEFT]).abs(),
            y[..., LOWER] - y[..., UPPER],
            lower - upper,
            y[..., UPPER] - corners,
            y[..., LOWER] - corners,
            upper - corners,
            lower - corners,
            y[..., CHIN] - corners,
            y[..., CHIN],
            corners,
        ],
        dim=-1,
    )


def liveliness(deviation: Tensor) -> Tensor:
    """The logarithm of deviations, in a range that a net likes: 0 for a mouth at rest, about 1 for a lively one."""
    return (deviation / LEAST_DEVIATION).log() * 0.3


def _velocity(standard: Tensor, seen: Tensor) -> Tensor:
    """Change from the frame before to the frame after, [B,T,D]; zero where one of the two was not seen."""
    if standard.shape[1] < 3:
        return torch.zeros_like(standard)
    change = (standard[:, 2:] - standard[:, :-2]) * seen[:, 2:] * seen[:, :-2] * seen[:, 1:-1]
    return torch.nn.functional.pad(change, (0, 0, 1, 1))
