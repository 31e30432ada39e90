"""A run goes on only with the models and clips that it began with."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from avss.data.store import PreparedStore
from avss.errors import OutputError
from avss.models.separators.families import SeparatorSettings, make_audio_only
from avss.models.weights import save_model
from avss.training.inputs import INPUTS, claim_inputs

MakeStore = Callable[..., PreparedStore]


def trained_into(folder: Path) -> None:
    """Another net with every call."""
    save_model(make_audio_only(SeparatorSettings(width=8, stages=1), 2), folder, corpus="made", split={})


def test_a_run_goes_on_with_what_it_began_with(make_store: MakeStore, tmp_path: Path) -> None:
    trained_into(tmp_path / "start")
    store = make_store(tmp_path / "store", {"s1/a": np.zeros((3, 32, 48), np.uint8)}, {"s1": "train"})
    settings = {"store": store.root, "start": tmp_path / "start", "frontend": None, "rate": 0.1}
    for _ in range(2):
        claim_inputs(tmp_path / "run", settings)
    told = (tmp_path / "run" / INPUTS).read_text()
    assert store.checksum in told and "frontend" not in told


def test_a_model_that_was_trained_again_under_the_same_name_is_another_one(tmp_path: Path) -> None:
    settings = {"frontend": tmp_path / "frontend", "start": tmp_path / "start"}
    for folder in settings.values():
        trained_into(folder)
    claim_inputs(tmp_path / "run", settings)
    trained_into(settings["frontend"])
    with pytest.raises(OutputError, match=r"the frontend that the run in .*run began with changed since then"):
        claim_inputs(tmp_path / "run", settings)
    trained_into(settings["start"])
    with pytest.raises(OutputError, match="the frontend and the start that"):
        claim_inputs(tmp_path / "run", settings)


def test_a_run_that_began_without_a_model_does_not_go_on_with_one(tmp_path: Path) -> None:
    claim_inputs(tmp_path / "run", {"start": tmp_path / "start"})
    trained_into(tmp_path / "start")
    with pytest.raises(OutputError, match="the start that"):
        claim_inputs(tmp_path / "run", {"start": tmp_path / "start"})
