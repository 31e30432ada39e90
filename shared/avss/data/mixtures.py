"""Mixtures for training: recipes are drawn on the CPU, travel as some kB, and are mixed where the clips lie.

A batch is a function of the seed and its number. Several processes draw the whole batch and take their rows of it, so
that a step of four processes is the step of one.
"""

from collections.abc import Sequence

import numpy as np
import pytorch_lightning as pl
from torch.utils.data import DataLoader, Dataset

from avss.corpora.generated.cast.draws import named_generators
from avss.data.epochs import EpochOrder
from avss.data.mixing import Mixtures, mix
from avss.data.mixture_draw import draw_recipe
from avss.data.mixture_recipe import Recipe, Sources
from avss.data.mixture_settings import MixtureSettings
from avss.errors import SettingsError


class Recipes(Dataset[Recipe]):
    """Item (epoch, number) is the recipe of that batch of that epoch, drawn from one of several levels of difficulty.

    Attributes:
        levels: settings of the levels.
        shares: float64 [levels], shares of the batches drawn from each; it may change between epochs. ``None`` takes
            the levels in turn.
    """

    def __init__(
        self,
        sources: Sources,
        levels: Sequence[MixtureSettings],
        batch: int,
        steps: int,
        seed: int,
        shares: np.ndarray | None = None,
    ) -> None:
        self.levels, self.shares = levels, shares
        self._sources, self._batch, self._steps, self._seed = sources, batch, steps, seed

    def __getitem__(self, index: tuple[int, int]) -> Recipe:
        epoch, number = index
        step = epoch * self._steps + number
        level = number % len(self.levels)
        if self.shares is not None:
            level = named_generators(self._seed, step)("level").choice(len(self.levels), p=self.shares)
        return draw_recipe(self.levels[level], self._sources, self._batch, seed=self._seed, step=step)

    def __len__(self) -> int:
        return self._steps

    def hardest(self, count: int) -> Recipe:
        """A recipe of ``count`` mixtures; the first of them are those of the first batch of the last level."""
        last = len(self.levels) - 1
        return draw_recipe(self.levels[last], self._sources, count, seed=self._seed, step=last)


class MixtureData(pl.LightningDataModule):
    """Batches of :class:`~avss.data.mixing.Mixtures`.

    With several processes, the trainer needs ``use_distributed_sampler=False``: each takes its rows of every batch.

    Args:
        train, valid: what mixtures are made from.
        levels, valid_levels: how they are drawn, one for each level of difficulty.
        batch: mixtures in a batch, of all processes together.
        steps, valid_steps: batches in an epoch, and to validate on; the latter are the same in every epoch.
        seed: of all draws.

    Raises:
        SettingsError: there is no level, no mixture or no batch.
    """

    def __init__(
        self,
        train: Sources,
        valid: Sources,
        *,
        levels: Sequence[MixtureSettings],
        valid_levels: Sequence[MixtureSettings],
        batch: int,
        steps: int,
        valid_steps: int,
        seed: int,
    ) -> None:
        super().__init__()
        counts = {"the number of levels": len(levels), "batch": batch, "steps": steps, "valid_steps": valid_steps}
        for name, count in counts.items():
            if count < 1:
                raise SettingsError(f"{name} is {count}", "at least 1", f"correct {name}")
        self._sources = {"train": train, "valid": valid}
        self._seed, self._batch = seed, batch
        self.recipes = Recipes(train, levels, batch, steps, seed)
        # Another seed: no validation mixture of a bank that is also trained on repeats a training mixture.
        self._valid_recipes = Recipes(valid, valid_levels, batch, valid_steps, seed + 1)

    @property
    def learned_from(self) -> frozenset[str]:
        """The speakers of the training mixtures."""
        return frozenset(self._sources["train"].bank.speakers)

    def setup(self, stage: str) -> None:
        """Bring the clips to the device that trains.

        Raises:
            SettingsError: the batch cannot be shared by the processes.
        """
        if self._batch % self._trainer.world_size:
            what = f"a batch of {self._batch} mixtures cannot be shared by {self._trainer.world_size} processes"
            raise SettingsError(what, "a multiple of the number of processes", "choose another batch")
        device = self._trainer.strategy.root_device
        self._sources = {part: sources.to(device) for part, sources in self._sources.items()}

    def train_dataloader(self) -> DataLoader[Recipe]:
        """An epoch of recipes."""
        order = EpochOrder(len(self.recipes), self._seed)
        return DataLoader(self.recipes, batch_size=None, sampler=order)

    def val_dataloader(self) -> DataLoader[Recipe]:
        """The recipes to validate on."""
        return DataLoader(
            self._valid_recipes, batch_size=None, sampler=[(0, n) for n in range(len(self._valid_recipes))]
        )

    def valid_mixtures(self, count: int) -> Mixtures:
        """``count`` mixtures of the last level to validate on, on the CPU; more than a batch, if need be."""
        return mix(self._valid_recipes.hardest(count), self._sources["valid"].to("cpu"))

    def on_after_batch_transfer(self, batch: Recipe, dataloader_idx: int) -> Mixtures:
        """Mix this process's share of a batch."""
        share = self._batch // self._trainer.world_size
        first = self._trainer.global_rank * share
        part = "train" if self._trainer.training else "valid"
        return mix(batch.rows(slice(first, first + share)), self._sources[part])

    @property
    def _trainer(self) -> pl.Trainer:
        if self.trainer is None:
            raise RuntimeError("mixtures are mixed for a trainer; fit with this data first")
        return self.trainer
