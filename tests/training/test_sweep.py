"""Sweeps of a real script that is run as a process of its own."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from avss.cli import main
from avss.models.mouth_pca import MouthPCA
from avss.models.weights import DESCRIPTION, save_model
from avss.training.sweep import SweepError, Trial, best_first, command_of, read_sweep, run_sweep

# Five epochs of descending a parabola from the wrong side; the rate decides how far it gets.
SCRIPT = """
import argparse, pathlib, time
parser = argparse.ArgumentParser()
parser.add_argument("--rate", type=float)
parser.add_argument("--depth", type=int, default=1)
parser.add_argument("--out", type=pathlib.Path)
parser.add_argument("--slow", action="store_true")
options = parser.parse_args()
assert options.depth < 9, "too deep"
rows = ["epoch,loss"]
for epoch in range(5):
    rows.append(f"{epoch},{(options.rate - 0.3) ** 2 + 1 / (1 + epoch)}")
    unfinished = options.out / "metrics.tmp"
    unfinished.write_text("\\n".join(rows))
    unfinished.rename(options.out / "metrics.csv")
    if options.slow:
        time.sleep(0.8)
"""
METRIC = {"name": "loss", "goal": "minimize"}


@pytest.fixture
def script(tmp_path: Path) -> Path:
    path = tmp_path / "train.py"
    path.write_text(SCRIPT)
    return path


def sweep_file(script: Path, **changes: Any) -> Path:
    sweep = {
        "program": str(script),
        "method": "grid",
        "metric": METRIC,
        "parameters": {"rate": {"values": [0.1, 0.3, 0.9]}},
    }
    path = script.with_name("sweep.yaml")
    path.write_text(yaml.safe_dump(sweep | changes))
    return path


def test_a_grid_is_run_to_its_end_and_the_best_is_found(script: Path, tmp_path: Path) -> None:
    trials = run_sweep(sweep_file(script), 10, tmp_path / "out")
    assert [trial.settings["rate"] for trial in trials] == [0.1, 0.3, 0.9]
    assert all(trial.state == "finished" and len(trial.history) == 5 for trial in trials)
    number, best, value = best_first(trials, METRIC)[0]
    assert (number, best.settings["rate"]) == (2, 0.3)
    assert value == pytest.approx(0.2)


def test_a_trial_is_worth_what_its_model_reached_and_not_its_best_epoch() -> None:
    early = Trial({"rate": 0.1}, "finished", [{"loss": 1.0}, {"loss": 3.0}], {"loss": 3.0})
    others = [Trial({"rate": 0.2}, "finished", [{"loss": 2.0}]), Trial({"rate": 0.3}, "failed", [{"epoch": 0.0}])]
    assert [row[::2] for row in best_first([early, *others], METRIC)] == [(2, 2.0), (1, 3.0)]


def test_what_a_trial_reached_is_what_its_model_says(script: Path, tmp_path: Path) -> None:
    save_model(MouthPCA(2, (4, 6)), tmp_path / "model", corpus="made", split={}, notes={"valid": {"loss": 7.5}})
    script.write_text(SCRIPT + f"import shutil\nshutil.copy({str(tmp_path / 'model' / DESCRIPTION)!r}, options.out)\n")
    (trial,) = run_sweep(sweep_file(script), 1, tmp_path / "out")
    assert trial.best(METRIC) == 7.5
    (kept,) = run_sweep(sweep_file(script), 1, tmp_path / "out")
    assert kept == trial


def test_a_sweep_that_was_stopped_goes_on_without_repeating_trials(script: Path, tmp_path: Path) -> None:
    file, out = sweep_file(script), tmp_path / "out"
    run_sweep(file, 2, out)
    written = (out / "1" / "metrics.csv").stat().st_mtime_ns
    told: list[int] = []
    trials = run_sweep(file, 3, out, tell=lambda number, trial: told.append(number))
    assert told == [3]
    assert len(trials) == 3
    assert (out / "1" / "metrics.csv").stat().st_mtime_ns == written


@pytest.mark.parametrize("method", ["random", "bayes"])
def test_a_search_over_a_range_repeats_itself_from_its_seed(script: Path, tmp_path: Path, method: str) -> None:
    file = sweep_file(script, method=method, parameters={"rate": {"min": 0.0, "max": 1.0}})
    first, again, other = (
        run_sweep(file, 2, tmp_path / name, seed=seed) for name, seed in (("a", 0), ("b", 0), ("c", 1))
    )
    rates = [[trial.settings["rate"] for trial in trials] for trials in (first, again, other)]
    assert rates[0] == rates[1]
    assert rates[0] != rates[2]
    assert all(0 <= rate <= 1 for rate in rates[0])


def test_hyperband_stops_a_trial_that_falls_behind(script: Path, tmp_path: Path) -> None:
    file = sweep_file(
        script,
        command=["${env}", "${interpreter}", "${program}", "--slow", "${args}"],
        early_terminate={"type": "hyperband", "min_iter": 2},
    )
    states = {trial.settings["rate"]: trial.state for trial in run_sweep(file, 3, tmp_path / "out")}
    assert states[0.3] == "finished"
    assert states[0.9] == "killed"


def test_a_failed_trial_does_not_end_the_sweep(script: Path, tmp_path: Path) -> None:
    file = sweep_file(script, parameters={"rate": {"value": 0.1}, "depth": {"values": [9, 2]}})
    assert [trial.state for trial in run_sweep(file, 2, tmp_path / "out")] == ["failed", "finished"]


def test_when_every_trial_fails_the_reason_is_told(script: Path, tmp_path: Path) -> None:
    file = sweep_file(script, parameters={"rate": {"value": 0.1}, "depth": {"values": [9, 10]}})
    with pytest.raises(SweepError, match="too deep"):
        run_sweep(file, 2, tmp_path / "out")


def test_what_is_nothing_or_no_number_is_told_to_a_trial_as_yaml(script: Path, tmp_path: Path) -> None:
    trial = Trial({"start": None, "average": True, "levels": [2, None], "name": "film"})
    words = command_of(read_sweep(sweep_file(script)), trial, tmp_path)
    assert words[-5:] == ["--start=null", "--average=true", "--levels=[2, null]", "--name=film", f"--out={tmp_path}"]


def test_a_folder_of_another_sweep_is_left_alone(script: Path, tmp_path: Path) -> None:
    run_sweep(sweep_file(script), 1, tmp_path / "out")
    with pytest.raises(SweepError, match="holds another sweep"):
        run_sweep(sweep_file(script, parameters={"rate": {"values": [0.5]}}), 1, tmp_path / "out")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("method: [", "is not a sweep file"),
        ("just words", "is not a sweep file"),
        ("program: train.py\nmethod: guess\nparameters: {rate: {value: 1}}", "is not a sweep file"),
        ("method: grid\nparameters: {rate: {value: 1}}", "is not a sweep file"),
        ("program: nowhere.py\nmethod: grid\nparameters: {rate: {value: 1}}", "is not a sweep file: 'metric'"),
        (
            "program: nowhere.py\nmetric: {name: loss}\nmethod: grid\nparameters: {rate: {value: 1}}",
            "there is no program nowhere.py",
        ),
    ],
)
def test_a_file_that_is_no_sweep_is_refused(tmp_path: Path, content: str, reason: str) -> None:
    path = tmp_path / "sweep.yaml"
    path.write_text(content)
    with pytest.raises(SweepError, match=reason):
        read_sweep(path)


def test_a_missing_sweep_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SweepError, match="is not a sweep file"):
        read_sweep(tmp_path / "nowhere.yaml")


def test_the_command_prints_the_best_trial_first(
    script: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["sweep", str(sweep_file(script)), "--count", "3", "--out", str(tmp_path / "out")]) == 0
    table = capsys.readouterr().out.rpartition("loss")[2]
    assert table.index(" 0.3 ") < table.index(" 0.1 ") < table.index(" 0.9 ")
