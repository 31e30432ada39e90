"""Clips to read lips from: what is taken from a store and from a corpus of landmarks, and what is refused."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from avss.corpora.clip import Segment
from avss.data.label_sources import ExactPhones
from avss.data.labelling import label_store
from avss.data.labels import write_labels
from avss.data.lip_clips import in_split, landmark_lips, speakers_by_split, store_lips
from avss.data.lips import collate
from avss.data.store import PreparedStore
from avss.data.visual import visual_of
from avss.errors import CorpusError, StoreError
from avss.speech.phones import PHONES

WORDS = [Segment(0.0, 0.4, "bin")]
SAID = [Segment(0.0, 0.2, "B"), Segment(0.2, 0.4, "IH")]


@pytest.fixture
def store(made_store: Callable[..., PreparedStore]) -> PreparedStore:
    """Two labelled clips, one of three frames, and one whose phones are not known."""
    store = made_store({"s1/a": (10, WORDS, SAID), "s2/b": (3, None, SAID), "s2/c": (5, None, None)})
    write_labels(store, label_store(store, ExactPhones()))
    return store


def test_the_labelled_clips_of_a_store_are_read_with_their_mouths(store: PreparedStore) -> None:
    first, short = store_lips(store, "exact", mouths=True)
    assert (first.id, first.speaker, first.split, len(first), len(short)) == ("s1/a", "s1", "train", 10, 3)
    assert [PHONES[phone] for phone in first.labels.phones] == ["B"] * 5 + ["IH"] * 5
    assert first.words == tuple(WORDS) and short.words == ()
    for seen, stored in zip(first.visual, visual_of(store["s1/a"]), strict=True):
        np.testing.assert_array_equal(seen, stored)


def test_mouths_that_are_not_wanted_are_not_read(store: PreparedStore) -> None:
    batch = collate(store_lips(store, "exact", mouths=False))
    assert batch.visual.mouth.shape == (2, 10, 0, 0)
    assert batch.visual.points.shape == (2, 10, 9, 2)
    assert not batch.visual.valid[1, 3:].any() and not batch.confidence[1, 3:].any()


def test_labels_of_a_source_that_is_not_known_are_refused(store: PreparedStore) -> None:
    with pytest.raises(StoreError, match="no phone labels 'guesses'"):
        store_lips(store, "guesses", mouths=False)


def test_a_store_of_another_version_is_refused(store: PreparedStore) -> None:
    header = store.root / "store.json"
    header.write_text(json.dumps(json.loads(header.read_text()) | {"format": 99}))
    with pytest.raises(StoreError, match="has format 99"):
        store_lips(PreparedStore(store.root), "exact", mouths=True)


def test_the_speakers_of_each_part_are_known_and_an_empty_part_is_refused(store: PreparedStore) -> None:
    lips = store_lips(store, "exact", mouths=False)
    assert speakers_by_split(lips) == {"train": ["s1", "s2"]}
    assert in_split(lips, "train") == lips
    with pytest.raises(CorpusError, match="in the split 'test'"):
        in_split(lips, "test")


def test_real_landmarks_are_labelled_with_the_phones_of_their_words(real_landmarks: Path) -> None:
    lips = landmark_lips(real_landmarks, "lip-landmarks", clips=2)
    assert len(lips) == 58
    assert {clip.speaker for clip in lips if clip.split == "test"} == {"s3", "s12", "s22", "s28", "s31"}
    assert all(len(clip) == len(clip.labels) and clip.words for clip in lips)
