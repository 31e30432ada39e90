"""Short-time spectra: what a mixture is made of, and voices cut out of it by complex masks.

A real mask keeps the phase of the mixture, and with it the other voices' share of every bin where two of them meet:
on mixtures of two a perfect one stops below 15 dB. A complex mask of magnitude up to 2 reaches above 30 dB.

The spectra are always float32: bfloat16 has 8 bits, which the sum of an inverse transform would show as noise.
"""

import torch
from torch import Tensor, nn

_LOUDEST = 2.0
SAID = 3  # numbers a net says of each bin
_FLOOR = 1e-4  # of a mixture of level 1: -80 dB
_COMPRESSION = 0.7


class Spectrum(nn.Module):
    """Waves ↔ complex spectra, Hann windows, L = S // hop + 1 frames of F = window // 2 + 1 bins.

    Args:
        window: samples of a frame.
        hop: samples from one frame to the next, at most half a window.
    """

    def __init__(self, window: int, hop: int) -> None:
        super().__init__()
        self.window, self.hop, self.bins = window, hop, window // 2 + 1
        self.hann: Tensor
        self.register_buffer("hann", torch.hann_window(window), persistent=False)

    def analyse(self, waves: Tensor) -> Tensor:
        """[B,S] → complex [B,F,L]."""
        with torch.autocast(waves.device.type, enabled=False):
            return torch.stft(
                waves.float(),
                self.window,
                self.hop,
                window=self.hann,
                pad_mode="constant",
                normalized=True,
                return_complex=True,
            )

    def synthesise(self, spectra: Tensor, S: int) -> Tensor:
        """Complex [...,F,L] → [...,S], the inverse of :meth:`analyse`."""
        with torch.autocast(spectra.device.type, enabled=False):
            waves = torch.istft(
                spectra.flatten(0, -3), self.window, self.hop, window=self.hann, normalized=True, length=S
            )
        return waves.unflatten(0, spectra.shape[:-2])


def loudness_and_phase(spectra: Tensor) -> Tensor:
    """What a net is shown of complex spectra [B,F,L]: log magnitude, and both parts, compressed; [B,3,F,L]."""
    return shown_of(torch.view_as_real(spectra).movedim(-1, 1))


def shown_of(parts: Tensor) -> Tensor:
    """The same of real and imaginary parts [B,2,F,L]."""
    magnitude = parts.square().sum(1, keepdim=True).sqrt().clamp(min=_FLOOR)  # [B,1,F,L]
    return torch.cat([magnitude.log(), parts * magnitude.pow(-_COMPRESSION)], dim=1)


def masks_of(said: Tensor) -> Tensor:
    """What a net says of the bins of K voices, [B,K,3,F,L] → complex masks [B,K,F,L].

    Two of the three are a mask of magnitude below 2. The third is the voice's claim on what the masks leave over or
    take twice, which the voices share with the rest of the mixture. A net that must only tell whose a bin is learns
    several times as fast as one that must also find out that the voices add up to the mixture.

    After S. Wisdom et al., "Differentiable consistency constraints for improved deep speech enhancement", ICASSP 2019.
    """
    return torch.complex(*mask_parts(said).unbind(2))


def mask_parts(said: Tensor) -> Tensor:
    """The real and imaginary parts of :func:`masks_of`, [B,K,2,F,L]."""
    with torch.autocast(said.device.type, enabled=False):
        masks, claims = said.float().split([2, 1], dim=2)
        masks = _LOUDEST * masks * (1 + masks.square().sum(2, keepdim=True)).rsqrt()
        claims = torch.cat([torch.zeros_like(claims[:, :1]), claims], dim=1)  # the rest, and the voices
        whole = masks.new_tensor([1.0, 0.0])[:, None, None]
        return masks + claims.softmax(1)[:, 1:] * (whole - masks.sum(1, keepdim=True))
