"""What the README shows can be typed, and what it points to is there."""

import re
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted(ROOT.glob("[1-9]_*/**/README.md"))]
LAUNCHERS = {"torchrun", "srun"}
MAKEFILE = (ROOT / "Makefile").read_text()


def commands(page: Path) -> list[str]:
    blocks = re.findall(r"^```(?:bash|sh)\n(.*?)^```", page.read_text(), re.DOTALL | re.MULTILINE)
    lines = "\n".join(blocks).replace("\\\n", " ").splitlines()
    return [line.split("  #")[0].strip() for line in lines if line.strip() and not line.startswith("#")]


SHOWN = [(page, command) for page in PAGES for command in commands(page)]


def test_the_two_commands_are_shown() -> None:
    assert {"make replicate", "make test"} <= set(commands(ROOT / "README.md"))


@pytest.mark.parametrize(("page", "command"), SHOWN, ids=[command for _, command in SHOWN])
def test_a_shown_command_exists_with_its_options(page: Path, command: str, run_python: Callable[..., str]) -> None:
    program, *arguments = shlex.split(command)
    if program in LAUNCHERS:  # whose own options stand before the script
        program, arguments = "python", arguments[next(n for n, word in enumerate(arguments) if word.endswith(".py")) :]
    if program == "make":
        for target in arguments:
            if "=" not in target:
                assert re.search(rf"^{target}:", MAKEFILE, re.MULTILINE), f"no target {target}"
    elif program == "avss":
        check_options(run_python, "avss.cli", arguments)
    elif program == "python":
        script = ROOT / arguments[0]
        assert script.is_file()
        check_options(run_python, script, arguments[1:])
    else:
        assert program in {"git", "cd", "conda", "pip"}, f"{page} shows {program}, which nothing here provides"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_what_is_imported_in_a_shown_program_is_there(page: Path) -> None:
    for program in re.findall(r"^```python\n(.*?)^```", page.read_text(), re.DOTALL | re.MULTILINE):
        compile(program, str(page), "exec")
        for line in program.splitlines():
            if line.startswith(("from ", "import ")):
                exec(line, {})


def check_options(run_python: Callable[..., str], program: Path | str, arguments: list[str]) -> None:
    words = [word for word in arguments if re.fullmatch(r"[a-z]+", word)][:2]
    verbs = [word for position, word in enumerate(words) if arguments[position] == word]
    shown = run_python(program, *verbs, "--help")
    for option in (word for word in arguments if word.startswith("--")):
        assert option.split("=")[0] in shown, f"{program} has no {option}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_inside_the_repository_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text()):
        assert (page.parent / target).exists(), f"{page} points to {target}"


def test_the_annotated_tree_names_what_is_there() -> None:
    tree = re.search(r"^```text\n(.*?)^```", (ROOT / "README.md").read_text(), re.DOTALL | re.MULTILINE)
    assert tree, "README shows no tree"
    folders: list[str] = []
    for line in tree.group(1).splitlines():
        depth = (len(line) - len(line.lstrip())) // 2
        folders = [*folders[:depth], line.split()[0]]
        assert (ROOT / Path(*folders)).exists(), f"the tree names {'/'.join(folders)}, which is not there"
