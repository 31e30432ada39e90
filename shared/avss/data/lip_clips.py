"""Clips for lip reading, from a prepared store and from a corpus of landmarks alone, in one form."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from avss.corpora.clip import Segment
from avss.corpora.lip_landmarks import LandmarkClip, landmark_speakers, read_landmarks
from avss.data.label_sources import label_words
from avss.data.labels import read_labels
from avss.data.splits import Split, split_speakers
from avss.data.store import PreparedStore
from avss.data.visual import Visual, resting_shape, seen_points, to_tensor
from avss.errors import CorpusError
from avss.speech.phone_labels import PhoneLabels
from avss.vision.face_crop import CROP


@dataclass(frozen=True)
class LipClip:
    """What is seen and said in one clip of T frames.

    Attributes:
        id, speaker, split: of the clip.
        points: float32 [T,9,2], :data:`~avss.vision.lip_points.LIP_POINTS`; any scale, the eyes at (0, 0).
        mouth: uint8 [T,32,48], or [T,0,0] where the corpus has none.
        valid: bool [T], the face was seen and its points are finite numbers.
        shape: float32 [68,2], the face at rest; zeros where the corpus has none.
        picture: uint8 [64,64,3], the same as a picture.
        labels: phones and confidence of every frame.
        words: what is said, in seconds; empty when unknown.
    """

    id: str
    speaker: str
    split: Split
    points: np.ndarray
    mouth: np.ndarray
    valid: np.ndarray
    shape: np.ndarray
    picture: np.ndarray
    labels: PhoneLabels
    words: tuple[Segment, ...]

    def __len__(self) -> int:
        return len(self.points)

    @property
    def visual(self) -> Visual:
        """What is seen, as the nets see it."""
        return Visual(*map(to_tensor, (self.points, self.mouth, self.valid, self.shape, self.picture)))


def store_lips(store: PreparedStore, source: str, *, mouths: bool) -> list[LipClip]:
    """The labelled clips of a store.

    Args:
        store: where they lie.
        source: of the phone labels.
        mouths: whether the insides of the mouths are wanted.

    Raises:
        StoreError: the store has no such labels, or is damaged.
    """
    labels = read_labels(store, source)
    return [_of_store(store, str(clip_id), labels.of_clip[clip_id], mouths) for clip_id in sorted(labels.of_clip)]


def landmark_lips(folder: Path, split: str, accent: str = "en", clips: int | None = None) -> list[LipClip]:
    """The clips of a corpus of landmarks, labelled from their words.

    Args:
        folder: of the corpus.
        split: how its speakers are divided, one of :data:`~avss.data.splits.SPLITS`.
        accent: how the words are pronounced.
        clips: of each speaker, spread over the file; ``None`` takes all.

    Raises:
        CorpusError: the folder or a file is not such a corpus, or the split does not know a speaker.
    """
    parts = split_speakers(dict.fromkeys(landmark_speakers(folder)), split)
    found: list[LipClip] = []
    for speaker, part in parts.items():
        of_speaker = list(read_landmarks(folder, speaker))
        step = max(1, len(of_speaker) // clips) if clips else 1
        found += [_of_landmarks(clip, part, accent) for clip in of_speaker[::step][:clips]]
    return found


def in_split(clips: Iterable[LipClip], split: Split) -> list[LipClip]:
    """The clips of one part of the speakers.

    Raises:
        CorpusError: there are none.
    """
    chosen = [clip for clip in clips if clip.split == split]
    if not chosen:
        raise CorpusError(f"no labelled clip is in the split '{split}'", "at least one", "prepare or label more clips")
    return chosen


def speakers_by_split(clips: Iterable[LipClip]) -> dict[str, list[str]]:
    """The speakers of each part that has clips."""
    pairs = {(clip.split, clip.speaker) for clip in clips}
    speakers: dict[str, list[str]] = {}
    for split, speaker in sorted(pairs):
        speakers.setdefault(split, []).append(speaker)
    return speakers


def _of_store(store: PreparedStore, clip_id: str, labels: PhoneLabels, mouths: bool) -> LipClip:
    row, clip = store.clips.loc[clip_id], store[clip_id]
    points, valid = seen_points(clip.landmarks, clip.valid)
    mouth = clip.mouth if mouths else np.zeros((len(points), 0, 0), np.uint8)
    shape, words = resting_shape(clip.landmarks, valid), store.words(clip_id) or ()
    return LipClip(clip_id, row.speaker, row.split, points, mouth, valid, shape, clip.face, labels, words)


def _of_landmarks(clip: LandmarkClip, split: Split, accent: str) -> LipClip:
    T = len(clip.points)
    mouth, valid = np.zeros((T, 0, 0), np.uint8), np.ones(T, bool)
    shape, picture = np.zeros((68, 2), np.float32), np.zeros((*CROP, 3), np.uint8)
    labels = label_words(clip.words, T, accent)
    return LipClip(clip.id, clip.speaker, split, clip.points, mouth, valid, shape, picture, labels, clip.words)
