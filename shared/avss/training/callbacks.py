"""What every training run needs at its steps: random numbers that survive a restart, metrics in a table, and a stop
before too many numbers that are none.
"""

import time
from pathlib import Path
from typing import Any

import pandas as pd
import pytorch_lightning as pl
import torch
from numpy.random import SeedSequence
from pytorch_lightning.callbacks import Callback
from torch import Tensor
from torch.nn.utils import get_total_norm

from avss.errors import AvssError
from avss.files import writing


class TrainingError(AvssError):
    """A training that cannot go on."""


class StepSeed(Callback):
    """Seeds torch at every step, so that dropout after a restart is the same.

    Args:
        seed: with the step's number and that of the process, it decides what is drawn.
    """

    def __init__(self, seed: int) -> None:
        self._seed = seed

    def on_train_batch_start(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, batch: Any, batch_idx: int
    ) -> None:
        """Seed every device's generator."""
        torch.manual_seed(
            int(SeedSequence([self._seed, trainer.global_step, trainer.global_rank]).generate_state(1)[0])
        )


class BadBatches(Callback):
    """Leaves out batches whose loss or gradient is no finite number, before the weights follow them, and counts them.

    Processes that train together see the same gradient, and leave out the same batches.

    Args:
        most: so many are left out; one more ends the training.
    """

    def __init__(self, most: int) -> None:
        self._most, self._count = most, 0
        self._loss = torch.zeros(())

    def state_dict(self) -> dict[str, Any]:
        """How many there were."""
        return {"count": self._count}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Go on counting."""
        self._count = state_dict["count"]

    def on_before_backward(self, trainer: pl.Trainer, pl_module: pl.LightningModule, loss: Tensor) -> None:
        """Keep the loss, to tell it."""
        self._loss = loss.detach()

    def on_before_optimizer_step(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, optimizer: torch.optim.Optimizer
    ) -> None:
        """Take the gradient of a bad batch away.

        Raises:
            TrainingError: there are too many of them.
        """
        gradients = [weight.grad for weight in pl_module.parameters() if weight.grad is not None]
        if get_total_norm(gradients).isfinite():
            return
        self._count += 1
        if self._count > self._most:
            before = f", after {self._most} that were left out" if self._most else ""
            what = f"the loss of step {trainer.global_step} is {self._loss.item()}, its gradient not finite{before}"
            raise TrainingError(what, "finite numbers", "look for bad input, or train again with a lower rate")
        for weight in pl_module.parameters():
            weight.grad = None

    def on_train_batch_end(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        """Log the count, where any are allowed."""
        if self._most:
            counted = float(self._count)
            pl_module.log("bad_batches", counted, on_step=False, on_epoch=True, reduce_fx="max", sync_dist=True)


class Speed(Callback):
    """Logs the steps a second of each epoch, validation left out."""

    def __init__(self) -> None:
        self._start = 0.0

    def on_train_epoch_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Start the clock."""
        self._start = time.perf_counter()

    def on_train_batch_end(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        """Stop it after the last step."""
        if trainer.is_last_batch:
            speed = (batch_idx + 1) / (time.perf_counter() - self._start)
            pl_module.log("steps_per_second", speed, on_step=False, on_epoch=True, sync_dist=True)


class MetricsTable(Callback):
    """Keeps ``metrics.csv``: a row per epoch with everything that was logged, rates and losses alike.

    The rows travel in the checkpoint. A resumed run thus writes the table of a run that was never interrupted.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._rows: list[dict[str, float]] = []

    def state_dict(self) -> dict[str, Any]:
        """The rows so far."""
        return {"rows": self._rows}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Go on after the rows of the checkpoint."""
        self._rows = state_dict["rows"]

    def on_train_epoch_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Add the row of this epoch and write the table."""
        logged = {name: float(value) for name, value in sorted(trainer.callback_metrics.items())}
        self._rows = [*self._rows, {"epoch": trainer.current_epoch, "step": trainer.global_step, **logged}]
        if trainer.is_global_zero:
            with writing(self._path) as path:
                pd.DataFrame(self._rows).to_csv(path, index=False)
