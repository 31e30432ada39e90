"""Running a Weights & Biases sweep file without a server: the same YAML that ``wandb sweep`` takes.

The search itself (grid, random, bayes) and early stopping (hyperband) are those of the ``sweeps`` package, which is
what the server uses. Here a sweep is a folder: one run folder per trial, and ``sweep.json`` with every trial's settings
and state. A sweep that was stopped goes on with the trial it was at.

Of the file are used: ``program``, ``command`` with the macros ``${env} ${interpreter} ${program} ${args}``, ``method``,
``metric``, ``parameters`` and ``early_terminate``. The metric is a column of the run folder's ``metrics.csv``; trials
are told apart by what their models reached, which of a curriculum is not its best epoch of all.
"""

import json
import random
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml
from rich.table import Table

from avss.errors import AvssError
from avss.files import writing
from avss.models.weights import DESCRIPTION, read_description
from avss.training.dotted_settings import as_text
from avss.training.run import METRICS

_COMMAND = ["${env}", "${interpreter}", "${program}", "${args}"]
_STATES, _LOG = "sweep.json", "log.txt"
_POLL_SECONDS = 0.5


class SweepError(AvssError):
    """A sweep file that cannot be run, or whose trials all failed."""


@dataclass
class Trial:
    """One run of a sweep.

    Attributes:
        settings: what the search chose, such as ``{"rate": 0.001}``.
        state: ``running``, ``finished``, ``killed`` (stopped early) or ``failed``.
        history: rows of its ``metrics.csv``.
        reached: validation metrics of the model that it ended with, as far as that tells them.
    """

    settings: dict[str, Any]
    state: str = "running"
    history: list[dict[str, float]] = field(default_factory=list)
    reached: dict[str, float] = field(default_factory=dict)

    def best(self, metric: Mapping[str, str]) -> float | None:
        """What its model reached, or its best epoch where that is not told; ``None`` without any."""
        name, best = metric["name"], max if metric["goal"] == "maximize" else min
        values = [row[name] for row in self.history if name in row]
        return self.reached.get(name, best(values) if values else None)


def read_sweep(path: Path) -> dict[str, Any]:
    """Read a sweep file.

    Raises:
        SweepError: it is no YAML of a sweep, or its program does not exist.
    """
    import jsonschema
    from sweeps import SweepConfig

    try:
        sweep = yaml.safe_load(path.read_text())
        SweepConfig(sweep)
        program = Path(sweep["program"])
        sweep["metric"] = {"goal": "minimize", **sweep["metric"]}
    except (OSError, yaml.YAMLError, jsonschema.ValidationError, KeyError, TypeError, ValueError) as error:
        reason = getattr(error, "message", None) or error
        raise SweepError(
            f"{path} is not a sweep file: {reason}", "program, method, metric, parameters", "mend it"
        ) from error
    if not program.is_file():
        raise SweepError(
            f"there is no program {program}", "a script, seen from this folder", "start in the repository's root"
        )
    return sweep


def run_sweep(
    path: Path,
    count: int,
    out: Path,
    *,
    seed: int = 0,
    tell: Callable[[int, Trial], object] = lambda number, trial: None,
) -> list[Trial]:
    """Run trials of a sweep until there are ``count`` of them, or until its grid is exhausted.

    Args:
        path: the sweep file.
        count: number of trials, those of an earlier call included.
        out: folder of the sweep; trial ``n`` has the run folder ``out/n``.
        seed: of random and bayes.
        tell: is called with each trial's number when it ends.

    Raises:
        OutputError: ``out`` cannot be written.
        SweepError: the file is no sweep, ``out`` holds another one, or every trial failed.
    """
    from sweeps import next_run

    sweep = read_sweep(path)
    trials = _resumed(sweep, out)
    for number in range(1, count + 1):
        if len(trials) < number:
            _seed(seed, number)
            proposed = next_run(sweep, [_for_search(trial) for trial in trials])
            if proposed is None:
                break
            trials.append(Trial({name: _plain(chosen["value"]) for name, chosen in proposed.config.items()}))
        if trials[number - 1].state == "running":
            _keep(sweep, trials, out)
            _run(sweep, trials, number, out)
            _keep(sweep, trials, out)
            tell(number, trials[number - 1])
    if trials and all(trial.state == "failed" for trial in trials):
        what = f"all {len(trials)} trials of {path} failed; the last said: {_last_line(out / str(len(trials)) / _LOG)}"
        raise SweepError(what, "a program that runs with these parameters", f"read {out}/*/{_LOG}")
    return trials


