"""Every config file of a stage is accepted by the script it belongs to: no unknown key, no wrong type.

A config is named after its script: ``fit_pca.yaml`` holds the thesis's settings of ``fit_pca.py``, and
``fit_pca_quick.yaml`` a preset of them. What lies in ``ablations/`` belongs to ``ablate.py``, which with ``--plan``
shows what it would run; ``sweeps/`` are files of wandb.
"""

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
FILES = sorted(ROOT.glob("[1-9]_*/**/*.yaml"))
ABLATIONS = [path for path in FILES if path.parent.name == "ablations"]
CONFIGS = [path for path in FILES if path.parent.name not in {"ablations", "sweeps"}]
CURRICULA = [path for path in CONFIGS if "\nlevels:" in path.read_text()]


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def script_of(config: Path) -> Path:
    named = [path for path in config.parent.glob("*.py") if f"{config.stem}_".startswith(f"{path.stem}_")]
    assert named, f"{name_of(config)} is named after no script beside it"
    return max(named, key=lambda path: len(path.stem))


@pytest.mark.parametrize("config", CONFIGS, ids=name_of)
def test_a_config_loads_in_its_script(config: Path, run_python: Callable[..., str]) -> None:
    run_python(script_of(config), "--config", config, "--print_config")


@pytest.mark.parametrize("config", CURRICULA, ids=name_of)
def test_a_curriculum_has_time_for_its_last_level(config: Path) -> None:
    settings = yaml.safe_load(config.read_text())
    assert settings["pacing"]["longest"] * (len(settings["levels"]) - 1) < settings["epochs"]


@pytest.mark.parametrize("ablation", ABLATIONS, ids=name_of)
def test_an_ablation_asks_one_question(ablation: Path) -> None:
    questions = [line for line in ablation.read_text().splitlines() if line.startswith("question:")]
    assert len(questions) == 1
    assert questions[0].endswith("?")


@pytest.mark.parametrize("folder", sorted({path.parent for path in ABLATIONS}), ids=name_of)
def test_the_ablations_of_a_folder_are_accepted_by_its_script(folder: Path, run_python: Callable[..., str]) -> None:
    plan = run_python(folder.parent / "ablate.py", "--ablations", folder, "--plan", "true")
    assert plan.count("?") == len(list(folder.glob("*.yaml")))


def test_there_are_configs_to_check() -> None:
    assert CONFIGS
    assert CURRICULA
