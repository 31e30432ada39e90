"""Trainings of stages 2 to 4, small enough for tests: by a function here, or by a command."""

import runpy
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import torch
from torch import Tensor, nn

from avss.data.mixture_settings import MixtureSettings
from avss.data.store import PreparedStore
from avss.models.face_to_speaker import FaceToSpeaker
from avss.models.frontend import Frontend
from avss.models.lip2phone import Lip2Phone
from avss.models.mouth_pca import MouthPCA
from avss.models.separators.families import SeparatorSettings
from avss.models.weights import load_model, save_model
from avss.speech.voice_signature import NAMES
from avss.training.eigenmouths import mouth_settings
from avss.training.freezing import PartLearning
from avss.training.separation_fit import TrainerSettings
from avss.training.separation_sources import SourceSettings
from avss.training.separation_task import Learning

ROOT = Path(__file__).parents[1]
SCRIPTS = {stage[0]: ROOT / stage / "train.py" for stage in ("2_avss_main", "3_fine_tuning", "4_curriculum_learning")}

LEARNING = Learning(rate=1e-3, average=0.8)
# Without dropout, for one process and two of them drop different numbers.
SMALL = SeparatorSettings(width=8, stages=1, identity_dropout=0.0, hearing_first=True)
LENGTH = {"epochs": 2, "steps": 3, "batch": 4, "valid_steps": 1}
PARTS = {"lips": PartLearning(0.5), "face": PartLearning(0.5, start=1), "pca": PartLearning(start=None)}


def save_frontend(folder: Path, store: PreparedStore, pca_run: Path, **lips_settings: Any) -> None:
    """Save a whole frontend, with random weights but for its PCA."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        lips, face = Lip2Phone(4, hidden=16, features=16, **lips_settings), FaceToSpeaker(len(NAMES))
    frontend = Frontend(lips, load_model(pca_run, MouthPCA), face)
    save_model(frontend, folder, corpus=str(store.root), split=store.speakers, notes={"mouths": mouth_settings(store)})


def train(stage: str, store: PreparedStore, out: Path, **settings: Any) -> None:
    """Run the function of a stage's script here."""
    function: Callable[..., None] = runpy.run_path(str(SCRIPTS[stage]))[
        {"2": "train_separator", "3": "fine_tune", "4": "climb"}[stage]
    ]
    plain: dict[str, Any] = {
        "mixtures": MixtureSettings(frames=20),
        "sources": SourceSettings(),
        "learning": LEARNING,
        "trainer": TrainerSettings(device="cpu"),
    }
    function(store=store.root, out=out, **plain | LENGTH | settings)


def command(stage: str, store: PreparedStore, out: Path, *options: str | Path) -> list[str | Path]:
    """The command line for the same."""
    plain = {
        "store": store.root,
        "out": out,
        "mixtures.frames": 20,
        "learning.rate": LEARNING.rate,
        "learning.average": LEARNING.average,
        "trainer.device": "cpu",
    }
    told = [f"--{name}={value}" for name, value in (plain | LENGTH).items()]
    return [sys.executable, SCRIPTS[stage], *told, *options]


def done(*command: str | Path) -> str:
    finished = subprocess.run(command, capture_output=True, text=True)
    assert finished.returncode == 0, finished.stderr
    return finished.stdout


def same(one: nn.Module, other: nn.Module) -> bool:
    weights: list[dict[str, Tensor]] = [one.state_dict(), other.state_dict()]
    return all(torch.equal(weights[0][name], weights[1][name]) for name in weights[0])


def figures(run: Path) -> pd.DataFrame:
    return pd.read_csv(run / "metrics.csv").drop(columns="steps_per_second")
