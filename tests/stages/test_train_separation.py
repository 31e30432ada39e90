"""Stages 2 to 4 by their commands: each starts from the model of the one before, on a store of six people who buzz."""

import json
import runpy
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import torch
from torch import Tensor, nn

from avss.data.mixture_settings import MixtureSettings
from avss.data.store import PreparedStore
from avss.errors import AvssError, ModelError, OutputError, SettingsError
from avss.models.audio_visual import AudioVisualSeparator
from avss.models.face_to_speaker import FaceToSpeaker
from avss.models.frontend import Frontend
from avss.models.lip2phone import Lip2Phone
from avss.models.mouth_pca import MouthPCA
from avss.models.separators.cues import VoiceNumbers
from avss.models.separators.families import SeparatorSettings
from avss.models.separators.separator import Separator
from avss.models.weights import load_model, read_description, save_model
from avss.speech.voice_signature import NAMES
from avss.training.eigenmouths import mouth_settings
from avss.training.freezing import PartLearning
from avss.training.pacing import Level, Pacing
from avss.training.separation_fit import TrainerSettings
from avss.training.separation_sources import SourceSettings
from avss.training.separation_task import Learning

ROOT = Path(__file__).parents[2]
SCRIPTS = {stage[0]: ROOT / stage / "train.py" for stage in ("2_avss_main", "3_fine_tuning", "4_curriculum_learning")}

EPOCHS = 8
LEARNING = Learning(rate=1e-3, average=0.8)
# Without dropout, for one process and two of them drop different numbers.
SMALL = SeparatorSettings(width=8, stages=1, identity_dropout=0.0)
LENGTH = {"epochs": 2, "steps": 3, "batch": 4, "valid_steps": 1}
PARTS = {"lips": PartLearning(0.5), "face": PartLearning(0.5, start=1), "pca": PartLearning(start=None)}


@pytest.fixture(scope="module")
def store(learning_store: PreparedStore) -> PreparedStore:
    """Three people to learn from, and three to validate on."""
    return learning_store


