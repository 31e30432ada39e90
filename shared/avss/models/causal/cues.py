"""Cues for streams: what lips do, standardised by what they did so far.

Who it is stays out of sight: the face at rest, which tells it, is known only after a while.
"""

from typing import ClassVar

from torch import Tensor

from avss.models.causal.layers import RunningMean
from avss.models.causal.lip_features import LASTING
from avss.models.horizon import PAST, Horizon
from avss.models.separators.cues import LEAST_DEVIATION, VisualCues


class CausalCues(VisualCues):
    """Features of faces to cues, without a look ahead.

    Args:
        features: D; the last ``identity`` of them are not looked at.
        identity: 0 where the frontend has no face net.
        channels: C, of the cues.
        bottleneck: channels that the lips are squeezed to.
        standardise: take the running mean and deviation out of the features of the lips.
        misread: largest share of somebody else in what is seen of a face's lips in training.
    """

    horizon: ClassVar[Horizon] = PAST

    def __init__(
        self,
        features: int,
        identity: int = 0,
        channels: int = 64,
        bottleneck: int = 24,
        standardise: bool = True,
        misread: float = 0.0,
    ) -> None:
        super().__init__(features, identity, channels, bottleneck, standardise, sight="lips", misread=misread)
        self.mean, self.variance = RunningMean(LASTING), RunningMean(LASTING)

    def _standardised(self, lips: Tensor, seen: Tensor) -> Tensor:
        centred = (lips - self.mean(lips, seen)) * seen
        return centred / (self.variance(centred.square(), seen) + LEAST_DEVIATION**2).sqrt()
