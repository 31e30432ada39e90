"""What every training run needs at its steps: random numbers that survive a restart, metrics in a table, and a stop
before a number that is none gets into the weights.
"""

from pathlib import Path
from typing import Any

import pandas as pd
import pytorch_lightning as pl
import torch
from numpy.random import SeedSequence
from pytorch_lightning.callbacks import Callback
from torch import Tensor

from avss.errors import AvssError
from avss.files import writing


class TrainingError(AvssError):
    """A training that cannot go on."""


class StepSeed(Callback):
    """Seeds torch at every step from ``seed`` and the step's number, so that dropout after a restart is the same."""

    def __init__(self, seed: int) -> None:
        self._seed = seed

    def on_train_batch_start(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, batch: Any, batch_idx: int
    ) -> None:
        """Seed every device's generator."""
        torch.manual_seed(int(SeedSequence([self._seed, trainer.global_step]).generate_state(1)[0]))


class FiniteLoss(Callback):
    """Ends a training whose loss is not a finite number, before the weights follow it."""

    def on_before_backward(self, trainer: pl.Trainer, pl_module: pl.LightningModule, loss: Tensor) -> None:
        """Check the loss of a step.

        Raises:
            TrainingError: it is NaN or infinite.
        """
        if not loss.isfinite():
            what = f"the loss of step {trainer.global_step} is {loss.item()}"
            raise TrainingError(what, "a finite number", "look for bad input, or train again with a lower rate")


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
        with writing(self._path) as path:
            pd.DataFrame(self._rows).to_csv(path, index=False)
