"""Cues for streams: what lips do, standardised by what they did so far.

Who it is has to stay out of sight: the face at rest, which tells it, is known only after a while.
"""

from typing import ClassVar

from torch import Tensor, nn

from avss.models.causal.layers import RunningMean
from avss.models.causal.lip_features import LASTING
from avss.models.horizon import PAST, Horizon
from avss.models.separators.cues import LEAST_DEVIATION, VisualCues


class RunningStandard(nn.Module):
    """Features less their running mean, over their running deviation; it has no weights."""

    def __init__(self) -> None:
        super().__init__()
        self.mean, self.variance = RunningMean(LASTING), RunningMean(LASTING)

    def forward(self, features: Tensor, seen: Tensor) -> Tensor:
        """Features [B,K,T,D], by those so far that are ``seen`` [B,K,T,1]; others 0."""
        centred = (features - self.mean(features, seen)) * seen
        return centred / (self.variance(centred.square(), seen) + LEAST_DEVIATION**2).sqrt()


class CausalCues(VisualCues):
    """Features of faces to cues, without a look ahead; the arguments are those of :class:`VisualCues`."""

    horizon: ClassVar[Horizon] = PAST

    def _standardising(self) -> RunningStandard:
        return RunningStandard()
