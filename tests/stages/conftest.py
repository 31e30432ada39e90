"""A prepared store whose people talk: their lips move with their phones, and their jaws belong to their voices."""

import shutil
from dataclasses import asdict
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest
from small_separation import save_frontend

from avss.corpora.clip import Segment
from avss.corpora.sentence import SENTENCES, Sentence
from avss.data.label_sources import ExactPhones
from avss.data.labelling import label_store
from avss.data.labels import write_labels
from avss.data.parts import write_part
from avss.data.store import PreparedClip, PreparedStore
from avss.data.store_writer import StoreWriter
from avss.data.voices import measure_voices
from avss.models.mouth_pca import MouthPCA
from avss.models.weights import save_model
from avss.rates import FRAME_RATE
from avss.training.eigenmouths import fit_eigenmouths, mouth_settings
from avss.vision.normalisation import CANONICAL, RIGID

SPLIT = {"a": "train", "b": "train", "c": "train", "d": "valid", "e": "test", "f": "test"}
OPEN, CLOSED = ("AE", "UW", "IY", "AA"), ("B", "S", "T", "F")
FRAMES_PER_PHONE = 4
T = 2 + 12 * FRAMES_PER_PHONE


def made_phones(sentence: Sentence) -> list[str]:
    """An open and a closed phone for each word, told by its letters."""
    return [phone for word in sentence.words for phone in (OPEN[ord(word[-1]) % 4], CLOSED[ord(word[0]) % 4])]


def made_clip(person: int, sentence: Sentence, rng: np.random.Generator) -> PreparedClip:
    gaps = [0.07 + 0.05 * OPEN.index(phone) if phone in OPEN else 0.0 for phone in made_phones(sentence)]
    opening = np.pad(np.repeat(gaps, FRAMES_PER_PHONE), 1)
    jaw = 0.5 + 0.04 * person
    face = np.zeros((68, 2))
    turn = np.linspace(0, np.pi, 17)
    face[:17] = np.stack([-jaw * np.cos(turn), 0.2 + 1.24 * np.sin(turn)], axis=1)
    face[RIGID] = CANONICAL
    for points in (range(48, 60), range(60, 68)):
        turn = np.linspace(-np.pi, np.pi, len(points), endpoint=False)
        face[list(points)] = np.stack([0.25 * np.cos(turn), 0.86 + 0.03 * np.sin(turn)], axis=1)
    landmarks = np.tile(face, (T, 1, 1))
    landmarks[:, [61, 62, 63], 1] -= opening[:, None] / 2
    landmarks[:, [65, 66, 67], 1] += opening[:, None] / 2
    landmarks = 100 * landmarks + 150 + rng.normal(0, 0.2, landmarks.shape)

    mouth = np.zeros((T, 32, 48), np.uint8)
    for picture, gap in zip(mouth, opening, strict=True):
        cv2.ellipse(picture, (24, 16), (18, 1 + int(60 * gap)), 0, 0, 360, 90 + 10 * person, -1)
    noisy = np.clip(mouth + rng.normal(0, 4, mouth.shape) * (mouth > 0), 0, 255).astype(np.uint8)
    time = np.arange(640 * T) / 16_000
    buzz = sum(np.sin(2 * np.pi * (220 - 20 * person) * n * time) / n for n in range(1, 20))
    audio = (4000 * buzz + rng.normal(size=len(time)) * 50).astype(np.int16)
    picture = np.full((64, 64, 3), 100 + 20 * person, np.uint8)
    return PreparedClip(audio, landmarks.astype(np.float32), noisy, np.ones(T, bool), picture)


def segments(labels: list[str], frames: int) -> list[dict[str, object]]:
    """``labels`` one after the other from the second frame on, ``frames`` long each."""
    edges = [(1 + frames * place) / FRAME_RATE for place in range(len(labels) + 1)]
    return [asdict(Segment(*edge, label)) for edge, label in zip(pairwise(edges), labels, strict=True)]


@pytest.fixture(scope="session")
def talking_store(tmp_path_factory: pytest.TempPathFactory) -> PreparedStore:
    """Six speakers, three of them training, with three clips of 2 s each, exact labels and voices."""
    root = tmp_path_factory.mktemp("talking") / "store"
    writer, rows, rng = StoreWriter(root), {}, np.random.default_rng([0])
    for person, (speaker, split) in enumerate(SPLIT.items()):
        for number in range(3):
            sentence = Sentence.from_number(int(rng.integers(SENTENCES)))
            clip_id = f"{speaker}/{number}"
            measured = {"source": "1@1", "face_score": 1.0, "damaged_frames": 0, "valid_share": 1.0}
            write_part(root, {"id": clip_id, "frames": T, **measured}, made_clip(person, sentence, rng))
            rows[clip_id] = {
                "id": clip_id,
                "speaker": speaker,
                "split": split,
                "text": str(sentence),
                "words": segments(list(sentence.words), 2 * FRAMES_PER_PHONE),
                "phones": segments(made_phones(sentence), FRAMES_PER_PHONE),
            }
    writer.finish(rows, {})
    store = PreparedStore(root)
    write_labels(store, label_store(store, ExactPhones()))
    measure_voices(store, jobs=1)
    return store


@pytest.fixture(scope="session")
def learning_store(talking_store: PreparedStore, tmp_path_factory: pytest.TempPathFactory) -> PreparedStore:
    """The talking store with three people to learn from, and three to validate on."""
    root = tmp_path_factory.mktemp("learning") / "store"
    shutil.copytree(talking_store.root, root)
    split = {clip_id: "train" if row.speaker in "abc" else "valid" for clip_id, row in talking_store.clips.iterrows()}
    StoreWriter(root).finish({str(clip_id): {"split": part} for clip_id, part in split.items()}, {})
    return PreparedStore(root)


@pytest.fixture(scope="session")
def pca_run(talking_store: PreparedStore, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Run folder of a mouth PCA of four components, fitted to the store."""
    folder = tmp_path_factory.mktemp("runs") / "pca"
    pca = MouthPCA.from_sklearn(fit_eigenmouths(talking_store, 4), (32, 48))
    notes = {"mouths": mouth_settings(talking_store)}
    save_model(pca, folder, corpus=str(talking_store.root), split=talking_store.speakers, notes=notes)
    return folder


@pytest.fixture(scope="session")
def frontend_run(talking_store: PreparedStore, pca_run: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Run folder of a whole frontend, with random weights but for its PCA."""
    folder = tmp_path_factory.mktemp("runs") / "frontend"
    save_frontend(folder, talking_store, pca_run)
    return folder


@pytest.fixture(scope="module")
def runs(learning_store: PreparedStore, pca_run: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of run folders, at first that of a frontend, which drops nothing in training."""
    folder = tmp_path_factory.mktemp("separation")
    save_frontend(folder / "frontend", learning_store, pca_run, dropout=0.0)
    return folder
