"""A training of a separator, from a task and its mixtures to the best of its averaged weights."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytorch_lightning as pl
from pytorch_lightning.callbacks import Callback

from avss.data.mixtures import MixtureData
from avss.training.callbacks import Speed
from avss.training.ema import AveragedWeights
from avss.training.precision import Precision
from avss.training.run import fit
from avss.training.separation_task import Learning, SeparationTask
from avss.training.trained_models import SCORE


@dataclass(frozen=True)
class TrainerSettings:
    """What a training runs on.

    Attributes:
        device: cpu, gpu, mps or auto.
        devices: of each machine; each gets a process, and its share of every batch.
        num_nodes: machines.
        precision: of the activations; auto is what the machine is faster in. Spectra and weights are always float32.
        compile: compile the net, which takes minutes and pays in long trainings on a GPU.
    """

    device: str = "auto"
    devices: int = 1
    num_nodes: int = 1
    precision: Precision = "32-true"
    compile: bool = False

    @property
    def processes(self) -> int:
        """How many train together, on all machines."""
        return self.devices * self.num_nodes


def fit_separation(
    task: SeparationTask,
    data: MixtureData,
    folder: Path,
    *,
    settings: Mapping[str, Any],
    learning: Learning,
    trainer: TrainerSettings,
    epochs: int,
    seed: int,
    wandb: bool,
    callbacks: tuple[Callback, ...] = (),
) -> pl.Trainer:
    """Train ``task``, which then has the averaged weights of the epoch that validates best; of a curriculum, on
    its last level.

    The arguments, and what is raised, are those of :func:`avss.training.run.fit`.
    """
    if trainer.compile:
        task.separator.compile()
    return fit(
        task,
        data,
        folder,
        settings=settings,
        epochs=epochs,
        seed=seed,
        device=trainer.device,
        wandb=wandb,
        callbacks=(AveragedWeights(learning.average), Speed(), *callbacks),
        best=SCORE,
        bad_batches=learning.bad_batches,
        devices=trainer.devices,
        num_nodes=trainer.num_nodes,
        precision=trainer.precision,
    )