def best_first(trials: list[Trial], metric: Mapping[str, str]) -> list[tuple[int, Trial, float]]:
    """Number, trial and best value of the metric of every trial that has one, the best first."""
    reached = [
        (number, trial, value) for number, trial in enumerate(trials, 1) if (value := trial.best(metric)) is not None
    ]
    return sorted(reached, key=lambda row: row[2], reverse=metric["goal"] == "maximize")


def as_table(trials: list[Trial], metric: Mapping[str, str]) -> Table:
    """The trials of a sweep as a table for the terminal, the best first."""
    table = Table("trial", metric["name"], "state", *trials[0].settings)
    for number, trial, value in best_first(trials, metric):
        table.add_row(str(number), f"{value:.4g}", trial.state, *map(str, trial.settings.values()))
    return table


def _seed(seed: int, number: int) -> None:
    """Seed the two global generators that the package draws from."""
    word = int(np.random.SeedSequence([seed, number]).generate_state(1)[0])
    random.seed(word)
    np.random.seed(word)


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value


def _run(sweep: dict[str, Any], trials: list[Trial], number: int, out: Path) -> None:
    """Run one trial to its end, or until early stopping ends it."""
    from sweeps import stop_runs

    trial, folder = trials[number - 1], out / str(number)
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / _LOG).open("a") as log:
        process = subprocess.Popen(command_of(sweep, trial, folder), stdout=log, stderr=subprocess.STDOUT)
        try:
            while process.poll() is None:
                time.sleep(_POLL_SECONDS)
                trial.history = _history(folder)
                if "early_terminate" in sweep and stop_runs(sweep, [_for_search(other) for other in trials[:number]]):
                    trial.state = "killed"
                    break
        finally:
            process.terminate()
            process.wait()
    trial.history = _history(folder)
    if trial.state == "running":
        trial.state = "finished" if process.returncode == 0 else "failed"
    if trial.state == "finished" and (folder / DESCRIPTION).is_file():
        trial.reached = read_description(folder).notes.get("valid", {})


def command_of(sweep: dict[str, Any], trial: Trial, folder: Path) -> list[str]:
    """The words by which a trial is started, whose run folder is ``folder``."""
    settings = [f"--{name}={as_text(value)}" for name, value in trial.settings.items()]
    macros = {
        "${env}": [],
        "${interpreter}": [sys.executable],
        "${program}": [sweep["program"]],
        "${args}": [*settings, f"--out={folder}"],
    }
    return [word for part in sweep.get("command", _COMMAND) for word in macros.get(part, [part])]


def _history(folder: Path) -> list[dict[str, float]]:
    path = folder / METRICS
    if not path.is_file():
        return []
    return [{str(name): value for name, value in row.dropna().items()} for _, row in pd.read_csv(path).iterrows()]


def _for_search(trial: Trial) -> Any:
    from sweeps import SweepRun

    config = {name: {"value": value} for name, value in trial.settings.items()}
    return SweepRun.model_validate({"config": config, "state": trial.state, "sampledHistory": trial.history})


def _keep(sweep: dict[str, Any], trials: list[Trial], out: Path) -> None:
    with writing(out / _STATES) as temporary:
        temporary.write_text(json.dumps({"sweep": sweep, "trials": [asdict(trial) for trial in trials]}, indent=1))


def _resumed(sweep: dict[str, Any], out: Path) -> list[Trial]:
    path = out / _STATES
    if not path.is_file():
        return []
    kept = json.loads(path.read_text())
    if kept["sweep"] != sweep:
        raise SweepError(f"{out} holds another sweep", "the file it was started with", "name another folder")
    return [Trial(**trial) for trial in kept["trials"]]


def _last_line(path: Path) -> str:
    return (path.read_text(errors="replace").strip().splitlines() or ["nothing"])[-1]
