"""Which parts of a frontend learn in which epoch, whatever was before."""

from typing import Any

import pytest
import pytorch_lightning as pl
from hypothesis import HealthCheck, given
from hypothesis import settings as tried
from hypothesis import strategies as st

from avss.errors import SettingsError
from avss.models.audio_visual import AudioVisualSeparator
from avss.models.frontend import PARTS, Frontend
from avss.training.freezing import GradualUnfreezing, PartLearning, all_frozen, what_learns

STARTS = st.fixed_dictionaries(dict.fromkeys(PARTS, st.none() | st.integers(0, 5)))


@pytest.fixture(scope="module")
def trainer() -> pl.Trainer:
    return pl.Trainer(accelerator="cpu", logger=False, enable_checkpointing=False, enable_progress_bar=False)


def learning(frontend: Frontend) -> set[str]:
    """The parts all of whose weights learn; no part learns in part."""
    parts = {name: {weight.requires_grad for weight in getattr(frontend, name).parameters()} for name in PARTS}
    assert all(len(states) == 1 for states in parts.values())
    return {name for name, states in parts.items() if states == {True}}


@given(STARTS, st.lists(st.integers(0, 6), min_size=1, max_size=4))
@tried(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_part_learns_from_its_epoch_on_whichever_epochs_were_before(
    small_model: AudioVisualSeparator, trainer: pl.Trainer, starts: dict[str, int | None], epochs: list[int]
) -> None:
    module, frontend = pl.LightningModule(), small_model.frontend
    unfreezing = GradualUnfreezing(frontend, {name: PartLearning(start=start) for name, start in starts.items()})
    unfreezing.setup(trainer, module, "fit")
    assert learning(frontend) == {name for name, start in starts.items() if start is not None}
    for epoch in epochs:
        trainer.fit_loop.epoch_progress.current.completed = epoch
        unfreezing.on_train_epoch_start(trainer, module)
        wanted = {name for name, start in starts.items() if start is not None and start <= epoch}
        assert learning(frontend) == wanted
        frontend.train()
        # A frozen part drops nothing.
        assert {name for name in PARTS if getattr(frontend, name).training} == wanted


def test_parts_that_are_not_named_stay_as_they_are(small_model: AudioVisualSeparator, trainer: pl.Trainer) -> None:
    frontend = small_model.frontend
    frontend.freeze("lips")
    unfreezing = GradualUnfreezing(frontend, {"pca": PartLearning(start=None)})
    unfreezing.setup(trainer, pl.LightningModule(), "fit")
    assert learning(frontend) == {"face"}


def test_all_parts_frozen_means_that_features_never_change() -> None:
    never = PartLearning(start=None)
    assert all_frozen({"lips": never, "pca": never})
    assert not all_frozen({"lips": never, "pca": PartLearning(start=3)})


def test_a_frontend_that_stays_as_it_is_is_no_part_of_the_training(small_model: AudioVisualSeparator) -> None:
    never = dict.fromkeys(PARTS, PartLearning(start=None))
    assert what_learns(small_model, never) == (small_model.separator, ())
    learns, (unfreezing,) = what_learns(small_model, never | {"pca": PartLearning(start=4)})
    assert learns is small_model and isinstance(unfreezing, GradualUnfreezing)


@pytest.mark.parametrize("wrong", [{"rate": -1.0}, {"start": -1}])
def test_impossible_learning_of_a_part_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(SettingsError, match="not negative"):
        PartLearning(**wrong)
