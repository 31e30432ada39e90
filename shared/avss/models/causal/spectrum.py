"""Short-time spectra of sound that goes on: every window ends at the present.

Frame l is computed when its last sample is heard, at hop·(l+1), and completes the wave up to where the next window
begins. So a wave comes back late by the window less one hop.
"""

import torch
from torch import Tensor

from avss.errors import ModelError
from avss.models.causal.layers import RunningMean
from avss.models.causal.memory import Past
from avss.models.separators.spectrum import Spectrum
from avss.rates import SAMPLE_RATE, SAMPLES_PER_FRAME

_LASTING = 10  # seconds
_QUIETEST = 1e-5


class RunningSpectrum(Spectrum):
    """Waves ↔ complex spectra, L = S / hop frames; the waves come back ``lag`` samples late.

    Args:
        window: samples of a frame, a multiple of ``hop``.
        hop: samples from one frame to the next; a frame of the video has a whole number of hops.

    Raises:
        ModelError: a window or a frame of the video is no multiple of ``hop``.
    """

    def __init__(self, window: int, hop: int) -> None:
        super().__init__(window, hop)
        if window % hop or SAMPLES_PER_FRAME % hop:
            what = f"a window of {window} samples with a hop of {hop}"
            raise ModelError(what, f"a hop that divides the window and {SAMPLES_PER_FRAME}", "change the hop")
        self.lag = window - hop
        self.heard = Past(self.lag)
        self.unfinished = Past(window // hop - 1, dim=-2)
        self.mean = RunningMean(_LASTING * SAMPLE_RATE // hop)

    def analyse(self, waves: Tensor) -> Tensor:
        """[B,S] → complex [B,F,L]; S is a multiple of ``hop``."""
        with torch.autocast(waves.device.type, enabled=False):
            frames = self.heard(waves.float()).unfold(-1, self.window, self.hop)  # [B,L,window]
            return torch.fft.rfft(frames * self.hann, norm="ortho").transpose(-1, -2)

    def level(self, spectra: Tensor) -> Tensor:
        """Complex [B,F,L] → root of the mean square of all that was heard so far, [B,1,L]."""
        power = spectra.abs().square().mean(1)[..., None]  # [B,L,1]
        return self.mean(power, torch.ones_like(power)).transpose(1, 2).sqrt().clamp(min=_QUIETEST)

    def synthesise(self, spectra: Tensor, S: int) -> Tensor:
        """Complex [...,F,L] → [...,S], what was analysed, late by ``lag``; S is all of it, hop·L."""
        with torch.autocast(spectra.device.type, enabled=False):
            frames = torch.fft.irfft(spectra.transpose(-1, -2), self.window, norm="ortho") * self.hann  # [...,L,window]
            longer, pieces = self.unfinished(frames), self.window // self.hop
            L = frames.shape[-2]
            # Of the newest window the first hop is complete, with the second hop of the one before it, and so on.
            hops = sum(
                longer[..., pieces - 1 - age : pieces - 1 - age + L, age * self.hop : (age + 1) * self.hop]
                for age in range(pieces)
            )
            weight = self.hann.square().unflatten(0, (pieces, self.hop)).sum(0)
            return (hops / weight).flatten(-2)[..., :S]
