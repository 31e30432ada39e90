"""Made mixtures and faces, to try a model with where there is no corpus: noise that is heard, and faces that move.

Nobody speaks in them. They tell whether a model runs and gives the same as another one, not how well it separates.
"""

from typing import NamedTuple

import torch
from torch import Tensor

from avss.data.visual import Visual
from avss.rates import samples_in

_LEVEL = 0.1


class MadeParty(NamedTuple):
    """A ``mixture`` float32 [B,S], of level 0.1, and K faces ``visual`` [B,K,...] for each."""

    mixture: Tensor
    visual: Visual


def made_party(B: int, K: int, T: int, seed: int = 0) -> MadeParty:
    """B mixtures for K faces of T frames each; in some frames a face is not seen."""
    random = torch.Generator().manual_seed(seed)

    def normal(*shape: int) -> Tensor:
        return torch.randn(shape, generator=random)

    def pixels(*shape: int) -> Tensor:
        return torch.randint(0, 256, shape, dtype=torch.uint8, generator=random)

    # Lips and chin below the eyes, which are at (0, 0), as on a real face.
    points = torch.tensor([0.0, 1.0]) + 0.2 * normal(B, K, 1, 9, 2) + 0.05 * normal(B, K, T, 9, 2)
    valid = torch.rand((B, K, T), generator=random) < 0.9
    shape, picture = normal(B, K, 68, 2), pixels(B, K, 64, 64, 3)
    visual = Visual(points, pixels(B, K, T, 32, 48), valid, shape, picture)
    return MadeParty(_LEVEL * normal(B, samples_in(T)), visual)
