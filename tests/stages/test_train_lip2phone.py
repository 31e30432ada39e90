"""Training a Lip2Phone by the command line, on made landmarks of three speakers."""

import runpy
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch

from avss.data.store import PreparedStore
from avss.errors import AvssError, ModelError, SettingsError, StoreError
from avss.models.causal.lip2phone import CausalLip2Phone
from avss.models.frontend import Frontend
from avss.models.mouth_pca import MouthPCA
from avss.models.weights import load_model, read_description
from avss.training.eigenmouths import check_same_mouths

SCRIPT = Path(__file__).parents[2] / "1_frontend" / "1_2_frontend_training" / "train_lip2phone.py"


@pytest.fixture
def landmarks(tmp_path: Path) -> Path:
    folder = tmp_path / "landmarks"
    folder.mkdir()
    rng = np.random.default_rng([0])
    for speaker in ("s1", "s2", "s3"):
        np.savez(
            folder / f"{speaker}.npz",
            stem=np.array(["bbaf2n"]),
            words_per_clip=np.array([6]),
            frames_per_word=np.full(6, 5),
            word_id=np.array([4, 8, 12, 35, 18, 27]),
            coords_x20=rng.integers(200, 900, (30, 18)).astype(np.int16),
        )
    return folder


def run(*options: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, SCRIPT, *options], capture_output=True, text=True)


def test_a_net_is_trained_exported_and_started_from(landmarks: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    options = ("--landmarks", landmarks, "--split", "shares", "--epochs", "1", "--device", "cpu")
    done = run("--out", out, *options)
    assert done.returncode == 0, done.stderr
    assert "valid speakers: phones" in done.stdout
    frontend, description = load_model(out, Frontend), read_description(out)
    assert frontend.pca is None and frontend.lips.mouth_components == 0
    assert sorted(description.split) == ["test", "train", "valid"]
    assert {"config.yaml", "metrics.csv", "checkpoints"} <= {path.name for path in out.iterdir()}
    done = run("--out", tmp_path / "next", "--start", out, *options)
    assert done.returncode == 0, done.stderr


def test_a_causal_net_is_trained_and_no_start_for_the_other_kind(landmarks: Path, tmp_path: Path) -> None:
    train = runpy.run_path(str(SCRIPT))["train_lip2phone"]
    settings: dict[str, Any] = {"landmarks": landmarks, "split": "shares", "epochs": 1, "device": "cpu"}
    train(out=tmp_path / "causal", causal=True, **settings)
    assert isinstance(load_model(tmp_path / "causal", Frontend).lips, CausalLip2Phone)
    with pytest.raises(ModelError, match="a CausalLip2Phone to start from"):
        train(out=tmp_path / "next", start=tmp_path / "causal", **settings)


def test_a_net_that_reads_mouths_starts_from_one_that_did_not(
    landmarks: Path, talking_store: PreparedStore, pca_run: Path, tmp_path: Path
) -> None:
    first, second = tmp_path / "landmarks_only", tmp_path / "with_mouths"
    options = ("--epochs", "1", "--device", "cpu", "--inputs", "[measures,deviations]")
    assert run("--out", first, "--landmarks", landmarks, "--split", "shares", *options).returncode == 0
    done = run("--out", second, "--store", talking_store.root, "--pca", pca_run, "--start", first, *options)
    assert done.returncode == 0, done.stderr
    frontend, pca = load_model(second, Frontend), load_model(pca_run, MouthPCA)
    assert frontend.lips.inputs == ("measures", "deviations") and frontend.lips.mouth_components == 4
    assert frontend.pca is not None and torch.equal(frontend.pca.components, pca.components)
    check_same_mouths(read_description(second), talking_store)


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"labels": "guesses"}, StoreError, "no phone labels 'guesses'"),
        ({"landmarks": Path("land")}, SettingsError, "both or none of store and landmarks"),
        ({"store": None, "landmarks": Path("land")}, SettingsError, "a PCA of mouths for a corpus of landmarks"),
        ({"start": Path("nothing")}, ModelError, "there is no model in nothing"),
    ],
)
def test_settings_that_cannot_be_followed_are_refused(
    change: dict[str, Any],
    error: type[AvssError],
    message: str,
    talking_store: PreparedStore,
    pca_run: Path,
    tmp_path: Path,
) -> None:
    settings = {"out": tmp_path / "run", "store": talking_store.root, "pca": pca_run}
    with pytest.raises(error, match=message):
        runpy.run_path(str(SCRIPT))["train_lip2phone"](**settings | change)
    assert not (tmp_path / "run").exists()


def test_a_pca_of_mouths_that_were_cut_otherwise_is_refused(
    talking_store: PreparedStore, pca_run: Path, tmp_path: Path
) -> None:
    other = shutil.copytree(pca_run, tmp_path / "pca")
    text = (other / "model.json").read_text()
    (other / "model.json").write_text(text.replace("mouth_window", "another_window"))
    with pytest.raises(ModelError, match="which the PCA was fitted to"):
        runpy.run_path(str(SCRIPT))["train_lip2phone"](tmp_path / "run", talking_store.root, pca=other)


def test_nothing_to_learn_from_is_refused(tmp_path: Path) -> None:
    done = run("--out", tmp_path / "run")
    assert done.returncode == 1
    assert "both or none of store and landmarks" in done.stderr


def test_a_training_killed_in_the_middle_ends_with_the_weights_of_a_whole_one(landmarks: Path, tmp_path: Path) -> None:
    options = ("--landmarks", landmarks, "--split", "shares", "--epochs", "12", "--device", "cpu")
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    assert run("--out", whole, *options).returncode == 0
    process = subprocess.Popen(
        [sys.executable, SCRIPT, "--out", killed, *options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    while not (killed / "checkpoints" / "last.ckpt").is_file():
        assert process.poll() is None
        time.sleep(0.005)
    process.kill()
    process.wait()
    assert len(pd.read_csv(killed / "metrics.csv")) < 12
    assert not (killed / "model.json").exists()
    assert run("--out", killed, *options).returncode == 0
    for name in ("weights.safetensors", "metrics.csv"):
        assert (killed / name).read_bytes() == (whole / name).read_bytes(), name