@pytest.fixture(scope="module")
def runs(store: PreparedStore, pca_run: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of run folders, at first that of a frontend, which drops nothing in training."""
    folder = tmp_path_factory.mktemp("separation")
    with torch.random.fork_rng():
        torch.manual_seed(0)
        lips, face = Lip2Phone(4, hidden=16, features=16, dropout=0.0), FaceToSpeaker(len(NAMES))
    save_frontend(Frontend(lips, load_model(pca_run, MouthPCA), face), folder / "frontend", store)
    return folder


def save_frontend(frontend: Frontend, folder: Path, store: PreparedStore, **changes: Any) -> None:
    about: dict[str, Any] = {"corpus": str(store.root), "split": store.speakers}
    save_model(frontend, folder, **about | changes, notes={"mouths": mouth_settings(store)})


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


@pytest.fixture(scope="module")
def stage_2(runs: Path, store: PreparedStore) -> Path:
    """Run folder of a stage 2 that was killed in the middle, and went on."""
    out = runs / "2"
    net = ("--separator.width=8", "--separator.stages=1", "--separator.identity_dropout=0")
    line = command("2", store, out, f"--frontend={runs / 'frontend'}", *net, f"--epochs={EPOCHS}")
    process = subprocess.Popen(line, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while not (out / "checkpoints" / "last.ckpt").is_file():
        assert process.poll() is None
        time.sleep(0.005)
    process.kill()
    process.wait()
    assert 0 < len(figures(out)) < EPOCHS
    assert not (out / "model.json").exists()
    train("2", store, out, frontend=runs / "frontend", separator=SMALL, epochs=EPOCHS)
    return out


@pytest.fixture(scope="module")
def stage_3(runs: Path, store: PreparedStore, stage_2: Path) -> Path:
    """Run folder of a stage 3 in two processes."""
    parts = ("--lips.rate=0.5", "--face.rate=0.5", "--face.start=1", "--pca.start=null")
    told = done(*command("3", store, runs / "3", f"--start={stage_2}", *parts, "--trainer.devices=2"))
    assert told.count("lip reading before") == told.count("valid speakers: SI-SDRi") == 1
    return runs / "3"


def test_a_training_killed_in_the_middle_ends_with_the_weights_of_a_whole_one(
    stage_2: Path, runs: Path, store: PreparedStore, tmp_path: Path
) -> None:
    train("2", store, tmp_path, frontend=runs / "frontend", separator=SMALL, epochs=EPOCHS)
    assert (tmp_path / "weights.safetensors").read_bytes() == (stage_2 / "weights.safetensors").read_bytes()
    pd.testing.assert_frame_equal(figures(tmp_path), figures(stage_2))


def test_stage_2_exports_the_frontend_as_it_was_and_examples(stage_2: Path, runs: Path, store: PreparedStore) -> None:
    model = load_model(stage_2, AudioVisualSeparator)
    assert same(load_model(runs / "frontend", Frontend), model.frontend)
    described = read_description(stage_2)
    assert described.split == store.speakers and described.corpus == str(store.root)
    assert described.notes["valid"]["valid_si_sdri"] == round(figures(stage_2).valid_si_sdri.max(), 3)
    heard = {path.name for path in (stage_2 / "examples").iterdir()}
    assert {"01_mixture.wav", "01_voice1.wav", "01_true2.wav", "04.png"} <= heard


def test_two_processes_learn_what_one_learns(
    stage_2: Path, stage_3: Path, store: PreparedStore, tmp_path: Path
) -> None:
    train("3", store, tmp_path, start=stage_2, **PARTS)
    pd.testing.assert_frame_equal(figures(tmp_path), figures(stage_3), rtol=1e-3)
    one, two = (load_model(run, AudioVisualSeparator).state_dict() for run in (tmp_path, stage_3))
    for name, weight in one.items():
        torch.testing.assert_close(two[name], weight, rtol=1e-3, atol=1e-4, msg=name)


def test_stage_3_changes_what_may_learn_and_tells_what_it_forgot(stage_2: Path, stage_3: Path) -> None:
    before, after = (load_model(run, AudioVisualSeparator) for run in (stage_2, stage_3))
    assert before.frontend.pca is not None and after.frontend.pca is not None
    assert same(before.frontend.pca, after.frontend.pca)
    assert not same(before.frontend.lips, after.frontend.lips)
    assert not same(before.separator, after.separator)
    told = read_description(stage_3).notes["lip_reading"]
    assert told["before"].keys() == told["after"].keys() >= {"phones", "visemes"}


def test_stage_4_climbs_with_the_frontend_as_it_is(stage_3: Path, runs: Path, store: PreparedStore) -> None:
    levels = json.dumps([{"speakers": [2, 2]}, {"speakers": [3, 3], "snr_range": [0, 10]}])
    frozen = [f"--{part}.start=null" for part in PARTS]
    paced = ("--pacing.patience=null", "--pacing.longest=1")
    done(*command("4", store, runs / "4", f"--start={stage_3}", f"--levels={levels}", *paced, *frozen))
    table = figures(runs / "4")
    assert table.level.tolist() == [0, 1]
    for column in ("valid_si_sdri_2faces", "valid_si_sdri_3faces", "valid_si_sdri_level0", "valid_si_sdri_level1"):
        assert table[column].notna().all()
    before, after = (load_model(run, AudioVisualSeparator) for run in (stage_3, runs / "4"))
    assert same(before.frontend, after.frontend)
    assert not same(before.separator, after.separator)


def test_the_twin_that_sees_nothing_climbs_to_as_many_voices(runs: Path, store: PreparedStore, tmp_path: Path) -> None:
    train("2", store, tmp_path / "two", frontend=runs / "frontend", separator=SMALL, twin="audio")
    never, levels = PartLearning(start=None), [Level((2, 2)), Level((2, 3))]
    climbing = {"levels": levels, "pacing": Pacing(longest=1), "lips": never, "face": never, "pca": never}
    train("4", store, tmp_path / "three", start=tmp_path / "two", twin="audio", **climbing)
    twin = load_model(tmp_path / "three", Separator)
    assert isinstance(twin.cues, VoiceNumbers) and twin.cues.voices == 3
    assert figures(tmp_path / "three").valid_si_sdri_3faces.notna().all()


def test_stage_2_goes_on_from_a_net_that_has_learned_to_listen(
    runs: Path, store: PreparedStore, tmp_path: Path
) -> None:
    settings = {"frontend": runs / "frontend", "separator": SMALL}
    train("2", store, tmp_path / "hearing", **settings, twin="audio")
    still = {"learning": replace(LEARNING, rate=0.0), "start": tmp_path / "hearing"}
    train("2", store, tmp_path / "seeing", **settings, **still)
    heard, seen = load_model(tmp_path / "hearing", Separator), load_model(tmp_path / "seeing", AudioVisualSeparator)
    assert same(heard.net, seen.separator.net)


def test_a_finished_run_is_exported_again_and_another_of_its_name_is_refused(
    runs: Path, store: PreparedStore, tmp_path: Path
) -> None:
    settings = {"frontend": runs / "frontend", "separator": SMALL, "twin": "audio"}
    train("2", store, tmp_path / "old", **settings)
    weights = (tmp_path / "old" / "weights.safetensors").read_bytes()
    moved = tmp_path / "new"
    shutil.move(tmp_path / "old", moved)
    train("2", store, moved, **settings)
    assert (moved / "weights.safetensors").read_bytes() == weights
    assert isinstance(load_model(moved, Separator), Separator)
    with pytest.raises(OutputError, match="another batch, learning"):
        train("2", store, moved, **settings | {"batch": 2, "learning": replace(LEARNING, rate=0.1)})


def test_the_twin_that_sees_nothing_is_never_asked_to_leave_out_somebody_who_is_not_seen(
    runs: Path, store: PreparedStore, tmp_path: Path
) -> None:
    settings = {"frontend": runs / "frontend", "separator": SMALL, "twin": "audio"}
    train("2", store, tmp_path / "alone", **settings)
    crowd = MixtureSettings(frames=20, unseen_talkers=(1, 1))
    train("2", store, tmp_path / "crowd", **settings, mixtures=crowd)
    alone, crowded = (load_model(tmp_path / name, Separator) for name in ("alone", "crowd"))
    assert same(alone, crowded)


def test_a_full_disk_keeps_the_last_checkpoint(
    runs: Path, store: PreparedStore, tiny_disk: Path, tmp_path: Path
) -> None:
    settings = {"frontend": runs / "frontend", "separator": SMALL, "epochs": 3}
    train("2", store, tmp_path / "whole", **settings)
    size = (tmp_path / "whole" / "checkpoints" / "last.ckpt").stat().st_size
    # The best and the last one fit, and not one more beside them.
    subprocess.run(["mount", "-o", f"remount,size={int(2.5 * size)}", tiny_disk], check=True)
    with pytest.raises(OutputError, match=r"cannot write .*\.ckpt: No space"):
        train("2", store, tiny_disk / "run", **settings)
    larger = tmp_path / "larger"
    shutil.copytree(tiny_disk / "run", larger)
    assert torch.load(larger / "checkpoints" / "last.ckpt", weights_only=True)["epoch"] == 0
    train("2", store, larger, **settings)
    pd.testing.assert_frame_equal(figures(larger), figures(tmp_path / "whole"))
    assert (larger / "weights.safetensors").read_bytes() == (tmp_path / "whole" / "weights.safetensors").read_bytes()


@pytest.mark.parametrize(
    ("stage", "changes", "error", "said"),
    [
        (
            "2",
            {"mixtures": MixtureSettings(speakers=(2, 4), frames=20)},
            SettingsError,
            "mixtures of 4 faces need 4 different speakers; the training clips are of 3",
        ),
        (
            "4",
            {"levels": [Level((2, 2)), Level((4, 6))], "pacing": Pacing()},
            SettingsError,
            "mixtures of 6 faces need 6 different speakers; the training clips are of 3",
        ),
        ("2", {"sources": SourceSettings(babble=4), "mixtures": MixtureSettings(noise=1.0)}, SettingsError, "has 3"),
        ("4", {"levels": [], "pacing": Pacing()}, SettingsError, "number of levels is 0"),
        ("2", {"batch": 0}, SettingsError, "batch is 0"),
        ("3", {"epochs": 0}, SettingsError, "0 epochs"),
        ("3", {"labels": "guesses"}, AvssError, "no phone labels 'guesses'"),
        ("2", {"separator": replace(SMALL, causal=True)}, ModelError, "a frontend that looks ahead"),
        ("2", {"frontend": "nowhere"}, ModelError, "there is no model in"),
        ("3", {"start": "frontend"}, ModelError, "holds a Frontend"),
    ],
)
def test_what_cannot_be_trained_is_told_before_the_training(
    stage: str,
    changes: dict[str, Any],
    error: type[AvssError],
    said: str,
    stage_2: Path,
    runs: Path,
    store: PreparedStore,
    tmp_path: Path,
) -> None:
    start = {"frontend": runs / "frontend", "separator": SMALL} if stage == "2" else {"start": stage_2, **PARTS}
    changes = {name: runs / value if name in ("frontend", "start") else value for name, value in changes.items()}
    with pytest.raises(error, match=said):
        train(stage, store, tmp_path / "run", **start | changes)
    assert not (tmp_path / "run").exists()


def test_processes_that_torchrun_starts_learn_what_one_learns(runs: Path, store: PreparedStore, tmp_path: Path) -> None:
    net = ("--separator.width=8", "--separator.stages=1", "--separator.identity_dropout=0")
    options = (f"--frontend={runs / 'frontend'}", *net, "--epochs=1")
    _, *line = command("2", store, tmp_path / "both", *options, "--trainer.devices=2")
    torchrun = ("-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2")
    assert done(sys.executable, *torchrun, *line).count("valid speakers: SI-SDRi") == 1
    train("2", store, tmp_path / "one", frontend=runs / "frontend", separator=SMALL, epochs=1)
    pd.testing.assert_frame_equal(figures(tmp_path / "one"), figures(tmp_path / "both"), rtol=1e-3)
