"""The page, on a server of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from avss.demo.desk import Work
from avss.demo.limits import Limits
from avss.demo.server import Address, serving


@pytest.fixture(scope="session")
def limits() -> Limits:
    """Of the page in tests: 2 MB and 6 s."""
    return Limits(megabytes=2, minutes=0.1)


@pytest.fixture(scope="session")
def page(weights: Path, limits: Limits) -> Iterator[str]:
    """Address of a running page."""
    pytest.importorskip("gradio", reason="the extra 'demo' is not installed")
    with serving(Work(weights, jobs=1), Address(), limits) as address:
        yield address.rstrip("/")
