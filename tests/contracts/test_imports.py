"""The import rule of CONTRIBUTING.md, held over the source of every module."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "shared" / "avss"
STAGES = sorted(path for path in ROOT.glob("[1-9]_*/**/*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))

# From left to right: a layer may import itself and every layer before it.
LAYERS: list[set[str]] = [
    {"errors", "rates", "devices", "files", "progress", "batch", "terminal", "drawing"},
    {"media", "vision", "speech"},
    {"corpora", "data"},
    {"models"},
    {"training", "evaluation", "inference"},
    {"report"},
    {"doctor", "demo", "commands", "cli"},
]
LAZY = {"allosaurus", "gradio", "huggingface_hub", "onnx", "onnxruntime", "ray", "wandb"}


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def layer_of(module: str) -> int:
    part = module.split(".")[1]
    ranks = [rank for rank, layer in enumerate(LAYERS) if part in layer]
    assert ranks, f"avss.{part} stands in no layer; add it to LAYERS and to CONTRIBUTING.md"
    return ranks[0]


def imported(path: Path, *, top_level_only: bool = False) -> list[str]:
    tree = ast.parse(path.read_text())
    nodes = tree.body if top_level_only else ast.walk(tree)
    names: list[str] = []
    for node in nodes:
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            names.append(node.module or "")
    return names


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_a_module_imports_only_from_its_own_layer_or_below(path: Path) -> None:
    module = "avss." + ".".join(path.relative_to(PACKAGE).with_suffix("").parts)
    if path.name == "__init__.py":
        assert path.read_text() == "", f"{path} must stay empty"
        return
    for name in imported(path):
        assert name != "avss", f"{module} imports the package root"
        if name.startswith("avss."):
            assert layer_of(name) <= layer_of(module), f"{module} imports {name}, which stands to its right"


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_heavy_packages_are_imported_where_they_are_used(path: Path) -> None:
    assert not LAZY & {name.split(".")[0] for name in imported(path, top_level_only=True)}


@pytest.mark.parametrize("path", STAGES, ids=name_of)
def test_a_stage_script_is_short_and_imports_no_other_stage(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 120
    siblings = {other.stem for other in STAGES}
    for name in imported(path):
        assert name.split(".")[0] not in siblings, f"{path} imports the script {name}"


@pytest.mark.parametrize("path", [*modules(), *STAGES, *TESTS], ids=name_of)
def test_no_module_is_above_300_lines(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 300
