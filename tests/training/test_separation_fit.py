"""A separation training as a whole: it resumes bit for bit, keeps its best, leaves out bad batches, and freezes."""

import shutil
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pandas as pd
import pytest
import torch
from pytorch_lightning.callbacks import Callback
from torch import Tensor

from avss.data.mixing import Mixtures
from avss.data.mixture_recipe import Sources
from avss.data.mixture_settings import MixtureSettings
from avss.data.mixtures import MixtureData
from avss.data.noise import coloured_noise
from avss.data.voice_bank import VoiceBank
from avss.errors import SettingsError
from avss.models.audio_visual import AudioVisualSeparator
from avss.models.separators.separator import Separator
from avss.training.cached_features import without_features
from avss.training.callbacks import TrainingError
from avss.training.checkpoints import best_score
from avss.training.freezing import GradualUnfreezing, PartLearning
from avss.training.pacing import Curriculum, Level, Pacing
from avss.training.separation_fit import TrainerSettings, fit_separation
from avss.training.separation_task import Learning, SeparationTask
from avss.training.trained_models import SCORE

MIXTURES = MixtureSettings(frames=8)
LADDER = [Level((2, 2)).of(MIXTURES), Level((3, 3), (0.0, 10.0)).of(MIXTURES)]
PARTS = {"lips": PartLearning(0.5, 0), "face": PartLearning(0.5, 2), "pca": PartLearning(0.5, None)}
ON_CPU = TrainerSettings(device="cpu")

pytestmark = pytest.mark.filterwarnings("ignore")


class Interrupted(SeparationTask):
    """Is stopped before an epoch, forgets all before another, and sees bad numbers in some steps."""

    stop_before: int | None = None
    forget_before: int | None = None
    bad_steps: tuple[int, ...] = ()
    modes: list[set[str]] | None = None

    def on_train_epoch_start(self) -> None:
        if self.current_epoch == self.stop_before:
            raise KeyboardInterrupt
        if self.current_epoch == self.forget_before:
            with torch.no_grad():
                for weight in self.parameters():
                    weight.normal_(std=10)

    def training_step(self, batch: Mixtures) -> Tensor:
        if self.modes is not None:
            model = cast(AudioVisualSeparator, self.model)
            self.modes.append({name for name, part in model.frontend.named_children() if part.training})
        if self.global_step in self.bad_steps:
            batch = batch._replace(mixture=batch.mixture * float("nan"))
        return super().training_step(batch)


def mixtures_of(bank: VoiceBank, levels: list[MixtureSettings], seed: int = 3) -> MixtureData:
    sources = Sources(bank, noise=coloured_noise(seconds=1))
    return MixtureData(
        sources, sources, levels=levels, valid_levels=levels, batch=2, steps=3, valid_steps=2 * len(levels), seed=seed
    )


def train(
    model: Separator | AudioVisualSeparator,
    data: MixtureData,
    folder: Path,
    *,
    learning: Learning = Learning(rate=1e-2, average=0.5),  # noqa: B008
    epochs: int = 4,
    trainer: TrainerSettings = ON_CPU,
    parts: Mapping[str, PartLearning] = PARTS,
    pacing: Pacing = Pacing(patience=1, gain=100, longest=2),  # noqa: B008
    **interruption: Any,
) -> SeparationTask:
    levels = len(data.recipes.levels)
    any_order = isinstance(model, Separator)
    parts = {} if any_order else parts
    task = Interrupted(model, learning=learning, parts=parts, any_order=any_order, levels=levels)
    for name, value in interruption.items():
        setattr(task, name, value)
    callbacks: list[Callback] = [Curriculum(pacing, data.recipes)] if levels > 1 else []
    if isinstance(model, AudioVisualSeparator):
        callbacks.append(GradualUnfreezing(model.frontend, parts))
    fit_separation(
        task,
        data,
        folder,
        settings={},
        learning=learning,
        trainer=trainer,
        epochs=epochs,
        seed=0,
        wandb=False,
        callbacks=tuple(callbacks),
    )
    return task


def table(folder: Path) -> pd.DataFrame:
    return pd.read_csv(folder / "metrics.csv").drop(columns="steps_per_second")


def copy(module: torch.nn.Module) -> dict[str, Tensor]:
    return {name: weight.clone() for name, weight in module.state_dict().items()}


def test_a_killed_training_ends_with_the_weights_the_levels_and_the_table_of_a_whole_one(
    buzzing_bank: VoiceBank, small_model: AudioVisualSeparator, tmp_path: Path
) -> None:
    start = copy(small_model)
    whole = copy(train(small_model, mixtures_of(buzzing_bank, LADDER), tmp_path / "whole", bad_steps=(4,)))
    assert table(tmp_path / "whole").level.tolist() == [0, 0, 1, 1]
    for epoch in (1, 2, 3):
        folder = tmp_path / f"killed{epoch}"
        small_model.load_state_dict(start)
        with pytest.raises((KeyboardInterrupt, SystemExit)):
            train(small_model, mixtures_of(buzzing_bank, LADDER), folder, bad_steps=(4,), stop_before=epoch)
        assert len(table(folder)) == epoch
        small_model.load_state_dict(start)
        resumed = copy(train(small_model, mixtures_of(buzzing_bank, LADDER), folder, bad_steps=(4,)))
        for name, weight in whole.items():
            assert torch.equal(resumed[name], weight), name
        pd.testing.assert_frame_equal(table(folder), table(tmp_path / "whole"))


