"""Every notebook of a stage runs from its first cell to its last, and ends in pictures; none is kept with outputs."""

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from avss.data.store import PreparedStore

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted(ROOT.glob("[1-9]_*/**/*.ipynb"))
# How many pictures each shows.
PICTURES = {"mouths": 6, "lip2phone": 3, "face_to_speaker": 4}


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.fixture
def paths(talking_store: PreparedStore, pca_run: Path, frontend_run: Path) -> dict[str, Path]:
    """What stands in for the paths that a notebook's first cell names."""
    return {"STORE": talking_store.root, "PCA": pca_run, "FRONTEND": frontend_run}


def with_paths(notebook: nbformat.NotebookNode, paths: dict[str, Path]) -> nbformat.NotebookNode:
    """``notebook`` with the paths of its cell "parameters" replaced."""
    cell = next(cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", []))
    lines = cell.source.splitlines()
    named = {line.partition(" = ")[0] for line in lines if "Path(" in line}
    assert named <= paths.keys(), "a notebook names a path that this test has nothing for"
    replaced = [f"{name} = Path({str(path)!r})" for name, path in paths.items() if name in named]
    cell.source = "\n".join([*(line for line in lines if "Path(" not in line), *replaced])
    return notebook


@pytest.mark.parametrize("path", NOTEBOOKS, ids=name_of)
def test_a_notebook_runs_and_shows_its_pictures(
    path: Path, paths: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "1")  # kernels inherit it: spinning threads slow small nets down
    notebook = with_paths(nbformat.read(path, as_version=4), paths)
    NotebookClient(notebook, kernel_name="python3", resources={"metadata": {"path": str(path.parent)}}).execute()
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    pictures = [output for output in outputs if "image/png" in output.get("data", {})]
    assert len(pictures) == PICTURES[path.stem]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=name_of)
def test_a_notebook_is_kept_without_outputs(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    assert not any(cell.get("outputs") or cell.get("execution_count") for cell in notebook.cells)
    assert notebook.cells[0].cell_type == "markdown"


def test_the_notebooks_are_those_whose_pictures_are_counted() -> None:
    assert {path.stem for path in NOTEBOOKS} == PICTURES.keys()
