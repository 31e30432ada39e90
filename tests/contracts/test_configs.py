"""Every config file of a stage is accepted by the script it belongs to: no unknown key, no wrong type."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CONFIGS = sorted(ROOT.glob("[1-9]_*/**/*.yaml"))


@pytest.mark.parametrize("config", CONFIGS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_config_loads_in_its_script(config: Path) -> None:
    script = config.parent / "prepare.py"
    subprocess.run([sys.executable, str(script), "--config", str(config), "--print_config"], check=True, cwd=ROOT)


def test_there_are_configs_to_check() -> None:
    assert CONFIGS
