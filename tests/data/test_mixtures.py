"""Mixtures under a real trainer: moved, mixed, shared, and the same after a resumed run."""

from collections.abc import Sequence

import numpy as np
import pytest
import pytorch_lightning as pl
import torch
from pytorch_lightning.strategies import SingleDeviceStrategy

from avss.data.mixing import Mixtures
from avss.data.mixture_draw import draw_recipe
from avss.data.mixture_recipe import Sources
from avss.data.mixture_settings import MixtureSettings
from avss.data.mixtures import MixtureData
from avss.data.noise import coloured_noise
from avss.errors import SettingsError

SETTINGS = MixtureSettings(speakers=(2, 3), frames=6, noise=0.5)
LEVELS = [SETTINGS, MixtureSettings(speakers=(4, 4), frames=6)]
VALID = MixtureSettings(frames=6)


class Listener(pl.LightningModule):
    """Keeps the mixtures it is given."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = torch.nn.Parameter(torch.zeros(()))
        self.heard: list[Mixtures] = []
        self.checked: list[Mixtures] = []

    def training_step(self, batch: Mixtures) -> torch.Tensor:
        self.heard.append(batch)
        return self.weight * batch.mixture.sum()

    def validation_step(self, batch: Mixtures) -> None:
        self.checked.append(batch)

    def configure_optimizers(self) -> torch.optim.Optimizer:
        return torch.optim.SGD(self.parameters(), 0.1)


def share(rank: int) -> SingleDeviceStrategy:
    """One of two processes, without the other."""
    strategy = SingleDeviceStrategy("cpu")
    strategy.world_size, strategy.global_rank = 2, rank
    return strategy


@pytest.fixture
def data(make_bank):
    noise = coloured_noise(seconds=1)
    train, valid = make_bank({name: [8, 8] for name in "abcd"}), make_bank({name: [6] for name in "xy"})

    def make(batch: int = 4, levels: Sequence[MixtureSettings] = (SETTINGS,)) -> MixtureData:
        return MixtureData(
            Sources(train, noise=noise),
            Sources(valid),
            levels=levels,
            valid_levels=[VALID],
            batch=batch,
            steps=3,
            valid_steps=2,
            seed=5,
        )

    return make


def listen(data: MixtureData, epochs: int, **settings) -> Listener:
    listener = Listener()
    trainer = pl.Trainer(
        max_epochs=epochs,
        accelerator="cpu",
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
        **settings,
    )
    trainer.fit(listener, data)
    return listener


def test_every_step_of_every_epoch_has_mixtures_of_its_own(data):
    heard = listen(data(), 2).heard
    assert len(heard) == 6
    expected = {
        tuple(draw_recipe(SETTINGS, data()._sources["train"], 4, seed=5, step=step).faces.clip.flatten().tolist())
        for step in range(6)
    }
    assert {tuple(made.clip.flatten().tolist()) for made in heard} == expected
    assert len(expected) == 6


def test_validation_is_the_same_in_every_epoch(data):
    checked = listen(data(), 2, num_sanity_val_steps=0).checked
    assert len(checked) == 4
    assert torch.equal(data().valid_mixtures(3).mixture, checked[0].mixture[:3])
    assert not torch.equal(checked[0].mixture, checked[1].mixture)
    for first, second in zip(checked[:2], checked[2:], strict=True):
        assert torch.equal(first.mixture, second.mixture)


def test_examples_are_of_the_last_level(make_bank):
    sources = Sources(make_bank({name: [6] for name in "wxyz"}))
    levels = [VALID, MixtureSettings(speakers=(4, 4), frames=6)]
    data = MixtureData(sources, sources, levels=[VALID], valid_levels=levels, batch=3, steps=1, valid_steps=4, seed=0)
    assert data.valid_mixtures(2).voices.shape == (2, 4, 640 * 6)
    few, many = data.valid_mixtures(2), data.valid_mixtures(9)
    assert len(many.voices) == 9
    assert torch.equal(many.mixture[:2], few.mixture)


def test_levels_come_in_the_shares_asked_for(data):
    taken = [made.voices.shape[1] for made in listen(data(levels=LEVELS), 2).heard]
    assert sorted(K == 4 for K in taken) == [False] * 4 + [True] * 2  # in turn, 0 1 0 of each epoch, in random order
    hard = data(levels=LEVELS)
    hard.recipes.shares = np.array([0.0, 1.0])
    assert {made.voices.shape[1] for made in listen(hard, 1).heard} == {4}
    hard.recipes.shares = np.array([0.5, 0.5])
    mixed = [hard.recipes[epoch, 0].faces.clip.shape[1] == 4 for epoch in range(40)]
    assert 8 < sum(mixed) < 32
    assert mixed == [hard.recipes[epoch, 0].faces.clip.shape[1] == 4 for epoch in range(40)]


def test_two_processes_share_each_batch(data):
    whole = listen(data(), 1).heard
    for rank in range(2):
        mine = listen(data(), 1, strategy=share(rank), use_distributed_sampler=False).heard
        for part, all_of_it in zip(mine, whole, strict=True):
            assert torch.equal(part.mixture, all_of_it.mixture[2 * rank : 2 * rank + 2])


def test_a_batch_that_cannot_be_shared_is_refused(data):
    with pytest.raises(SettingsError, match="batch of 3 mixtures cannot be shared by 2 processes"):
        listen(data(3), 1, strategy=share(0), use_distributed_sampler=False)
