"""Faces with the voices that belong to them: for each clip a resting face, its picture, and the voice signature.

For the contrastive match an epoch is a number of rounds. A round draws one face and one voice of every speaker, so that
no speaker meets itself; the voice may come from another clip than the face.
"""

from collections import Counter
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pytorch_lightning as pl
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from avss.data.epochs import EpochOrder
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
    """The clips of one split.

    Attributes:
        clips: all of them as one batch.
        speakers: of each.
        left_out: how many others there are for each reason.
    """

    clips: FaceBatch
    speakers: tuple[str, ...]
    left_out: dict[str, int]


def read_faces(store: PreparedStore, voices: StoreVoices, split: str) -> Faces:
    """The faces of a split; clips without a voice or whose face is never seen are left out.

    Raises:
        StoreError: none is left.
    """
    shapes, pictures, heard, speakers = [], [], [], []
    left_out: Counter[str] = Counter()
    for clip_id, speaker in store.clips[store.clips.split == split].speaker.items():
        voice = voices.of_clip.get(str(clip_id))
        if voice is None or not voice.known.any():
            left_out["no voice is heard"] += 1
            continue
        clip = store[str(clip_id)]
        try:
            shapes.append(neutral_shape(clip.landmarks, clip.valid))
        except FaceError:
            left_out["no face is seen"] += 1
            continue
        pictures.append(clip.face)
        heard.append(voices.standardisation.apply(voice))
        speakers.append(str(speaker))
    if not speakers:
        raise StoreError(
            f"no clip of the split '{split}' of {store.root} has both a face and a voice",
            "at least one",
            "prepare more speakers",
        )
    arrays = (shapes, pictures, [voice.values for voice in heard], [voice.known for voice in heard])
    return Faces(FaceBatch(*(torch.from_numpy(np.stack(array)) for array in arrays)), tuple(speakers), dict(left_out))


class GuessedVoices(NamedTuple):
    """B voices as a model guesses them from faces, and as they are.

    Attributes:
        guess: standardised, float32 [B,17].
        voice: the same of a clip of the same speaker, float32 [B,17]; 0 where unknown.
    """

    guess: Tensor
    voice: Tensor


class MatchRounds(Dataset[GuessedVoices]):
    """Item (epoch, number) is a round of that epoch: a guess and a voice of every speaker, in the order of names.

    Args:
        guesses: of the voices of ``faces``, [N,17].
        faces: whose voices and speakers.
        seed: of the draws.
    """

    def __init__(self, guesses: Tensor, faces: Faces, seed: int) -> None:
        names = np.array(faces.speakers)
        self._clips = [np.flatnonzero(names == name) for name in sorted(set(faces.speakers))]
        self._guesses, self._voices, self._seed = guesses, faces.clips.voice, seed

    def __getitem__(self, index: tuple[int, int]) -> GuessedVoices:
        rng = np.random.default_rng([self._seed, *index])
        guess, voice = np.array([rng.choice(clips, 2) for clips in self._clips]).T
        return GuessedVoices(self._guesses[guess], self._voices[voice])


class FaceData(pl.LightningDataModule):
    """Rounds of matching.

    Args:
        train, valid: where rounds are drawn from.
        rounds: in an epoch of training; validation is always the same one.
        seed: of the order.
    """

    def __init__(self, train: MatchRounds, valid: MatchRounds, *, rounds: int, seed: int) -> None:
        super().__init__()
        self._train, self._valid, self._rounds, self._seed = train, valid, rounds, seed

    def train_dataloader(self) -> DataLoader:
        """``rounds`` batches that differ from epoch to epoch."""
        return DataLoader(self._train, batch_size=None, sampler=EpochOrder(self._rounds, self._seed))

    def val_dataloader(self) -> DataLoader:
        """One batch."""
        return DataLoader(self._valid, batch_size=None, sampler=[(0, 0)])
