"""Batches of lip clips for training: augmented, padded to the longest, and in the same order whenever a run resumes.

Padding is what the nets see as frames without a face; the ``confidence`` of their labels is zero.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pytorch_lightning as pl
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence
from torch.utils.data import DataLoader, Dataset

from avss.data.epochs import EpochOrder
from avss.data.lip_augmentation import augment
from avss.data.lip_clips import LipClip, in_split
from avss.data.visual import Visual, stack, to_tensor


class LipBatch(NamedTuple):
    """B clips of up to T frames.

    Attributes:
        visual: what is seen.
        phones: int64 [B,T].
        confidence: float32 [B,T].
    """

    visual: Visual
    phones: Tensor
    confidence: Tensor


def collate(clips: Sequence[LipClip]) -> LipBatch:
    """Pad clips to a batch."""
    phones = pad_sequence([to_tensor(clip.labels.phones).long() for clip in clips], batch_first=True)
    confidence = pad_sequence([to_tensor(clip.labels.confidence) for clip in clips], batch_first=True)
    return LipBatch(stack([clip.visual for clip in clips]), phones, confidence)


class AugmentedLips(Dataset[LipClip]):
    """Training clips; item (epoch, number) is the clip ``number`` as it is changed in that epoch."""

    def __init__(self, clips: Sequence[LipClip], seed: int) -> None:
        self._clips, self._seed = clips, seed

    def __getitem__(self, index: tuple[int, int]) -> LipClip:
        epoch, number = index
        return augment(self._clips[number], np.random.default_rng([self._seed, epoch, number]))

    def __len__(self) -> int:
        return len(self._clips)


class LipData(pl.LightningDataModule):
    """Training and validation batches.

    Args:
        clips: of all splits.
        batch: clips in a batch.
        seed: of order and augmentation.
    """

    def __init__(self, clips: Sequence[LipClip], *, batch: int, seed: int) -> None:
        super().__init__()
        self._train, self._valid = in_split(clips, "train"), in_split(clips, "valid")
        self._batch, self._seed = batch, seed

    def train_dataloader(self) -> DataLoader:
        """Every training clip once, changed."""
        order = EpochOrder(len(self._train), self._seed)
        dataset = AugmentedLips(self._train, self._seed)
        return DataLoader(dataset, self._batch, sampler=order, collate_fn=collate)

    def val_dataloader(self) -> DataLoader:
        """Every validation clip once, as it is."""
        return loader(self._valid, self._batch)


def loader(clips: Sequence[LipClip], batch: int) -> DataLoader:
    """Batches of ``clips`` in their order, as they are."""
    return DataLoader(clips, batch, collate_fn=collate)  # ty: ignore[invalid-argument-type]
