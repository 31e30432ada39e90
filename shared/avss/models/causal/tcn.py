"""The family for CPUs, for streams: dilated convolutions over the frames of a spectrum that goes on.

What the net is shown of a frame has the level 1 in the mean of all sound so far; the masks are for the sound as it is.
"""

from typing import ClassVar, cast

from torch import Tensor

from avss.models.causal.spectrum import RunningSpectrum
from avss.models.horizon import PAST, Horizon
from avss.models.separators.tcn import TCN


class CausalTCN(TCN):
    """A mixture [B,640·T] of any level and cues to voices, late by ``lag``; the arguments are those of :class:`TCN`.

    Raises:
        ModelError: a window or a frame of the video is no multiple of the hop.
    """

    horizon: ClassVar[Horizon] = PAST

    @property
    def lag(self) -> int:
        """By how many samples the voices are late."""
        return self._running.lag

    def show(self, spectrum: Tensor) -> Tensor:
        """What the net is shown of a complex spectrum [B,F,L] of any level, [B,3,F,L]."""
        return super().show(spectrum / self._running.level(spectrum))

    @property
    def _running(self) -> RunningSpectrum:
        return cast(RunningSpectrum, self.spectrum)
