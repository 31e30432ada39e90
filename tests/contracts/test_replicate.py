"""What `make replicate` would run, without running it: every stage, each on what an earlier command has made."""

import shlex
import subprocess
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
FOLDERS = {"LANDMARKS": "lips", "NOISE": "noise", "TALKERS": "talkers"}
GRID = ["PRESET=grid", "GRID=clips", "SPLIT=grid-mini"]


def dry_run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = ["make", "--dry-run", "--old-file=.venv/.complete", "replicate", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def planned(*arguments: str) -> list[list[str]]:
    """The commands of python, in order."""
    plan = dry_run(*arguments)
    assert plan.returncode == 0, plan.stderr
    lines = plan.stdout.replace("\\\n", " ").splitlines()
    return [shlex.split(line)[1:] for line in lines if line.startswith(".venv/bin/python ")]


def options(command: list[str]) -> dict[str, str]:
    return {name: value for name, value in pairwise(command) if name.startswith("--")}


def settings(command: list[str]) -> dict[str, Any]:
    given = options(command)
    return yaml.safe_load((ROOT / given["--config"]).read_text()) | {name[2:]: given[name] for name in given}


def runs_in(values: dict[str, Any]) -> Iterator[str]:
    """Every run folder that is named anywhere in settings."""
    for value in values.values():
        if isinstance(value, dict):
            yield from runs_in(value)
        elif isinstance(value, str) and value.startswith("runs/") and not value.endswith(".csv"):
            yield value


@pytest.mark.parametrize("arguments", [[], GRID, [*GRID, "LANDMARKS=lips"]], ids=["quick", "grid", "landmarks"])
def test_every_command_finds_what_it_reads_among_what_was_made(arguments: list[str]) -> None:
    made: set[str] = set()
    for command in planned(*arguments):
        named = settings(command)
        out = named.pop("out", None)
        assert set(runs_in(named)) <= made, command
        made.add(out)
    assert {Path(out).parts[1] for out in made if out and out.startswith("runs/")} == {
        *("1_1_pca", "1_2_frontend_training", "2_avss_main", "3_fine_tuning", "4_curriculum_learning")
    }


@pytest.mark.parametrize("preset", ["quick", "grid"])
def test_the_twin_begins_alike_and_learns_for_as_many_steps_as_the_stages_it_is_compared_with(preset: str) -> None:
    def steps(command: list[str]) -> int:
        return int(settings(command)["epochs"]) * int(settings(command)["steps"])

    trainings = [command for command in planned(f"PRESET={preset}", "GRID=clips") if command[0].endswith("/train.py")]
    twins, stages = ([c for c in trainings if ("--twin" in c) is twin] for twin in (True, False))
    separator, tuned, climbed = (command for command in stages if "twin" not in settings(command))
    assert list(map(steps, twins)) == [steps(separator) + steps(tuned), steps(climbed)]
    assert settings(twins[0]).get("start") == settings(separator).get("start")
    assert settings(twins[1])["start"] == settings(twins[0])["out"]


def test_both_corpora_go_through_the_same_scripts() -> None:
    generated, real = planned(), planned(*GRID)
    hearing = "2_avss_main/train_hearing_grid.yaml"
    assert [c[0] for c in generated] == [c[0] for c in real if options(c)["--config"] != hearing]
    assert {settings(command).get("store") for command in real[1:]} <= {None, "data/grid/prepared"}


def test_the_folders_that_are_given_reach_who_reads_them() -> None:
    commands = planned(*GRID, *(f"{name}={folder}" for name, folder in FOLDERS.items()))
    options_of = [(Path(command[0]).parts[0], Path(command[0]).name, options(command)) for command in commands]
    for stage in ("2_avss_main", "3_fine_tuning", "4_curriculum_learning"):
        for name, given in ((name, given) for place, name, given in options_of if place == stage):
            if name == "train.py":
                assert (given["--sources.recordings"], given["--sources.talkers"]) == ("noise", "talkers")
            else:
                assert given["--exam.recordings"] == "noise"
    first, then = (given for _, name, given in options_of if name == "train_lip2phone.py")
    assert (first["--landmarks"], first["--split"]) == ("lips", "grid-mini")
    assert then["--start"] == settings(["", "--config", first["--config"]])["out"]


def test_another_store_joins_before_anything_is_learned() -> None:
    prepare, join, fit = (options(command) for command in planned(*GRID, "JOIN=made")[:3])
    assert (prepare["--out"], join["--others.generated"]) == (join["--first"], "made")
    assert join["--out"] == settings(["", "--config", fit["--config"]])["store"]


def test_lips_and_faces_are_learned_from_real_clips_alone_and_judged_beside_them() -> None:
    commands = planned(*GRID, "JOIN=made")
    alone = [options(command).get("--store") for command in commands]
    names = [Path(command[0]).name for command, store in zip(commands, alone, strict=True) if store]
    needed = ["label_phones.py", "measure_voices.py"]
    assert names == [*needed, "train_lip2phone.py", "train_face_to_speaker.py", "evaluate.py"]
    assert set(alone) == {None, options(commands[0])["--out"]}


def test_the_folder_of_real_clips_is_asked_for() -> None:
    refused = dry_run("PRESET=grid")
    assert refused.returncode
    assert "GRID=FOLDER" in refused.stderr
