"""How well voices are separated, in dB: one function per metric, all of them with named (estimate, reference).

=========  =================================================================================================
si_sdr     scale-invariant signal-to-distortion ratio: what of the estimate is the reference, at any level
sdr        the same, forgiving any filter of 512 samples too (BSS Eval v3)
level      how loud a signal is beside the mixture: of a face that is silent, what leaks into its voice
=========  =================================================================================================

An improvement (SI-SDRi, SDRi) is the figure of the estimate minus that of the mixture itself. Ratios end at ±100 dB, so
that a perfect estimate, and one of silence, still has a mean with others.

Libraries disagree on which signal comes first, and a swapped pair gives a plausible figure; here the names are needed.

Sources: J. Le Roux et al., "SDR – half-baked or well done?", ICASSP 2019; E. Vincent et al., "Performance measurement
in blind audio source separation", TASLP 2006, computed by R. Scheibler's fast-bss-eval (ICASSP 2022).
"""

import fast_bss_eval
import torch
from torch import Tensor

LIMIT = 100.0  # dB


def si_sdr(*, estimate: Tensor, reference: Tensor) -> Tensor:
    """Scale-invariant signal-to-distortion ratio of signals [...,S] without their means, dB [...].

    Raises:
        TypeError: not floating-point tensors.
        ValueError: shapes differ, a number is not finite, or a reference is silent.
    """
    estimate, reference = _checked(estimate=estimate, reference=reference)
    reference = reference - reference.mean(-1, keepdim=True)
    estimate = estimate - estimate.mean(-1, keepdim=True)
    share = (estimate * reference).sum(-1, keepdim=True) / reference.square().sum(-1, keepdim=True)
    target = share * reference
    found, error = target.square().sum(-1), (estimate - target).square().sum(-1)
    return torch.where(found > 0, 10 * (found / error).log10(), -LIMIT).clamp(-LIMIT, LIMIT)


def sdr(*, estimate: Tensor, reference: Tensor) -> Tensor:
    """Signal-to-distortion ratio of BSS Eval, of signals [N,S], dB [N]; each with the reference of its own row.

    Raises:
        TypeError: not floating-point tensors.
        ValueError: shapes differ, a number is not finite, or a reference is silent.
    """
    estimate, reference = _checked(estimate=estimate, reference=reference)
    return torch.as_tensor(fast_bss_eval.sdr_loss(est=estimate, ref=reference, clamp_db=LIMIT)).neg()


def level(*, signal: Tensor, mixture: Tensor) -> Tensor:
    """Level of signals [...,S] relative to their mixtures [...,S], dB [...]; 0 is as loud, and −100 the least.

    Raises:
        TypeError: not floating-point tensors.
        ValueError: shapes differ, a number is not finite, or a mixture is silent.
    """
    signal, mixture = _checked(signal=signal, mixture=mixture)
    return (10 * (signal.square().sum(-1) / mixture.square().sum(-1)).log10()).clamp(-LIMIT, LIMIT)


def _checked(**signals: Tensor) -> list[Tensor]:
    """Two signals in double precision, in which ratios of 100 dB are still exact; the second may not be silent."""
    for name, tensor in signals.items():
        if not (isinstance(tensor, Tensor) and tensor.is_floating_point()):
            came = f"{tensor.dtype} tensor" if isinstance(tensor, Tensor) else type(tensor).__name__
            raise TypeError(f"the {name} must be a floating-point tensor, not a {came}")
        if not tensor.isfinite().all():
            raise ValueError(f"the {name} has NaN or infinite numbers")
    (first, judged), (second, beside) = signals.items()
    if judged.shape != beside.shape:
        raise ValueError(f"{first} and {second} must have one shape, not {list(judged.shape)} and {list(beside.shape)}")
    if not beside.any(-1).all():
        raise ValueError(f"a {second} is silent; there is nothing to compare with")
    # Apple's GPUs have no double precision.
    return [(signal.cpu() if signal.is_mps else signal).double() for signal in (judged, beside)]
