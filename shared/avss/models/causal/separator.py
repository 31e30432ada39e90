"""A separator for streams: like any other for whole clips, but the past of its voices depends on no future.

A voice at sample s depends on the mixture, and on frames of the video that begin, before s + ``latency``.
"""

from torch import Tensor

from avss.models.causal.cues import CausalCues
from avss.models.causal.tcn import CausalTCN
from avss.models.separators.cues import VoiceNumbers
from avss.models.separators.separator import Separator, check_shapes, frames_of, longer
from avss.rates import samples_in


class CausalSeparator(Separator):
    """A net told by cues whom to listen to, as it hears.

    Args:
        cues: what is known of each voice.
        net: answers late, by its ``lag``.
    """

    def __init__(self, cues: CausalCues | VoiceNumbers, net: CausalTCN) -> None:
        super().__init__(cues, net)
        self.lag = net.lag

    @property
    def latency(self) -> int:
        """Samples from one that is heard until its voices are there: a frame of the video must be full first."""
        return samples_in(1) + self.lag

    def forward(self, mixture: Tensor, features: Tensor) -> Tensor:
        """Separate B mixtures into the voices of K faces each; see :meth:`Separator.forward`."""
        check_shapes(mixture, features)
        S, T = mixture.shape[-1], features.shape[2]
        heard, cues = longer(mixture, self.cues(features), max(T, frames_of(S + self.lag)))
        return self.net(heard, cues)[..., self.lag : self.lag + S].float()