def test_parts_learn_when_and_only_when_they_should(
    buzzing_bank: VoiceBank, small_model: AudioVisualSeparator, tmp_path: Path
) -> None:
    before = copy(small_model)

    def moved(part: str) -> bool:
        return any(
            not torch.equal(weight, before[name]) for name, weight in small_model.state_dict().items() if part in name
        )

    with pytest.raises((KeyboardInterrupt, SystemExit)):
        train(small_model, mixtures_of(buzzing_bank, [MIXTURES]), tmp_path, stop_before=2)
    assert moved("separator") and moved("frontend.lips") and not moved("frontend.face") and not moved("frontend.pca")
    train(small_model, mixtures_of(buzzing_bank, [MIXTURES]), tmp_path)
    last = torch.load(tmp_path / "checkpoints" / "last.ckpt", weights_only=True)["current_model_state"]
    assert not torch.equal(last["model.frontend.face.turn"], before["frontend.face.turn"])
    assert not moved("frontend.pca")


def test_what_was_loaded_drops_and_blends_as_it_learns_and_frozen_parts_do_not(
    buzzing_bank: VoiceBank, small_model: AudioVisualSeparator, tmp_path: Path
) -> None:
    learns: list[set[str]] = []
    train(small_model.eval(), mixtures_of(buzzing_bank, [MIXTURES]), tmp_path, modes=learns)
    assert small_model.separator.cues.training
    assert learns == [{"lips"}] * 6 + [{"lips", "face"}] * 6


def test_the_averaged_weights_of_the_epoch_that_validates_best_are_the_outcome(
    buzzing_bank: VoiceBank, small_twin: Separator, tmp_path: Path
) -> None:
    bank = without_features(buzzing_bank)
    task = train(small_twin, mixtures_of(bank, [MIXTURES]), tmp_path, forget_before=2)
    scores = table(tmp_path)[SCORE]
    assert scores.idxmax() < 2
    best, last = (torch.load(tmp_path / "checkpoints" / f"{name}.ckpt", weights_only=True) for name in ("best", "last"))
    assert best["epoch"] == scores.idxmax()
    for name, weight in task.state_dict().items():
        assert torch.equal(weight, best["state_dict"][name])
    assert any(not torch.equal(last["state_dict"][name], weight) for name, weight in best["state_dict"].items())
    assert any(
        not torch.equal(best["current_model_state"][name], weight) for name, weight in best["state_dict"].items()
    )


def test_no_epoch_before_the_last_level_is_the_outcome_however_well_it_validates(
    buzzing_bank: VoiceBank, small_twin: Separator, tmp_path: Path
) -> None:
    data, pacing = mixtures_of(without_features(buzzing_bank), LADDER), Pacing(patience=None, longest=2)
    task = train(small_twin, data, tmp_path, pacing=pacing, forget_before=2)
    scores, best = table(tmp_path)[SCORE], torch.load(tmp_path / "checkpoints" / "best.ckpt", weights_only=True)
    assert scores.idxmax() < 2
    assert best["epoch"] == scores[2:].idxmax()
    assert best_score(task.trainer) == pytest.approx(scores[2:].max())


def test_a_run_that_was_moved_keeps_what_was_best(
    buzzing_bank: VoiceBank, small_twin: Separator, tmp_path: Path
) -> None:
    bank = without_features(buzzing_bank)
    train(small_twin, mixtures_of(bank, [MIXTURES]), tmp_path / "old", epochs=2)
    shutil.move(tmp_path / "old", tmp_path / "new")
    task = train(small_twin, mixtures_of(bank, [MIXTURES]), tmp_path / "new", epochs=4, forget_before=2)
    scores = table(tmp_path / "new")[SCORE]
    best = torch.load(tmp_path / "new" / "checkpoints" / "best.ckpt", weights_only=True)
    assert len(scores) == 4 and best["epoch"] == scores.idxmax() < 2
    assert best_score(task.trainer) == pytest.approx(scores.max())


def test_bad_batches_are_left_out_and_counted_up_to_a_bound(
    buzzing_bank: VoiceBank, small_twin: Separator, tmp_path: Path
) -> None:
    bank = without_features(buzzing_bank)
    train(small_twin, mixtures_of(bank, [MIXTURES]), tmp_path / "two", bad_steps=(1, 4), epochs=2)
    assert table(tmp_path / "two").bad_batches.tolist() == [1, 2]
    assert table(tmp_path / "two").train_loss.notna().all()
    assert all(weight.isfinite().all() for weight in small_twin.parameters())
    with pytest.raises(TrainingError, match=r"loss of step 2 is nan, .* after 1 that were left out"):
        train(
            small_twin,
            mixtures_of(bank, [MIXTURES]),
            tmp_path / "three",
            learning=Learning(bad_batches=1),
            bad_steps=(1, 2),
        )


