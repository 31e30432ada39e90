"""Judging a frontend by its command: on a store with all there is to know, and where something is missing."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from avss.data.lip_clips import landmark_lips, store_lips
from avss.data.store import PreparedStore
from avss.errors import PartMissingError, StoreError
from avss.evaluation.frontend_report import judge_frontend
from avss.evaluation.frontend_scores import judge_faces
from avss.models.frontend import Frontend
from avss.models.lip2phone import Lip2Phone
from avss.models.weights import load_model, save_model

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "1_frontend" / "1_2_frontend_training" / "evaluate.py"
SLOTS = ["command", "colour", "preposition", "letter", "digit", "adverb", "mean"]
LIPS = ["phones", "visemes", "speaking AUC", "phone error rate"]


def run(*options: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, SCRIPT, *options], capture_output=True, text=True, cwd=ROOT)


@pytest.fixture(scope="module")
def landmarks_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Run folder of a frontend that reads landmarks alone, with random weights."""
    folder = tmp_path_factory.mktemp("run") / "landmarks"
    save_model(Frontend(Lip2Phone(hidden=8, features=8)), folder, corpus="elsewhere", split={"train": ["e", "x"]})
    return folder


def test_everything_is_judged_of_speakers_never_met(
    talking_store: PreparedStore, frontend_run: Path, tmp_path: Path
) -> None:
    done = run("--run", frontend_run, "--store", talking_store.root, "--out", tmp_path)
    assert done.returncode == 0, done.stderr
    assert "not judged" not in done.stdout
    assert "bear the name" not in done.stdout
    figures = pd.read_csv(tmp_path / "figures.csv").set_index(["part", "figure"])
    assert figures.loc["lips"].index.tolist() == LIPS
    assert figures.loc["words"].index.tolist() == SLOTS
    assert "own voice picked" in figures.loc["face"].index
    assert (figures.loc[["lips", "words"]].speakers == 2).all()
    assert figures.at[("words", "letter"), "baseline"] == pytest.approx(1 / 25)
    speakers = pd.read_csv(tmp_path / "speakers.csv").set_index("speaker")
    assert speakers.index.tolist() == ["e", "f"]
    # Clips are of one length and say as many words: the figure is the mean of its speakers.
    assert speakers["mean"].mean() == pytest.approx(figures.at[("words", "mean"), "value"], abs=1e-3)
    spoken = pd.read_csv(tmp_path / "confusion.csv").drop(columns="said").to_numpy().sum()
    assert spoken == 2 * 3 * 48
    assert json.loads((tmp_path / "figures.json").read_text())["missing"] == {}
    assert {path.name for path in tmp_path.glob("*.png")} == {"confusion.png", "speakers.png"}


def test_what_cannot_be_judged_and_who_was_met_is_said(
    talking_store: PreparedStore, landmarks_run: Path, tmp_path: Path
) -> None:
    done = run("--run", landmarks_run, "--store", talking_store.root, "--out", tmp_path)
    assert done.returncode == 0, done.stderr
    assert "face not judged: the frontend has no face net" in done.stdout
    assert "1 of these speakers bear the name of one it learned from, in elsewhere" in done.stdout
    told = json.loads((tmp_path / "figures.json").read_text())
    assert list(told["missing"]) == ["face"]
    assert "NaN" not in (tmp_path / "figures.json").read_text()


def test_of_one_speaker_the_lips_are_judged_and_the_face_is_not(
    talking_store: PreparedStore, frontend_run: Path
) -> None:
    lips = store_lips(talking_store, "exact", mouths=True)
    report = judge_frontend(load_model(frontend_run, Frontend), lips, "valid", talking_store)
    assert [score.figure for score in report.scores] == [*LIPS, *SLOTS]
    assert "all faces are of one speaker, d" in report.missing["face"]


def test_real_landmarks_are_judged_without_faces(real_landmarks: Path, landmarks_run: Path) -> None:
    lips = landmark_lips(real_landmarks, "lip-landmarks", clips=8)
    report = judge_frontend(load_model(landmarks_run, Frontend), lips, "test", None)
    assert report.figures().figure.tolist() == [*LIPS, *SLOTS]
    assert report.figures().speakers.tolist() == [5] * 11
    assert list(report.missing) == ["face"]


def test_a_face_net_without_faces_or_voices_is_not_judged(
    talking_store: PreparedStore, frontend_run: Path, tmp_path: Path
) -> None:
    frontend = load_model(frontend_run, Frontend)
    with pytest.raises(PartMissingError, match="no faces"):
        judge_faces(frontend, None, "test")
    shutil.copytree(talking_store.root, tmp_path / "store", ignore=shutil.ignore_patterns("voices"))
    with pytest.raises(StoreError, match=r"measure_voices\.py"):
        judge_faces(frontend, PreparedStore(tmp_path / "store"), "test")


def test_nothing_to_judge_on_is_one_sentence(landmarks_run: Path, tmp_path: Path) -> None:
    done = run("--run", landmarks_run, "--out", tmp_path)
    assert done.returncode == 1
    assert "both or none of store and landmarks are given" in done.stderr
    assert "Traceback" not in done.stderr
    assert not list(tmp_path.iterdir())
