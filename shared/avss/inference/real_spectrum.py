"""Nets of spectra without complex numbers and without Fourier transforms, neither of which ONNX files can tell of.

A short-time spectrum is a convolution with the waves that it is made of, and its inverse a transposed one. Both give
the numbers of :class:`~avss.models.separators.spectrum.Spectrum`, at more operations; the trained weights stay.
"""

import torch
from torch import Tensor, nn

from avss.models.separators.masking import MaskingNet
from avss.models.separators.spectrum import Spectrum, mask_parts, shown_of


class RealNet(nn.Module):
    """The same mixtures and cues to the same voices.

    Args:
        net: of a family that masks spectra.
    """

    def __init__(self, net: MaskingNet) -> None:
        super().__init__()
        self.net, self.spectrum = net, RealSpectrum(net.spectrum)

    def forward(self, mixture: Tensor, cues: Tensor) -> Tensor:
        """Mixture [B,S] of level 1 and cues [B,K,C,T] → voices [B,K,S]."""
        parts = self.spectrum.analyse(mixture)  # [B,2,F,L]
        masks = mask_parts(self.net.say(shown_of(parts), cues))  # [B,K,2,F,L]
        (a, b), (c, d) = masks.unbind(2), parts[:, None].unbind(2)
        voices = torch.stack([a * c - b * d, a * d + b * c], dim=2)
        return self.spectrum.synthesise(voices.flatten(0, 1), mixture.shape[-1]).unflatten(0, masks.shape[:2])


class RealSpectrum(nn.Module):
    """Waves ↔ real and imaginary parts of their ``spectrum``."""

    def __init__(self, spectrum: Spectrum) -> None:
        super().__init__()
        self.window, self.hop = spectrum.window, spectrum.hop
        hann = spectrum.hann.cpu()
        waves = torch.fft.rfft(torch.eye(self.window), norm="ortho").T  # [F,window]
        bins = torch.eye(spectrum.bins, dtype=torch.cfloat)
        inverse = [torch.fft.irfft(unit * bins, self.window, norm="ortho") for unit in (1, 1j)]  # [F,window] each
        self.there: Tensor
        self.back: Tensor
        self.weight: Tensor
        self.register_buffer("there", (hann * torch.cat([waves.real, waves.imag]))[:, None])  # [2F,1,window]
        self.register_buffer("back", (hann * torch.cat(inverse))[:, None])  # [2F,1,window]
        self.register_buffer("weight", hann.square()[None, None])  # [1,1,window]

    def analyse(self, waves: Tensor) -> Tensor:
        """[B,S] → [B,2,F,L]."""
        framed = nn.functional.pad(waves[:, None], (self.window // 2, self.window // 2))
        return nn.functional.conv1d(framed, self.there, stride=self.hop).unflatten(1, (2, -1))

    def synthesise(self, parts: Tensor, S: int) -> Tensor:
        """[N,2,F,L] → [N,S], the inverse of :meth:`analyse`."""
        overlapped = nn.functional.conv_transpose1d(parts.flatten(1, 2), self.back, stride=self.hop)  # [N,1,n]
        weight = nn.functional.conv_transpose1d(torch.ones_like(parts[:1, :1, 0]), self.weight, stride=self.hop)
        whole = slice(self.window // 2, self.window // 2 + S)
        return (overlapped[..., whole] / weight[..., whole])[:, 0]