def test_a_batch_that_is_left_out_changes_no_weight(
    buzzing_bank: VoiceBank, small_twin: Separator, tmp_path: Path
) -> None:
    before = copy(small_twin)
    train(small_twin, mixtures_of(without_features(buzzing_bank), [MIXTURES]), tmp_path, bad_steps=(0, 1, 2), epochs=1)
    for name, weight in small_twin.state_dict().items():
        assert torch.equal(weight, before[name]), name


def test_each_part_has_a_rate_of_its_own(
    buzzing_bank: VoiceBank, small_model: AudioVisualSeparator, tmp_path: Path
) -> None:
    parts = {"lips": PartLearning(0.5), "pca": PartLearning(0.0)}
    task = train(small_model, mixtures_of(buzzing_bank, [MIXTURES]), tmp_path, epochs=1, parts=parts)
    (optimizer,) = task.trainer.optimizers
    rates = {id(weight): group["initial_lr"] for group in optimizer.param_groups for weight in group["params"]}
    wanted = {"separator.": 1e-2, "frontend.lips.": 5e-3, "frontend.pca.": 0.0, "frontend.face.": None}
    for name, weight in small_model.named_parameters():
        assert rates.get(id(weight)) == wanted[next(start for start in wanted if name.startswith(start))], name


def test_each_level_and_number_of_faces_is_validated_by_itself_and_all_together(
    buzzing_bank: VoiceBank, small_twin: Separator, tmp_path: Path
) -> None:
    # Of whole clips, in which everybody speaks.
    levels = [replace(level, frames=12) for level in LADDER]
    train(small_twin, mixtures_of(without_features(buzzing_bank), levels), tmp_path, epochs=3)
    scores = table(tmp_path)
    assert scores[f"{SCORE}_level0"].tolist() == scores[f"{SCORE}_2faces"].tolist()
    assert scores[f"{SCORE}_level1"].tolist() == scores[f"{SCORE}_3faces"].tolist()
    mean = (scores[f"{SCORE}_level0"] + scores[f"{SCORE}_level1"]) / 2
    pd.testing.assert_series_equal(scores[SCORE], mean, check_names=False, rtol=1e-4)


def test_a_curriculum_without_time_for_its_last_level_is_refused(
    buzzing_bank: VoiceBank, small_twin: Separator, tmp_path: Path
) -> None:
    data = mixtures_of(without_features(buzzing_bank), LADDER)
    with pytest.raises(SettingsError, match="2 epochs, of which the levels before the last one may take 2"):
        train(small_twin, data, tmp_path, epochs=2)


def test_all_levels_at_once_are_no_way_from_one_to_the_next(
    buzzing_bank: VoiceBank, small_twin: Separator, tmp_path: Path
) -> None:
    data = mixtures_of(without_features(buzzing_bank), LADDER)
    train(small_twin, data, tmp_path, epochs=2, pacing=Pacing(order="uniform", patience=None, longest=1))
    assert "level" not in table(tmp_path)
    assert data.recipes.shares is not None and data.recipes.shares.tolist() == [0.5, 0.5]


def test_half_precision_changes_little(
    buzzing_bank: VoiceBank, small_model: AudioVisualSeparator, tmp_path: Path
) -> None:
    start, half = copy(small_model), TrainerSettings(device="cpu", precision="bf16-mixed")
    for name, trainer in {"whole": ON_CPU, "half": half}.items():
        small_model.load_state_dict(start)
        train(small_model, mixtures_of(buzzing_bank, [MIXTURES]), tmp_path / name, epochs=1, trainer=trainer)
    pd.testing.assert_frame_equal(table(tmp_path / "half"), table(tmp_path / "whole"), atol=0.1)
    assert all(weight.dtype == torch.float32 for weight in small_model.parameters())


def test_a_net_that_shall_be_compiled_is_and_keeps_the_names_of_its_weights(
    buzzing_bank: VoiceBank, small_twin: Separator, tmp_path: Path
) -> None:
    data = mixtures_of(without_features(buzzing_bank), [MIXTURES])
    nets = [deepcopy(small_twin) for _ in range(2)]
    # The compiler itself takes minutes on a CPU; all that leads to it is run.
    with torch.compiler.set_stance("force_eager"):
        for net, folder, compiled in zip(nets, (tmp_path / "plain", tmp_path / "compiled"), (False, True), strict=True):
            train(net, data, folder, epochs=1, trainer=TrainerSettings(device="cpu", compile=compiled))
            assert (net._compiled_call_impl is not None) is compiled
    for name, weight in nets[0].state_dict().items():
        assert torch.equal(nets[1].state_dict()[name], weight)
