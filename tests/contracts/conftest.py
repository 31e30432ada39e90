"""Commands as a user types them, run here: a process for each would spend its time on importing torch."""

import runpy
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Command = Callable[..., str]


@pytest.fixture
def run_python(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Run a script by its path, or a module by its name, and give what it prints; it must end well."""

    def run(program: Path | str, *arguments: Path | str) -> str:
        monkeypatch.setattr(sys, "argv", [str(program), *map(str, arguments)])
        # A script finds the files beside it, as it would in a process of its own.
        monkeypatch.setattr(sys, "path", [str(Path(program).parent), *sys.path])
        with pytest.raises(SystemExit) as ended:
            if isinstance(program, Path):
                runpy.run_path(str(program), run_name="__main__")
            else:
                runpy.run_module(program, run_name="__main__")
        said = capsys.readouterr()
        assert not ended.value.code, said.err
        return said.out

    return run
