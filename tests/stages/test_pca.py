"""Stage 1.1 after the preparation, as people run it: fit, evaluate, ablate, and what is said when it cannot be."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from avss.data.store import PreparedStore
from avss.models.mouth_pca import MouthPCA
from avss.models.weights import WEIGHTS, load_model, read_description
from avss.training.environment import ENVIRONMENT
from avss.training.run import CONFIG

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "1_frontend" / "1_1_pca"
MakeStore = Callable[..., PreparedStore]


def run(script: str, *options: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(FOLDER / script), *map(str, options)]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory, make_store: MakeStore) -> Path:
    axes = np.random.default_rng(9).normal(size=(5, 32 * 48))
    clips = {}
    for n in range(1, 5):
        grey = 128 + np.random.default_rng(n).normal(size=(40, 5)) * [20, 12, 8, 5, 3] @ axes
        clips[f"s{n}/a"] = np.clip(grey, 0, 255).astype(np.uint8).reshape(40, 32, 48)
    split = {"s1": "train", "s2": "train", "s3": "valid", "s4": "test"}
    return make_store(tmp_path_factory.mktemp("pca") / "store", clips, split).root


@pytest.fixture(scope="module")
def fitted(store: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("run") / "tiny"
    done = run(
        "fit_pca.py", "--config", FOLDER / "fit_pca_quick.yaml", "--store", store, "--out", out, "--components=4"
    )
    assert done.returncode == 0, done.stderr
    assert "4 components of 28 mouths explain 9" in done.stdout
    return out


def test_a_fitted_pca_is_a_model_that_says_whom_it_saw(fitted: Path, store: Path) -> None:
    assert load_model(fitted, MouthPCA).n_components == 4
    description = read_description(fitted)
    assert description.split == {"train": ["s1", "s2"], "valid": ["s3"], "test": ["s4"]}
    assert description.corpus == str(store)
    assert "fit_pca.py" in json.loads((fitted / ENVIRONMENT).read_text())["command"]


def test_a_pca_is_kept_when_it_is_asked_for_again_and_replaced_by_no_other(fitted: Path, store: Path) -> None:
    options = ("fit_pca.py", "--config", FOLDER / "fit_pca_quick.yaml", "--store", store, "--out", fitted)
    before = (fitted / WEIGHTS).stat().st_mtime_ns
    again = run(*options, "--components=4")
    assert again.returncode == 0, again.stderr
    assert f"{fitted} is there already" in again.stdout
    other = run(*options, "--components=3")
    assert other.returncode == 1
    assert "was started with another components" in other.stderr
    assert (fitted / WEIGHTS).stat().st_mtime_ns == before


def test_a_pca_that_does_not_say_how_it_was_fitted_is_fitted_again(fitted: Path, store: Path, tmp_path: Path) -> None:
    shutil.copytree(fitted, tmp_path / "old")
    (tmp_path / "old" / CONFIG).unlink()
    done = run("fit_pca.py", "--store", store, "--out", tmp_path / "old", "--components", "3")
    assert done.returncode == 0, done.stderr
    assert load_model(tmp_path / "old", MouthPCA).n_components == 3


def test_an_evaluation_is_a_table_and_four_pictures(fitted: Path, store: Path, tmp_path: Path) -> None:
    done = run("evaluate.py", "--run", fitted, "--store", store, "--out", tmp_path)
    assert done.returncode == 0, done.stderr
    assert "test" in done.stdout
    assert {path.stem for path in tmp_path.glob("*.png")} == {
        "explained",
        "eigenmouths",
        "extremes",
        "reconstructions",
    }
    assert set(pd.read_csv(tmp_path / "reconstruction.csv").speaker) == {"s1", "s2", "s3", "s4"}


def test_ablations_end_as_tables_and_a_figure(store: Path, tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "number.yaml").write_text("question: How many?\ncomponents: [2, 4]\n")
    done = run("ablate.py", "--store", store, "--ablations", tmp_path / "a", "--out", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    assert "How many?" in done.stdout
    assert (tmp_path / "out" / "ablations.png").is_file()
    assert pd.read_csv(tmp_path / "out" / "ablations.csv").error.is_monotonic_decreasing


def test_too_few_frames_are_told_in_one_sentence(store: Path, tmp_path: Path) -> None:
    done = run("fit_pca.py", "--store", store, "--out", tmp_path / "run", "--components", "500")
    assert done.returncode == 1
    assert "80 valid frames of training speakers" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "run").exists()
