"""Training a Lip2Phone by the command line, on made landmarks of three speakers."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from avss.models.frontend import Frontend
from avss.models.weights import load_model, read_description

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


def test_nothing_to_learn_from_is_refused(tmp_path: Path) -> None:
    done = run("--out", tmp_path / "run")
    assert done.returncode == 1
    assert "both or none of store and landmarks" in done.stderr
