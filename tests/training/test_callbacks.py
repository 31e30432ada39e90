"""What is drawn in a step depends on the seed, the step and the process, and on nothing before."""

import pytest
import pytorch_lightning as pl
import torch
from pytorch_lightning.strategies import SingleDeviceStrategy
from torch import Tensor

from avss.training.callbacks import StepSeed


def drawn(seed: int, step: int, rank: int = 0) -> Tensor:
    """What a process draws in a step, without the other processes."""
    strategy = SingleDeviceStrategy("cpu")
    strategy.global_rank = rank
    trainer = pl.Trainer(strategy=strategy, accelerator="cpu", logger=False, enable_checkpointing=False)
    trainer.fit_loop.epoch_loop.automatic_optimization.optim_progress.optimizer.step.total.completed = step
    torch.rand(step + rank)
    StepSeed(seed).on_train_batch_start(trainer, pl.LightningModule(), None, 0)
    return torch.rand(8)


@pytest.mark.filterwarnings("ignore")
def test_the_draws_of_a_step_are_those_of_a_restarted_run_and_of_no_other_step_or_process() -> None:
    assert torch.equal(drawn(3, 5), drawn(3, 5)) and torch.equal(drawn(3, 5, 1), drawn(3, 5, 1))
    others = [drawn(3, 5), drawn(3, 6), drawn(4, 5), drawn(3, 5, rank=1), drawn(3, 6, rank=1)]
    assert len({tuple(draws.tolist()) for draws in others}) == len(others)
