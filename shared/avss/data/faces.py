"""Faces with the voices that belong to them: for each clip a resting face, its picture, and the voice signature.

In an epoch every training speaker appears once in each batch round: a round draws one clip per speaker, so that in the
contrastive match no speaker meets itself. The voice may come from another clip of the same speaker than the face.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pytorch_lightning as pl
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Sampler

from avss.data.store import PreparedStore
from avss.data.voices import StoreVoices
from avss.errors import FaceError, StoreError
from avss.vision.neutral_shape import neutral_shape


class FaceBatch(NamedTuple):
    """B faces and voices.

    Attributes:
        shape: resting faces, float32 [B,68,2].
        face: pictures, uint8 [B,64,64,3].
        voice: standardised signatures, float32 [B,17]; 0 where unknown.
        known: bool [B,17].
    """

    shape: Tensor
    face: Tensor
    voice: Tensor
    known: Tensor


@dataclass(frozen=True)
class Faces:
    """All clips of one split as one batch, and the speaker of each."""

    clips: FaceBatch
    speakers: tuple[str, ...]


def read_faces(store: PreparedStore, voices: StoreVoices, split: str) -> Faces:
    """The faces of a split; clips without a voice or whose face is never seen are left out.

    Raises:
        StoreError: none is left.
    """
    shapes, pictures, heard, speakers = [], [], [], []
    for clip_id, speaker in store.clips[store.clips.split == split].speaker.items():
        clip = store[str(clip_id)]
        try:
            shape = neutral_shape(clip.landmarks, clip.valid)
        except FaceError:
            continue
        if str(clip_id) in voices.of_clip and voices.of_clip[str(clip_id)].known.any():
            shapes.append(shape)
            pictures.append(clip.face)
            heard.append(voices.standardisation.apply(voices.of_clip[str(clip_id)]))
            speakers.append(str(speaker))
    if not speakers:
        raise StoreError(
            f"no clip of the split '{split}' of {store.root} has both a face and a voice",
            "at least one",
            "prepare more speakers",
        )
    arrays = (shapes, pictures, [voice.values for voice in heard], [voice.known for voice in heard])
    return Faces(FaceBatch(*(torch.from_numpy(np.stack(array)) for array in arrays)), tuple(speakers))


class OnePerSpeaker(Sampler[list[tuple[int, int]]]):
    """Yields batches of (face, voice) clips with one pair per speaker; a function of the seed and the epoch.

    Args:
        speakers: the speaker of each clip.
        rounds: batches in an epoch.
        seed: of the draws.
    """

    def __init__(self, speakers: Sequence[str], rounds: int, seed: int) -> None:
        names = np.array(speakers)
        self._clips = [np.flatnonzero(names == name) for name in sorted(set(speakers))]
        self._rounds, self._seed, self._epoch = rounds, seed, 0

    def set_epoch(self, epoch: int) -> None:
        """Choose the epoch that is iterated over next."""
        self._epoch = epoch

    def __iter__(self) -> Iterator[list[tuple[int, int]]]:
        rng = np.random.default_rng([self._seed, self._epoch])
        for _ in range(self._rounds):
            yield [(int(rng.choice(clips)), int(rng.choice(clips))) for clips in self._clips]

    def __len__(self) -> int:
        return self._rounds


class FacePairs:
    """A face of one clip with the voice of another clip of the same speaker: ``pairs[face, voice]``."""

    def __init__(self, faces: Faces) -> None:
        self._clips = faces.clips

    def __getitem__(self, pair: tuple[int, int]) -> FaceBatch:
        face, voice = pair
        clips = self._clips
        return FaceBatch(clips.shape[face], clips.face[face], clips.voice[voice], clips.known[voice])


class FaceData(pl.LightningDataModule):
    """Batches with one pair per speaker.

    Args:
        train, valid: the faces of these splits.
        rounds: batches in an epoch.
        seed: of the draws.
    """

    def __init__(self, train: Faces, valid: Faces, *, rounds: int, seed: int) -> None:
        super().__init__()
        self._train, self._valid, self._rounds, self._seed = train, valid, rounds, seed

    def train_dataloader(self) -> DataLoader:
        """``rounds`` batches that differ from epoch to epoch."""
        return _loader(self._train, self._rounds, self._seed)

    def val_dataloader(self) -> DataLoader:
        """One batch."""
        return _loader(self._valid, 1, self._seed)


def _loader(faces: Faces, rounds: int, seed: int) -> DataLoader:
    return DataLoader(FacePairs(faces), batch_sampler=OnePerSpeaker(faces.speakers, rounds, seed))  # ty: ignore[invalid-argument-type]
