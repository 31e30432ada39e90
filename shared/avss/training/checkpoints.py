"""Checkpoints that are whole or not there, and that hold numbers and nothing that could run.

Lightning's own writing goes by way of the system's temporary folder. From there to another disk a file is copied and
not renamed, and a kill or a full disk leaves half of it in the place of the last good one.
"""

import io
import pickle
from pathlib import Path
from typing import Any, cast

import pytorch_lightning as pl
import torch
from pytorch_lightning.callbacks import ModelCheckpoint
from pytorch_lightning.plugins.io import TorchCheckpointIO
from torch import Tensor

from avss.errors import ModelError
from avss.files import writing


class WholeCheckpoints(TorchCheckpointIO):
    """Writes a checkpoint beside its place and renames it; reads tensors and plain Python values only."""

    def save_checkpoint(
        self, checkpoint: dict[str, Any], path: str | Path, storage_options: object | None = None
    ) -> None:
        """Write ``checkpoint``.

        Raises:
            OutputError: the disk is full or cannot be written; a checkpoint that was there is kept.
        """
        # Straight to a file, torch reports a full disk as an error of any other kind.
        whole = io.BytesIO()
        torch.save(checkpoint, whole)
        with writing(Path(path)) as unfinished:
            unfinished.write_bytes(whole.getbuffer())

    def load_checkpoint(
        self, path: str | Path, map_location: Any = "cpu", weights_only: bool | None = True
    ) -> dict[str, Any]:
        """Read the checkpoint ``path``.

        Raises:
            ModelError: it is damaged, or holds more than tensors and plain values.
        """
        try:
            return torch.load(path, map_location, weights_only=weights_only)
        except (OSError, RuntimeError, EOFError, pickle.UnpicklingError) as error:
            what = f"{path} is damaged, or holds more than tensors and plain values"
            raise ModelError(what, "a checkpoint that a training wrote", "remove it to train from the start") from error


class BestCheckpoint(ModelCheckpoint):
    """Keeps ``best.ckpt``, of the epoch in which a validation metric was largest since :meth:`forget`.

    Args:
        folder: of the checkpoints; a run goes on in it after it was moved.
        metric: the name it is logged under.
    """

    def __init__(self, folder: Path, metric: str) -> None:
        super().__init__(folder, "best", monitor=metric, mode="max", enable_version_counter=False)

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Go on with what was best so far, which Lightning would forget in a folder of another name."""
        super().load_state_dict(state_dict | {"dirpath": self.dirpath})

    def forget(self) -> None:
        """Let the next epoch be the best, whatever was before it."""
        self.best_k_models, self.best_model_path, self.kth_best_model_path = {}, "", ""
        self.best_model_score, self.kth_value = None, torch.tensor(-torch.inf)


def best_score(trainer: pl.Trainer) -> float:
    """The metric by which a training chose, in the epoch whose weights it ended with."""
    (kept,) = (callback for callback in trainer.checkpoint_callbacks if isinstance(callback, BestCheckpoint))
    return float(cast(Tensor, kept.best_model_score))
