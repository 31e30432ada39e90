"""The sweeps of stages 2 to 4 vary settings that their programs have."""

import runpy
from pathlib import Path
from typing import Any

import pytest
from jsonargparse import auto_parser

from avss.training.sweep import Trial, command_of, read_sweep
from avss.training.trained_models import SCORE

ROOT = Path(__file__).parents[2]
STAGES = {"2_avss_main": "train_separator", "3_fine_tuning": "fine_tune", "4_curriculum_learning": "climb"}
SWEEPS = [path for stage in STAGES for path in sorted(ROOT.glob(f"{stage}/sweeps/*.yaml"))]

pytestmark = pytest.mark.filterwarnings("ignore")


def test_each_stage_has_a_sweep() -> None:
    assert {path.parents[1].name for path in SWEEPS} == set(STAGES)


@pytest.mark.parametrize("path", SWEEPS, ids=lambda path: path.stem)
def test_a_sweep_varies_settings_of_its_program_around_those_it_starts_from(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    sweep = read_sweep(path)
    assert sweep["metric"] == {"name": SCORE, "goal": "maximize"}
    program = ROOT / sweep["program"]
    parser = auto_parser(runpy.run_path(str(program))[STAGES[program.parent.name]], as_positional=False)
    (config,) = (word for word in sweep["command"] if word.startswith("--config"))
    start = parser.parse_args([config])
    for name, search in sweep["parameters"].items():
        if "values" in search:
            assert start[name] in search["values"], name
        else:
            assert search["min"] <= start[name] <= search["max"], name
    for choose in (min, max):
        chosen = {name: choose(_ends(search), key=str) for name, search in sweep["parameters"].items()}
        command = command_of(sweep, Trial(chosen), Path("out"))
        read = parser.parse_args([word for word in command if word.startswith("--")])
        assert {name: read[name] for name in chosen} == chosen


def _ends(search: dict[str, Any]) -> list[Any]:
    return search["values"] if "values" in search else [search["min"], search["max"]]
