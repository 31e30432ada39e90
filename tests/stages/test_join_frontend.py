"""Joining the nets of 1.2 by the command line."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from avss.models.face_to_speaker import FaceToSpeaker
from avss.models.frontend import Frontend
from avss.models.lip2phone import Lip2Phone
from avss.models.mouth_pca import MouthPCA
from avss.models.weights import load_model, read_description, save_model
from avss.training.environment import ENVIRONMENT

SCRIPT = Path(__file__).parents[2] / "1_frontend" / "1_2_frontend_training" / "join_frontend.py"
SPLIT = {"train": ["s1", "s2"], "valid": ["s3"], "test": ["s4"]}


@pytest.fixture
def lips(tmp_path: Path) -> Path:
    frontend = Frontend(Lip2Phone(4), MouthPCA(4, (32, 48)))
    save_model(frontend, tmp_path / "lips", corpus="made", split=SPLIT, notes={"mouths": {"mouth_crop": [32, 48]}})
    return tmp_path / "lips"


def save_face(folder: Path, corpus: str, split: dict[str, list[str]]) -> Path:
    save_model(FaceToSpeaker(17), folder, corpus=corpus, split=split, notes={"voice": ["f0"]})
    return folder


def join(lips: Path, face: Path, out: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, SCRIPT, "--lips", lips, "--face", face, "--out", out]
    return subprocess.run(command, capture_output=True, text=True)


def test_two_nets_become_one_that_tells_where_both_come_from(lips: Path, tmp_path: Path) -> None:
    other = {"train": ["s4"], "valid": [], "test": ["s1"]}
    done = join(lips, save_face(tmp_path / "face", "another", other), tmp_path / "both")
    assert done.returncode == 0, done.stderr
    frontend, description = load_model(tmp_path / "both", Frontend), read_description(tmp_path / "both")
    assert frontend.size == 192 and frontend.pca is not None and frontend.face is not None
    assert "192 features" in done.stdout
    assert "join_frontend.py" in json.loads((tmp_path / "both" / ENVIRONMENT).read_text())["command"]
    assert (description.corpus, description.split) == ("made", SPLIT)
    assert description.notes["mouths"] == {"mouth_crop": [32, 48]}
    assert description.notes["face"] == {"corpus": "another", "split": other, "voice": ["f0"]}


def test_a_speaker_who_teaches_one_net_and_judges_the_other_is_refused(lips: Path, tmp_path: Path) -> None:
    done = join(lips, save_face(tmp_path / "face", "made", {"train": ["s4"], "test": ["s1"]}), tmp_path / "both")
    assert done.returncode == 1
    assert "learned from s1, who" in done.stderr
    assert not (tmp_path / "both").exists()
