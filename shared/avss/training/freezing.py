"""Which parts of a frontend learn, from when on, and how fast.

A pretrained part that learns at once follows the first gradients of whatever was put on top of it. It can be kept as it
is for some epochs, or for all, and learn at a lower rate than the rest (J. Howard, S. Ruder, "Universal language model
fine-tuning for text classification", ACL 2018: discriminative rates, gradual unfreezing).
"""

from collections.abc import Mapping
from dataclasses import dataclass

import pytorch_lightning as pl
from pytorch_lightning.callbacks import Callback

from avss.errors import SettingsError
from avss.models.audio_visual import AudioVisualSeparator
from avss.models.frontend import Frontend
from avss.models.separators.separator import Separator


@dataclass(frozen=True)
class PartLearning:
    """How one part learns.

    Attributes:
        rate: its learning rate, as a share of the separator's.
        start: epoch from which it learns; null never.
    """

    rate: float = 0.1
    start: int | None = 0

    def __post_init__(self) -> None:
        if self.rate < 0 or (self.start is not None and self.start < 0):
            what = f"a part that learns at {self.rate} times the rate from epoch {self.start} on"
            raise SettingsError(what, "numbers that are not negative", "correct rate or start")


def all_frozen(parts: Mapping[str, PartLearning]) -> bool:
    """Whether no part ever learns, so that what the frontend says of a clip never changes."""
    return all(part.start is None for part in parts.values())


def what_learns(
    model: AudioVisualSeparator, parts: Mapping[str, PartLearning]
) -> tuple[Separator | AudioVisualSeparator, tuple[Callback, ...]]:
    """What is to be trained of ``model``: its separator alone where the frontend stays as it is, else all of it.

    Args:
        model: frontend and separator.
        parts: how the parts of the frontend learn, by name.

    Returns:
        The one or the other, and the callbacks that its training needs.
    """
    if all_frozen(parts):
        return model.separator, ()
    return model, (GradualUnfreezing(model.frontend, parts),)


class GradualUnfreezing(Callback):
    """Freezes and unfreezes the parts of ``frontend`` as the epoch tells, so that a resumed run needs no memory of it.

    Args:
        frontend: a part of what is trained.
        parts: how its parts learn, by name; the others stay as they are.
    """

    def __init__(self, frontend: Frontend, parts: Mapping[str, PartLearning]) -> None:
        self._frontend, self._parts = frontend, dict(parts)

    def setup(self, trainer: pl.Trainer, pl_module: pl.LightningModule, stage: str) -> None:
        """Freeze the parts that never learn; of the others, processes that train together agree beforehand."""
        for part, learning in self._parts.items():
            (self._frontend.freeze if learning.start is None else self._frontend.unfreeze)(part)

    def on_train_epoch_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Freeze the parts that do not learn yet, and unfreeze those that now do."""
        for part, learning in self._parts.items():
            learns = learning.start is not None and trainer.current_epoch >= learning.start
            (self._frontend.unfreeze if learns else self._frontend.freeze)(part)
