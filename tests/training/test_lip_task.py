"""Lip2Phone learns from lips made of its labels, resumes, and is judged; over points that tell the phone."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.decomposition import IncrementalPCA

from avss.corpora.clip import Segment
from avss.data.lip_clips import LipClip, in_split
from avss.data.lips import LipBatch, LipData, collate
from avss.data.splits import Split
from avss.data.visual import Visual
from avss.errors import CorpusError
from avss.evaluation.phones import FrameReadings, read_lips, score_phones
from avss.evaluation.word_probe import pool_words, tell_words
from avss.models.frontend import Frontend
from avss.models.lip2phone import Lip2Phone
from avss.models.mouth_pca import MouthPCA
from avss.speech.phone_labels import PhoneLabels
from avss.speech.phones import PHONES
from avss.training.lip_task import LipTask, frame_loss, order_loss
from avss.training.run import fit

WORDS = ("bin", "blue", "at", "f", "two", "now", "lay", "red", "by", "g", "six", "soon")


def clip(number: int, split: Split = "train", T: int = 24) -> LipClip:
    """A clip whose lips are open where the first phone is said and closed where it is silent."""
    rng = np.random.default_rng([number])
    phones = np.repeat(rng.integers(0, 3, T // 4 + 1), 4)[:T].astype(np.int8)
    points = np.tile(np.linspace(0.8, 1.4, 18, dtype=np.float32).reshape(9, 2), (T, 1, 1))
    points[:, 3, 1] += 0.2 * phones
    points += rng.normal(0, 0.002, points.shape).astype(np.float32)
    words = tuple(
        Segment(k * 0.16, (k + 1) * 0.16, word)
        for k, word in enumerate(WORDS[6 * (number % 2) :][:6])
        if 4 * k + 4 <= T
    )
    labels = PhoneLabels(phones, np.ones(T, np.float32))
    mouth, valid = np.zeros((T, 0, 0), np.uint8), np.ones(T, bool)
    shape, picture = np.zeros((68, 2), np.float32), np.zeros((64, 64, 3), np.uint8)
    speaker = f"s{number % 4}"
    return LipClip(f"{speaker}/{number}", speaker, split, points, mouth, valid, shape, picture, labels, words)


def with_mouths(clip: LipClip) -> LipClip:
    """The clip with mouths that are the brighter, the larger the number of the phone, and still lips."""
    rng = np.random.default_rng([len(clip.id)])
    grey = 60 + 60 * clip.labels.phones[:, None, None] + rng.normal(0, 5, (len(clip), 4, 6))
    return replace(clip, points=np.tile(clip.points[:1], (len(clip), 1, 1)), mouth=grey.astype(np.uint8))


CLIPS = [*(clip(number) for number in range(24)), *(clip(number, "valid") for number in range(24, 32))]


def train(folder: Path, epochs: int, stop_after: int | None = None) -> LipTask:
    class Stopping(LipTask):
        def on_train_epoch_start(self) -> None:
            if self.current_epoch == stop_after:
                raise KeyboardInterrupt

    torch.manual_seed(0)
    task = Stopping(Frontend(Lip2Phone(hidden=24, features=24, dropout=0.1)), rate=1e-2, ctc=0.1)
    fit(task, LipData(CLIPS, batch=4, seed=0), folder, settings={}, epochs=epochs, device="cpu")
    return task


@pytest.mark.filterwarnings("ignore")
def test_a_killed_training_ends_with_the_same_weights_and_can_be_judged(tmp_path: Path) -> None:
    whole = train(tmp_path / "whole", 4)
    with pytest.raises((KeyboardInterrupt, SystemExit)):
        train(tmp_path / "killed", 4, stop_after=2)
    resumed = train(tmp_path / "killed", 4)
    for name, weights in whole.frontend.state_dict().items():
        assert torch.equal(resumed.frontend.state_dict()[name], weights), name
    losses = pd.read_csv(tmp_path / "whole" / "metrics.csv").train_loss
    assert losses.iloc[-1] < losses.iloc[0]

    told = tell_words(*(pool_words(whole.frontend, in_split(CLIPS, part)) for part in ("train", "valid")))
    assert set(told.by_slot()) == {"command", "colour", "preposition", "letter", "digit", "adverb", "mean"}


@pytest.mark.filterwarnings("ignore")
def test_phones_are_learned_from_mouths_alone_and_a_frozen_pca_stays(tmp_path: Path) -> None:
    clips = [with_mouths(clip) for clip in CLIPS]
    mouths = np.concatenate([clip.mouth.reshape(len(clip), -1) for clip in clips]) / 255
    pca = MouthPCA.from_sklearn(IncrementalPCA(2, whiten=True).fit(mouths), (4, 6))
    before = {name: weights.clone() for name, weights in pca.state_dict().items()}
    torch.manual_seed(0)
    frontend = Frontend(Lip2Phone(2, hidden=32, features=32, dropout=0.0, inputs=()), pca)
    frontend.freeze("pca")
    task = LipTask(frontend, rate=5e-3)
    fit(task, LipData(clips, batch=4, seed=0), tmp_path, settings={}, epochs=24, device="cpu")
    scores = score_phones(read_lips(frontend, in_split(clips, "valid")))
    assert scores.phones.value > scores.phone_majority.value + 0.2
    assert all(torch.equal(pca.state_dict()[name], weights) for name, weights in before.items())


def test_scores_of_readings_that_are_known() -> None:
    b, p, silence = (PHONES.index(phone) for phone in ("B", "P", "SIL"))
    frames = FrameReadings(
        truth=np.array([b, b, p, silence]),
        guess=np.array([b, p, p, p]),
        heard=np.array([b, p, p, silence]),
        clips=np.array([0, 0, 1, 1]),
        speaking=np.array([1.0, 2.0, 3.0, -1.0]),
        speakers=np.array(["s1", "s1", "s2", "s2"]),
    )
    scores = score_phones(frames)
    assert scores.phones.value == pytest.approx(2 / 3)
    assert scores.phone_majority.value == pytest.approx(2 / 3)
    assert scores.visemes.value == scores.viseme_majority.value == scores.speaking.value == 1
    assert scores.as_numbers()["phones"] == 0.6667
    with pytest.raises(CorpusError, match="nothing is said"):
        score_phones(replace(frames, truth=np.full(4, silence)))


def test_frames_without_confidence_or_beyond_a_clip_do_not_count_in_the_loss() -> None:
    task = LipTask(Frontend(Lip2Phone(hidden=8, features=8))).eval()
    short = collate([CLIPS[0]])
    reading = task(short)
    alone = frame_loss(reading, short)
    visual, phones, confidence = collate([CLIPS[0], clip(99, T=40)])
    first = LipBatch(Visual(*(part[:1] for part in visual)), phones[:1], confidence[:1])
    torch.testing.assert_close(frame_loss(task(first), first), alone)
    unknown = short._replace(confidence=torch.zeros_like(short.confidence))
    assert frame_loss(reading, unknown) == 0
    assert order_loss(reading, unknown) == 0


def test_a_split_without_clips_is_refused() -> None:
    with pytest.raises(CorpusError, match="in the split 'test'"):
        in_split(CLIPS, "test")
    with pytest.raises(CorpusError, match="no frame has both"):
        read_lips(Frontend(Lip2Phone(hidden=8)), [replace(CLIPS[0], valid=np.zeros(24, bool))])
