"""The sweep files of stage 1.2 ask for settings their programs have, and run for real without a server."""

import ast
from pathlib import Path

import pytest
import yaml

from avss.data.store import PreparedStore
from avss.training.sweep import best_first, read_sweep, run_sweep

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "1_frontend" / "1_2_frontend_training"
SWEEPS = sorted(FOLDER.glob("sweeps/*.yaml"))


def settings_of(program: Path) -> set[str]:
    """Names in the signature of the function that a script is named after."""
    found = [node for node in ast.parse(program.read_text()).body if isinstance(node, ast.FunctionDef)]
    (function,) = (node for node in found if node.name == program.stem)
    return {argument.arg for argument in function.args.args}


def test_each_net_has_a_sweep() -> None:
    assert {f"train_{path.stem}" for path in SWEEPS} == {path.stem for path in FOLDER.glob("train_*.py")}


@pytest.mark.parametrize("path", SWEEPS, ids=lambda path: path.stem)
def test_a_sweep_varies_settings_of_its_program(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    sweep = read_sweep(path)
    assert set(sweep["parameters"]) <= settings_of(ROOT / sweep["program"])


@pytest.mark.parametrize("path", SWEEPS, ids=lambda path: path.stem)
def test_a_trial_trains_and_is_judged_by_the_metric(
    path: Path, talking_store: PreparedStore, pca_run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("WANDB_MODE", "offline")
    sweep = yaml.safe_load(path.read_text())
    tiny = [f"--store={talking_store.root}", "--epochs=2", "--device=cpu"]
    if "pca" in settings_of(ROOT / sweep["program"]):
        tiny.append(f"--pca={pca_run}")
    sweep["command"] = [*sweep["command"][:-1], *tiny, sweep["command"][-1]]
    file = tmp_path / "sweep.yaml"
    file.write_text(yaml.safe_dump(sweep))
    (trial,) = run_sweep(file, 1, tmp_path / "out")
    assert trial.state == "finished", (tmp_path / "out" / "1" / "log.txt").read_text()
    assert best_first([trial], sweep["metric"])
    assert list((tmp_path / "out" / "1" / "wandb").glob("offline-run-*"))
