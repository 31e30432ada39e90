"""Weights averaged over the last steps: less noisy than those of any one step, and what is validated and exported.

The average follows faster at the beginning of a training, where old weights are bad ones.
"""

from functools import partial

import pytorch_lightning as pl
import torch
from pytorch_lightning.callbacks import WeightAveraging
from torch import Tensor

_SLOW_DOWN = 10  # steps


class AveragedWeights(WeightAveraging):
    """Averages the weights exponentially; checkpoints hold the average as ``state_dict``.

    Args:
        decay: share of the old average that a step keeps, once that many steps were made.
    """

    def __init__(self, decay: float = 0.999) -> None:
        super().__init__(use_buffers=False, avg_fn=partial(averaged, decay))

    def setup(self, trainer: pl.Trainer, pl_module: pl.LightningModule, stage: str) -> None:
        """Keep the average where the weights will be, so that a step on a GPU does not wait for the CPU."""
        self._device = trainer.strategy.root_device
        super().setup(trainer, pl_module, stage)


def averaged(decay: float, average: Tensor, weight: Tensor, steps: Tensor | int) -> Tensor:
    """The average after one more step, of which ``steps`` were made before."""
    n = torch.as_tensor(steps, dtype=weight.dtype, device=weight.device)
    return torch.lerp(weight, average, ((1 + n) / (_SLOW_DOWN + n)).clamp(max=decay))
