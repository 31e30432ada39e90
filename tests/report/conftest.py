"""Small run folders, written by what writes them in the stages."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import pytorch_lightning as pl
import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset

from avss.corpora.generated.cast.speaker import draw_speaker
from avss.corpora.generated.voice.utterance import say
from avss.corpora.sentence import Sentence
from avss.data.bank_reading import speech_level
from avss.data.exam_list import draw_exam
from avss.data.exam_mixtures import exam_mixtures
from avss.data.mixing import Mixtures
from avss.data.mixture_recipe import Sources
from avss.data.noise import coloured_noise
from avss.data.sixteen_bits import as_int16
from avss.data.voice_bank import VoiceBank
from avss.evaluation.exam import sit_exam
from avss.evaluation.exam_rows import AUDIO_ONLY, AUDIO_VISUAL, OTHER_LIPS, ExamRow, bounds
from avss.evaluation.exam_table import exam_figures, write_figures
from avss.models.audio_visual import AudioVisualSeparator
from avss.models.weights import read_description, save_model
from avss.training.listening import write_examples
from avss.training.run import fit

STORE = "data/made/prepared"


@dataclass(frozen=True)
class Material:
    """An exam with what its mixtures are made from, and its first mixture."""

    sources: Sources
    exam: pd.DataFrame
    mixture: Mixtures


class Improving(pl.LightningModule):
    """A task that logs as a separation does."""

    def __init__(self, levels: int) -> None:
        super().__init__()
        self.weight, self._levels = nn.Parameter(torch.ones(1)), levels

    def training_step(self, batch: list[Tensor]) -> Tensor:
        self.log("train_loss", self.weight.square().sum(), on_step=False, on_epoch=True)
        if self._levels:
            self.log("level", float(self.current_epoch % self._levels), on_step=False, on_epoch=True)
        return self.weight.square().sum()

    def validation_step(self, batch: list[Tensor]) -> None:
        for name in ("valid_si_sdri", *(f"valid_si_sdri_level{level}" for level in range(self._levels))):
            self.log(name, 2.0 + self.current_epoch)

    def configure_optimizers(self) -> torch.optim.Optimizer:
        return torch.optim.SGD(self.parameters(), 0.1)


class Two(pl.LightningDataModule):
    def train_dataloader(self) -> DataLoader:
        return DataLoader(TensorDataset(torch.zeros(2, 1)))

    val_dataloader = train_dataloader


def train(folder: Path, **settings: Any) -> None:
    """Two epochs in a run folder of a separator, with the settings that its script alone has."""
    plain = {"store": STORE, "mixtures": {}, "epochs": 2, "out": folder}
    levels = len(settings.get("levels", ()))
    fit(Improving(levels), Two(), folder, settings=plain | settings, epochs=2, device="cpu")


@pytest.fixture(scope="session")
def material() -> Material:
    """Mixtures of two and three of four speakers, without noise and in noise as loud as they are."""
    rng = np.random.default_rng(0)
    said = [say(Sentence.from_number(9 * n), draw_speaker(1, n).voice, rng).wave for n in range(1, 5)]
    audio = [as_int16(wave) for wave in said]
    bank = VoiceBank(
        tuple(f"{name}/0" for name in "abcd"),
        tuple("abcd"),
        tuple("ffmm"),
        np.full(4, 75),
        torch.from_numpy(np.stack(audio)),
        torch.tensor([speech_level(wave) for wave in audio], dtype=torch.float32),
        torch.ones(4, 75, dtype=torch.bool),
    )
    sources = Sources(bank, noise=coloured_noise(seconds=3))
    exam = draw_exam(sources, faces=(2, 3), levels=(None, 0.0), mixtures=3, frames=50, silent=1)
    _, mixture = next(iter(exam_mixtures(exam.head(1), sources, 1)))
    return Material(sources, exam, mixture)


def leaving(share: float) -> Callable[[Mixtures], Tensor]:
    """Separates all but a share of the mixture."""
    return lambda mixtures: mixtures.voices + share * mixtures.mixture[:, None]


def export(folder: Path, model: AudioVisualSeparator, change: float = 0.0) -> None:
    """Save ``model`` with weights that differ by ``change``."""
    with torch.no_grad():
        for weight in model.parameters():
            weight += change
    split = {"train": ["x", "y"], "valid": ["z"], "test": ["a", "b", "c", "d"]}
    save_model(model, folder, corpus=STORE, split=split, notes={"valid": {"valid_si_sdri": 3.0}})


def sit(folder: Path, material: Material, earlier: dict[str, Path], share: float, whole: bool) -> None:
    """Sit the exam, or the easiest part of it, with a separator that leaves ``share`` of the mixture."""
    exam = material.exam
    exam = exam if whole else exam[(exam.K == 2) & exam.snr.isna()]
    mine = read_description(folder).sha256
    rows = [*bounds(), ExamRow(AUDIO_ONLY, leaving(0.3), "twin", 2)]
    rows += [ExamRow(row, leaving(0.2), read_description(run).sha256) for row, run in earlier.items()]
    rows += [ExamRow(OTHER_LIPS, leaving(0.5), mine), ExamRow(AUDIO_VISUAL, leaving(share), mine)]
    scores = sit_exam(exam, material.sources, rows, folder / "exam", listened=int(whole), batch=4, jobs=1)
    about = {"run": str(folder), "part": "test", "store": STORE}
    write_figures(folder / "exam", exam_figures(scores), rows, {"activity only": "no reason"}, about)


@pytest.fixture(scope="session")
def runs(material: Material, small_model: AudioVisualSeparator, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of the runs ``separator``, ``tuned`` and ``curriculum``, all of them examined; do not write into it."""
    root = tmp_path_factory.mktemp("runs")
    levels = [{"speakers": [2, 2]}, {"speakers": [2, 3], "snr_range": [0.0, 20.0], "silent_faces": 0.1}]
    settings = {
        "separator": {"frontend": "runs/frontend", "twin": None},
        "tuned": {"start": "runs/separator"},
        "curriculum": {"start": "runs/tuned", "levels": levels, "pacing": {}},
    }
    earlier: dict[str, Path] = {}
    for place, name in enumerate(settings):
        train(root / name, **settings[name])
        export(root / name, small_model, 0.01)
        write_examples(leaving(0.1), material.mixture, root / name / "examples", None)
        sit(root / name, material, earlier, 0.1 / (place + 1), whole=name == "curriculum")
        earlier |= {("frozen frontend", "no curriculum", "")[place]: root / name}
    return root
