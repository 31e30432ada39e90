"""A separator for streams: like any other for whole clips, but what its voices say depends on no distant future.

A voice at sample s depends on the mixture, and on frames of the video that begin, before s + ``latency``. That is
100 ms: a frame of the video must be full, one more is waited for, and the last window of sound has to fade.
"""

from torch import Tensor

from avss.models.causal.cues import CausalCues
from avss.models.causal.memory import Past
from avss.models.causal.tcn import CausalTCN
from avss.models.horizon import AHEAD
from avss.models.separators.cues import VoiceNumbers
from avss.models.separators.separator import Separator, check_shapes, frames_of, longer
from avss.rates import samples_in


class CausalSeparator(Separator):
    """A net told by cues whom to listen to, as it hears.

    Args:
        cues: what is known of each voice.
        net: answers late, by its ``lag``.

    Attributes:
        lag: samples by which :meth:`answer` is late.
    """

    def __init__(self, cues: CausalCues | VoiceNumbers, net: CausalTCN) -> None:
        super().__init__(cues, net)
        self.lag = net.lag + samples_in(AHEAD)
        self.waiting = Past(samples_in(AHEAD))

    @property
    def latency(self) -> int:
        """Samples from one that is heard until its voices are there, if frames of the video come one by one."""
        return samples_in(1) + self.lag

    def forward(self, mixture: Tensor, features: Tensor) -> Tensor:
        """Separate B mixtures into the voices of K faces each; see :meth:`Separator.forward`."""
        check_shapes(mixture, features)
        S, T = mixture.shape[-1], features.shape[2]
        heard, cues = longer(mixture, self.cues(features), max(T, frames_of(S + self.lag)))
        return self.answer(heard, cues)[:, : features.shape[1], self.lag : self.lag + S]

    def answer(self, mixture: Tensor, cues: Tensor) -> Tensor:
        """Mixture [B,640·T] and cues [B,K,C,T] → voices float32 [B,K,640·T], late by ``lag``."""
        waited = self.waiting(mixture)[..., : mixture.shape[-1]]
        return self.net(waited, cues).float()
