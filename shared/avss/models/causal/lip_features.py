"""The features of lips, of what was seen so far: as :mod:`avss.models.lip_features`, but without a look ahead.

Height of the chin, mean and deviation are those of the frames so far, in which older ones count less and less. The
velocity is that between two frames ago and now.
"""

import torch
from torch import Tensor, nn

from avss.models.causal.layers import RunningMean
from avss.models.causal.memory import Past
from avss.models.lip_features import LEAST_CHIN, LEAST_DEVIATION, LipFeatures, liveliness, measures_of
from avss.rates import FRAME_RATE
from avss.vision.lip_points import CHIN

LASTING = 10 * FRAME_RATE


class RunningLipFeatures(nn.Module):
    """Points to features; it has no weights."""

    def __init__(self) -> None:
        super().__init__()
        self.chin, self.mean, self.variance = (RunningMean(LASTING) for _ in range(3))
        self.past = Past(2, dim=1)

    def forward(self, points: Tensor, valid: Tensor) -> LipFeatures:
        """What the lips do in each frame; zeros in frames that are not valid.

        Args:
            points: float [B,T,9,2], :data:`~avss.vision.lip_points.LIP_POINTS` with the eyes at (0, 0).
            valid: bool [B,T]; other frames may hold anything, NaN included.
        """
        seen = valid[..., None].float()  # [B,T,1]
        points = torch.where(valid[..., None, None], points, 0)
        chin = self.chin(points[..., CHIN, 1:], seen).abs().clamp(min=LEAST_CHIN)  # [B,T,1]
        measures = measures_of(points / chin[..., None])  # [B,T,12]

        centred = (measures - self.mean(measures, seen)) * seen
        deviation = self.variance(centred.square(), seen).sqrt() + LEAST_DEVIATION
        frames = self.past(torch.cat([measures, seen], dim=-1))  # [B,2+T,12+1]
        change = (frames[:, 2:] - frames[:, :-2])[..., :-1] / deviation
        all_seen = frames[:, 2:, -1:] * frames[:, 1:-1, -1:] * frames[:, :-2, -1:]
        return LipFeatures(centred / deviation, change * all_seen, liveliness(deviation) * seen)
