"""What masks could reach if they knew the answer: the ceilings that separated voices are seen against.

The binary mask gives each bin of the spectrum to the voice that is louder in it than all else together (D. Wang, "On
ideal binary mask as the computational goal of auditory scene analysis", 2005), with the phase of the mixture. The
complex mask turns and scales each bin into that of the voice, as far as a magnitude of at most 2 allows: that is the
form of the separators' own masks.

Both are ideal for windows of 512 samples every 128.
"""

from collections.abc import Callable

from torch import Tensor

from avss.models.separators.spectrum import Spectrum

WINDOW, HOP = 512, 128
LARGEST = 2.0

_TINY = 1e-12


def ideal_binary(mixture: Tensor, voices: Tensor) -> Tensor:
    """The best voices [B,K,S] that binary masks cut out of a mixture [B,S], knowing the true ``voices`` [B,K,S]."""
    return _masked(mixture, voices, _binary)


def ideal_complex(mixture: Tensor, voices: Tensor) -> Tensor:
    """The best voices [B,K,S] that bounded complex masks cut out of a mixture [B,S], knowing the ``voices`` [B,K,S]."""
    return _masked(mixture, voices, _complex)


def _masked(mixture: Tensor, voices: Tensor, mask: Callable[[Tensor, Tensor], Tensor]) -> Tensor:
    """Voices cut out by ``mask``, a function of the spectra of the mixture [B,1,F,L] and of the voices [B,K,F,L]."""
    spectrum = Spectrum(WINDOW, HOP).to(mixture.device)
    whole = spectrum.analyse(mixture)[:, None]  # [B,1,F,L]
    parts = spectrum.analyse(voices.flatten(0, 1)).unflatten(0, voices.shape[:2])  # [B,K,F,L]
    return spectrum.synthesise(mask(whole, parts) * whole, mixture.shape[-1])


def _binary(whole: Tensor, parts: Tensor) -> Tensor:
    return (parts.abs() > (whole - parts).abs()).to(whole.dtype)


def _complex(whole: Tensor, parts: Tensor) -> Tensor:
    ratio = parts * whole.conj() / whole.abs().square().clamp(min=_TINY)
    return ratio * (LARGEST / ratio.abs().clamp(min=LARGEST))
