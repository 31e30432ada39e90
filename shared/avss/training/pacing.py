"""A curriculum: which levels of difficulty a training meets, and when.

A training stands on one level at a time and goes on to the next when validation no longer gains there, or after a fixed
number of epochs. A share of its batches always comes from the levels it has left, lest it forget them.

After Y. Bengio et al., "Curriculum learning", ICML 2009; the plateau rule is that of a learning-rate schedule.
"""

import math
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

import numpy as np
import pytorch_lightning as pl
from pytorch_lightning.callbacks import Callback

from avss.data.mixture_settings import MixtureSettings
from avss.data.mixtures import Recipes
from avss.errors import SettingsError
from avss.training.checkpoints import BestCheckpoint
from avss.training.separation_task import level_score

Order = Literal["easy first", "hard first", "uniform"]


@dataclass(frozen=True)
class Level:
    """A difficulty of mixtures.

    Attributes:
        speakers: least and largest number of faces.
        snr_range: least and largest level of the voices above the noise, dB; null is no noise.
        silent_faces: share of the faces that are seen and not heard.
        noise: share of the mixtures that have noise, where there is any.
    """

    speakers: tuple[int, int]
    snr_range: tuple[float, float] | None = None
    silent_faces: float = 0.0
    noise: float = 1.0

    def of(self, mixtures: MixtureSettings) -> MixtureSettings:
        """The settings ``mixtures`` at this level.

        Raises:
            SettingsError: a range is empty or a share is none.
        """
        changed = replace(mixtures, speakers=self.speakers, silent_faces=self.silent_faces)
        if self.snr_range is None:
            return replace(changed, noise=0.0)
        return replace(changed, noise=self.noise, snr_range=self.snr_range)


@dataclass(frozen=True)
class Pacing:
    """How a training goes through its levels.

    Attributes:
        order: of the levels; uniform draws from all of them from the first epoch on.
        patience: epochs without a gain in validation on a level before the next one; null waits for ``longest`` alone.
        gain: dB that count as one.
        longest: most epochs on a level.
        review: share of the batches that come from levels already left.
    """

    order: Order = "easy first"
    patience: int | None = 2
    gain: float = 0.1
    longest: int = 10
    review: float = 0.3

    def __post_init__(self) -> None:
        if self.longest < 1 or (self.patience is not None and self.patience < 1):
            what = f"{self.longest} epochs on a level, and a patience of {self.patience}"
            raise SettingsError(what, "at least 1", "correct longest or patience")
        if not 0 <= self.review < 1:
            raise SettingsError(f"review is {self.review}", "a share from 0 to below 1", "correct review")


@dataclass(frozen=True)
class Place:
    """Where in its curriculum a training is.

    Attributes:
        visited: levels already left.
        epochs: on the level it is at.
        best: best validation there, dB.
        waited: epochs since then.
    """

    visited: int = 0
    epochs: int = 0
    best: float = -math.inf
    waited: int = 0

    def after(self, score: float, pacing: Pacing, levels: int) -> "Place":
        """The place after one more epoch, which validation on its level gave ``score`` dB."""
        better = score > self.best + pacing.gain
        waited, epochs = 0 if better else self.waited + 1, self.epochs + 1
        flat = pacing.patience is not None and waited >= pacing.patience
        if (flat or epochs >= pacing.longest) and self.visited + 1 < levels:
            return Place(self.visited + 1)
        return Place(self.visited, epochs, score if better else self.best, waited)

    def level(self, pacing: Pacing, levels: int) -> int:
        """The number of the level it is at, 0 being the easiest."""
        return levels - 1 - self.visited if pacing.order == "hard first" else self.visited

    def shares(self, pacing: Pacing, levels: int) -> np.ndarray:
        """Share of the batches from each level, [levels]."""
        if pacing.order == "uniform":
            return np.full(levels, 1 / levels)
        path = np.zeros(levels)  # in the order in which levels are visited
        path[: self.visited] = pacing.review / max(self.visited, 1)
        path[self.visited] = 1 - path.sum()
        return path[::-1] if pacing.order == "hard first" else path


class Curriculum(Callback):
    """Goes through the levels; where it is travels in the checkpoint.

    Args:
        pacing: how.
        recipes: draws from the levels, by the shares that it is given.
    """

    def __init__(self, pacing: Pacing, recipes: Recipes) -> None:
        self.place, self._pacing, self._recipes = Place(), pacing, recipes

    def setup(self, trainer: pl.Trainer, pl_module: pl.LightningModule, stage: str) -> None:
        """Check that there is time for every level.

        Raises:
            SettingsError: the training may end before it comes to its last level.
        """
        before, epochs = self._pacing.longest * (len(self._recipes.levels) - 1), trainer.max_epochs or 0
        if self._pacing.order != "uniform" and before >= epochs:
            what = f"{epochs} epochs, of which the levels before the last one may take {before}"
            raise SettingsError(what, "time for every level", "train for more epochs, or make pacing.longest smaller")

    def state_dict(self) -> dict[str, Any]:
        """The place."""
        return asdict(self.place)

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Go on from there."""
        self.place = Place(**state_dict)

    def on_train_epoch_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Set what this epoch draws from; on a new level, let no epoch of those before it be the best."""
        levels = len(self._recipes.levels)
        if self.place.visited and not self.place.epochs:
            for kept in trainer.checkpoint_callbacks:
                if isinstance(kept, BestCheckpoint):
                    kept.forget()
        self._recipes.shares = self.place.shares(self._pacing, levels)
        if self._pacing.order != "uniform":
            pl_module.log("level", float(self.place.level(self._pacing, levels)), sync_dist=True)

    def on_train_epoch_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Stay or go on, where one level comes after the other."""
        if self._pacing.order == "uniform":
            return
        levels = len(self._recipes.levels)
        score = trainer.callback_metrics[level_score(self.place.level(self._pacing, levels))]
        self.place = self.place.after(float(score), self._pacing, levels)
