"""Stages 2 to 4 by their commands: each starts from the model of the one before, on a store of six people who buzz."""

import json
import shutil
import subprocess
import sys
import time
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import torch
from small_separation import PARTS, SMALL, command, done, figures, same, train

from avss.data.mixture_settings import MixtureSettings
from avss.data.store import PreparedStore
from avss.errors import AvssError, ModelError, OutputError, SettingsError
from avss.models.audio_visual import AudioVisualSeparator
from avss.models.frontend import Frontend
from avss.models.weights import load_model, read_description
from avss.training.pacing import Level, Pacing
from avss.training.separation_sources import SourceSettings

EPOCHS = 8
LIVE = replace(SMALL, causal=True, hearing_first=False)
OPTIONS = [f"--separator.{name}={value}" for name, value in asdict(SMALL).items() if value is not None]


@pytest.fixture(scope="module")
def store(learning_store: PreparedStore) -> PreparedStore:
    """Three people to learn from, and three to validate on."""
    return learning_store


@pytest.fixture(scope="module")
def stage_2(runs: Path, store: PreparedStore) -> Path:
    """Run folder of a stage 2 that was killed in the middle, and went on."""
    out = runs / "2"
    line = command("2", store, out, f"--frontend={runs / 'frontend'}", *OPTIONS, f"--epochs={EPOCHS}")
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
        ("2", {"separator": LIVE}, ModelError, "a frontend that looks ahead"),
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
    options = (f"--frontend={runs / 'frontend'}", *OPTIONS, "--epochs=1")
    _, *line = command("2", store, tmp_path / "both", *options, "--trainer.devices=2")
    torchrun = ("-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2")
    assert done(sys.executable, *torchrun, *line).count("valid speakers: SI-SDRi") == 1
    train("2", store, tmp_path / "one", frontend=runs / "frontend", separator=SMALL, epochs=1)
    pd.testing.assert_frame_equal(figures(tmp_path / "one"), figures(tmp_path / "both"), rtol=1e-3)
