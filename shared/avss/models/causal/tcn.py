"""The family for CPUs, for streams: dilated convolutions over the frames of a spectrum that goes on.

What the net is shown of a frame has the level 1 in the mean of all sound so far; the masks are for the sound as it is.
"""

from typing import ClassVar, cast

from torch import Tensor

from avss.models.causal.spectrum import RunningSpectrum
from avss.models.horizon import PAST, Horizon
from avss.models.separators.spectrum import loudness_and_phase, masks_of
from avss.models.separators.tcn import TCN


class CausalTCN(TCN):
    """A mixture and cues to voices, which come late; the arguments are those of :class:`TCN`.

    Raises:
        ModelError: a window or a frame of the video is no multiple of the hop.
    """

    horizon: ClassVar[Horizon] = PAST

    @property
    def lag(self) -> int:
        """By how many samples the voices are late."""
        return self._running.lag

    def forward(self, mixture: Tensor, cues: Tensor) -> Tensor:
        """Mixture [B,640·T] of any level and cues [B,K,C,T] → voices [B,K,640·T], late by ``lag``."""
        spectrum = self._running.analyse(mixture)  # [B,F,L]
        shown = loudness_and_phase(spectrum / self._running.level(spectrum))
        masks = masks_of(self.say(shown, cues))  # [B,K,F,L]
        return self._running.synthesise(masks * spectrum[:, None], mixture.shape[-1])

    @property
    def _running(self) -> RunningSpectrum:
        return cast(RunningSpectrum, self.spectrum)
