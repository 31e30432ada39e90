"""Fixtures shared by all tests. Real clips are optional: tests that need them skip, saying so."""

import os
import subprocess
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from avss.corpora.generated.corpus import generate_corpus

REAL_DATA = Path(os.environ.get("AVSS_REAL_DATA", Path(__file__).parents[1] / ".." / "shared")).resolve()


def _real(name: str) -> Path:
    folder = REAL_DATA / name
    if not folder.is_dir():
        pytest.skip(f"no real data in {folder}; set AVSS_REAL_DATA to run this test")
    return folder


@pytest.fixture(scope="session")
def real_grid() -> Path:
    """Folder of real GRID clips in the official layout."""
    return _real("grid")


@pytest.fixture(scope="session")
def real_landmarks() -> Path:
    """Folder of real lip landmarks, one npz per speaker."""
    return _real("grid_landmarks")


@pytest.fixture(scope="session")
def generated_clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of a generated corpus of two speakers with two clips each; do not write into it."""
    folder = tmp_path_factory.mktemp("generated") / "clips"
    generate_corpus(folder, speakers=2, clips=2, seed=0, jobs=1)
    return folder


@contextmanager
def _mounted(folder: Path, options: str) -> Generator[Path]:
    folder.mkdir()
    mount = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder], capture_output=True, text=True)
    if mount.returncode:
        pytest.skip(f"cannot mount a file system of its own for this test: {mount.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """Folder on a disk of its own that is full after 200 kB."""
    with _mounted(tmp_path / "tiny", "size=200k") as folder:
        yield folder


@pytest.fixture
def read_only_disk(tmp_path: Path) -> Iterator[Path]:
    """Folder on a disk of its own that cannot be written, not even by root."""
    with _mounted(tmp_path / "locked", "ro") as folder:
        yield folder
