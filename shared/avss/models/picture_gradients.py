"""A picture of a face as histograms of oriented gradients: where edges are and which way they run.

Brows, beards and the line of the jaw are in there; the colour of skin and light is not. Nothing is learned, which is
what a corpus of a few dozen faces can bear: a convolutional net learns its training faces by heart. Left and right are
added up, for a face tells nothing by its sides, and the light often comes from one.

Source: N. Dalal and B. Triggs, "Histograms of oriented gradients for human detection", CVPR 2005.
"""

import math

import torch
from torch import Tensor
from torch.nn import functional

_CELL, _CELLS, _BINS = 8, 8, 9
GRADIENTS = _BINS * _CELLS * _CELLS
# An edge of one grey level in 255 all through a cell counts as noise.
_NOISE = 1 / 255
_UPRIGHT = 1e-6


def picture_gradients(pictures: Tensor) -> Tensor:
    """Pictures uint8 [B,64,64,3] → float32 [B,576]; the same for a picture and its mirror image."""
    grey = pictures.float().mean(dim=3) / 255  # [B,64,64]
    cells = _histograms(grey) + _histograms(grey.flip(2))
    return cells.flatten(1)


def _histograms(grey: Tensor) -> Tensor:
    """Nine directions in 8 × 8 cells [B,9,8,8] of ``grey`` [B,64,64], relative to the contrast around each cell."""
    framed = functional.pad(grey[:, None], (1, 1, 1, 1), mode="replicate")[:, 0]  # [B,66,66]
    right = framed[:, 1:-1, 2:] - framed[:, 1:-1, :-2]
    down = framed[:, 2:, 1:-1] - framed[:, :-2, 1:-1]
    # Dark on light and light on dark are the same edge, so directions run over half a turn.
    slope = down / torch.where(right == 0, _UPRIGHT, right)
    place = slope.atan().remainder(math.pi) / math.pi * _BINS  # [B,64,64], 0 … 9
    bins = torch.arange(_BINS, device=grey.device)[:, None, None]
    away = (place[:, None] - bins).abs()  # [B,9,64,64]
    share = (1 - torch.minimum(away, _BINS - away)).clamp_min(0)
    cells = functional.avg_pool2d(share * (right.square() + down.square()).sqrt()[:, None], _CELL)  # [B,9,8,8]
    contrast = functional.avg_pool2d(cells.square().sum(1, keepdim=True), 3, 1, 1, count_include_pad=False).sqrt()
    return cells / (contrast + _NOISE)
