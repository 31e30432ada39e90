"""What activations are computed in: bfloat16 where a machine multiplies it faster, and else float32.

Spectra, losses and weights are float32 on every machine. A training step of ``tcn`` takes two thirds of the time on a
CPU with tiles for matrices of bfloat16 (Intel's AMX), and many times as long on one that has to emulate them
(tests/benchmarks/bench_separators.py).
"""

from typing import Literal

import torch

Precision = Literal["auto", "32-true", "bf16-mixed"]
Resolved = Literal["32-true", "bf16-mixed"]


def resolve(precision: Precision, device: str) -> Resolved:
    """The precision, as Lightning names it; auto is the one that ``device``, cpu, gpu, mps or auto, is faster in."""
    if precision != "auto":
        return precision
    if device in ("gpu", "auto") and torch.cuda.is_available():
        faster = torch.cuda.is_bf16_supported(including_emulation=False)
    else:
        faster = device in ("cpu", "auto") and torch.cpu._is_amx_tile_supported()
    return "bf16-mixed" if faster else "32-true"
