"""What words can be told from Lip2Phone's features: a light probe, trained on the speakers the net has met.

The word's place in the sentence and its frames are given. Its features are averaged over all of it and over each of
its thirds, and one logistic regression per place chooses among the words of that place.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from avss.corpora.sentence import SLOTS
from avss.data.lip_clips import LipClip
from avss.data.lips import loader
from avss.errors import CorpusError
from avss.evaluation.bootstrap import Interval, bootstrap_mean
from avss.models.frontend import Frontend
from avss.rates import FRAME_RATE

SLOT_OF: dict[str, str] = {word: slot for slot, words in SLOTS.items() for word in words.values()}

_PARTS = 3
_BATCH = 32
_PENALTY = 0.1


@dataclass(frozen=True)
class PooledWords:
    """N words: ``features`` float [N, 4·D], ``words`` and ``speakers`` str [N]."""

    features: np.ndarray
    words: np.ndarray
    speakers: np.ndarray


@torch.no_grad()
def pool_words(frontend: Frontend, clips: Sequence[LipClip]) -> PooledWords:
    """The features of every word of the grammar in ``clips``.

    Raises:
        CorpusError: there is none.
    """
    frontend.eval()
    pooled: list[np.ndarray] = []
    words: list[str] = []
    speakers: list[str] = []
    read = (features for batch in loader(clips, _BATCH) for features in frontend.read(batch.visual).features.numpy())
    for clip, features in zip(clips, read, strict=True):
        for word in clip.words:
            begin, end = (round(time * FRAME_RATE) for time in (word.start, min(word.end, len(clip) / FRAME_RATE)))
            if word.label in SLOT_OF and begin < end:
                pooled.append(_pooled(features[begin:end]))
                words.append(word.label)
                speakers.append(clip.speaker)
    if not pooled:
        raise CorpusError("no clip has a word of GRID's grammar with its times", "at least one", "use other clips")
    return PooledWords(np.stack(pooled), np.array(words), np.array(speakers))


@dataclass(frozen=True)
class ToldWords:
    """What a probe made of N words.

    Attributes:
        slots: the place of each word in the sentence, str [N].
        right: bool [N].
        speakers: str [N].
    """

    slots: np.ndarray
    right: np.ndarray
    speakers: np.ndarray

    @property
    def share(self) -> Interval:
        """The share that is right."""
        return bootstrap_mean(self.right, self.speakers)

    @property
    def chance(self) -> float:
        """The share that is right when any word of its slot is guessed."""
        return float(np.mean([1 / len(SLOTS[slot]) for slot in self.slots]))

    @property
    def of_speaker(self) -> dict[str, float]:
        """The share that is right of each speaker."""
        return {str(name): float(self.right[self.speakers == name].mean()) for name in np.unique(self.speakers)}

    def by_slot(self) -> dict[str, "ToldWords"]:
        """The words of each slot, and all of them as ``"mean"``."""
        places = {slot: self.slots == slot for slot in SLOTS if (self.slots == slot).any()}
        slots = {slot: ToldWords(self.slots[at], self.right[at], self.speakers[at]) for slot, at in places.items()}
        return {**slots, "mean": self}


def tell_words(train: PooledWords, test: PooledWords) -> ToldWords:
    """Train a probe on ``train`` and let it tell the words of ``test``.

    Raises:
        CorpusError: the training clips say fewer than two words of a slot that is asked for.
    """
    slots_of_train, slots_of_test = (np.array([SLOT_OF[word] for word in part.words]) for part in (train, test))
    right = np.zeros(len(test.words), bool)
    for slot in np.unique(slots_of_test):
        learned, asked = slots_of_train == slot, slots_of_test == slot
        if len(set(train.words[learned])) < 2:
            raise CorpusError(
                f"the training clips say one {slot} at most", "two words to choose from", "use more clips"
            )
        probe = make_pipeline(StandardScaler(), LogisticRegression(C=_PENALTY, max_iter=1000))
        probe.fit(train.features[learned], train.words[learned])
        right[asked] = probe.predict(test.features[asked]) == test.words[asked]
    return ToldWords(slots_of_test, right, test.speakers)


def _pooled(features: np.ndarray) -> np.ndarray:
    """Features [T,D] of one word → its mean and the means of its thirds, [4·D]; short words share frames."""
    edges = np.linspace(0, len(features), _PARTS + 1)
    thirds = [features[int(begin) : max(int(begin) + 1, int(np.ceil(end)))].mean(0) for begin, end in pairwise(edges)]
    return np.concatenate([features.mean(0), *thirds])
