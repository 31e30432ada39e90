"""What activations are computed in: bfloat16 where a machine multiplies it faster, and else float32.

Spectra, losses and weights are float32 on every machine. A training step of ``tcn`` takes two thirds of the time on a
CPU that multiplies bfloat16 in its vectors (AVX-512 BF16) or in tiles (AMX), and many times as long on one that has to
emulate it (tests/benchmarks/bench_separators.py).
"""

from typing import Literal

import torch

Precision = Literal["auto", "32-true", "bf16-mixed"]
Resolved = Literal["32-true", "bf16-mixed"]


def resolve(precision: Precision, device: str) -> Resolved:
    """The precision, as Lightning names it; auto is the one that ``device`` is faster in.

    Args:
        precision: as asked for.
        device: cpu, gpu or cuda, which are one, mps or auto.
    """
    if precision != "auto":
        return precision
    if device in ("gpu", "cuda", "auto") and torch.cuda.is_available():
        faster = torch.cuda.is_bf16_supported(including_emulation=False)
    else:
        short = torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()
        faster = device in ("cpu", "auto") and short
    return "bf16-mixed" if faster else "32-true"
