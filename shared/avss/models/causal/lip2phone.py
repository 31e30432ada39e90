"""Lip2Phone for streams: what the lips are saying, told a frame later from what they did until then.

The features of a frame look back only. They are taught to tell the phone of the frame before, as the sound of a stream
waits for a frame of its video.
"""

from typing import ClassVar

import torch
from torch import Tensor

from avss.models.causal.lip_features import RunningLipFeatures
from avss.models.horizon import AHEAD, PAST, Horizon
from avss.models.lip2phone import Lip2Phone
from avss.models.recurrence import BothWays, OneWay


class CausalLip2Phone(Lip2Phone):
    """The same, with convolutions and a memory that look back only; a frame without a face is bridged from before.

    The arguments, and what is raised, are those of :class:`~avss.models.lip2phone.Lip2Phone`.
    """

    horizon: ClassVar[Horizon] = PAST
    recurrence: ClassVar[type[BothWays] | type[OneWay]] = OneWay

    def _measuring(self) -> RunningLipFeatures:
        return RunningLipFeatures()

    def _telling(self, features: Tensor) -> Tensor:
        return torch.cat([features[:, AHEAD:], features[:, -1:].expand(-1, AHEAD, -1)], dim=1)

    def _inside(self, valid: Tensor) -> Tensor:
        """Every frame: none is known to be the last."""
        return torch.ones_like(valid)
