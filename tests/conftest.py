"""Fixtures shared by all tests. Real clips are optional: tests that need them skip, saying so."""

import os
from pathlib import Path

import pytest

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
