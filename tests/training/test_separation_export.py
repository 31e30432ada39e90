"""The exported model says what it learned from and what it reached, and is whole or not there."""

from pathlib import Path

import numpy as np
import pytest
import torch

from avss.data.store import PreparedStore
from avss.errors import ModelError
from avss.models.audio_visual import AudioVisualSeparator
from avss.models.separators.separator import Separator
from avss.models.weights import load_model, read_description
from avss.training.eigenmouths import check_same_mouths
from avss.training.separation_export import save_separation
from avss.training.trained_models import SCORE


@pytest.fixture(scope="module")
def store(make_store, tmp_path_factory: pytest.TempPathFactory) -> PreparedStore:
    """Speaker a trains, b validates."""
    mouths = {f"{speaker}/0": np.zeros((2, 32, 48), np.uint8) for speaker in "ab"}
    return make_store(tmp_path_factory.mktemp("store") / "store", mouths, {"a": "train", "b": "valid"})


def test_the_model_comes_with_its_speakers_its_mouths_and_its_score(
    small_model: AudioVisualSeparator, store: PreparedStore, tmp_path: Path
) -> None:
    save_separation(small_model, tmp_path, score=3.14159, learned_from="a", store=store, notes={"more": 1})
    described = read_description(tmp_path)
    assert described.split == store.speakers and described.corpus == str(store.root)
    assert described.notes["valid"] == {SCORE: 3.142} and described.notes["more"] == 1
    assert described.notes["left_out"] == []
    check_same_mouths(described, store)
    assert isinstance(load_model(tmp_path, AudioVisualSeparator), AudioVisualSeparator)


def test_a_twin_that_sees_nothing_is_bound_to_no_mouths(
    small_twin: Separator, store: PreparedStore, tmp_path: Path
) -> None:
    save_separation(small_twin, tmp_path, score=-1.0, learned_from="", store=store)
    assert read_description(tmp_path).notes == {"valid": {SCORE: -1.0}, "left_out": ["a"]}


def test_a_model_that_is_no_number_is_not_exported(small_twin: Separator, store: PreparedStore, tmp_path: Path) -> None:
    with torch.no_grad():
        next(small_twin.parameters())[0] = float("nan")
    with pytest.raises(ModelError, match="NaN or infinite"):
        save_separation(small_twin, tmp_path, score=0.0, learned_from="a", store=store)
    assert not list(tmp_path.iterdir())
