"""A run folder, its resuming and its refusals, over a linear model on made data."""

import shutil
import time
from pathlib import Path

import pandas as pd
import pytest
import pytorch_lightning as pl
import torch
import wandb
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset

from avss.data.epochs import EpochOrder
from avss.errors import ModelError, OutputError, SettingsError
from avss.training.callbacks import TrainingError
from avss.training.run import fit, log_figures, run_folder


class Line(pl.LightningModule):
    def __init__(self, stop_after: int | None = None, idle: int = 0) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.dropout, self.line = nn.Dropout(0.5), nn.Linear(4, 1)
        self.idle = nn.Parameter(torch.zeros(idle))
        self.stop_after = stop_after

    def training_step(self, batch: Tensor) -> Tensor:
        loss = (self.line(self.dropout(batch)) - batch.sum(-1, keepdim=True)).square().mean()
        self.log("train_loss", loss, on_step=False, on_epoch=True)
        return loss

    def on_train_epoch_start(self) -> None:
        if self.stop_after == self.current_epoch:
            raise KeyboardInterrupt

    def configure_optimizers(self) -> torch.optim.Optimizer:
        return torch.optim.Adam(self.parameters(), 0.1)


class Rows(Dataset[Tensor]):
    def __init__(self, bad: float) -> None:
        self.bad = bad

    def __getitem__(self, index: tuple[int, int]) -> Tensor:
        epoch, number = index
        return torch.randn(4, generator=torch.Generator().manual_seed(100 * epoch + number)) + self.bad


class Numbers(pl.LightningDataModule):
    def __init__(self, bad: float = 0.0) -> None:
        super().__init__()
        self.bad = bad

    def train_dataloader(self) -> DataLoader:
        return DataLoader(Rows(self.bad), batch_size=4, sampler=EpochOrder(12, seed=0))


def train(folder: Path, task: Line | None = None, data: Numbers | None = None, **settings: object) -> Tensor:
    task = task or Line()
    fit(task, data or Numbers(), folder, settings=settings, epochs=4, device="cpu")
    return task.line.weight.detach()


@pytest.mark.filterwarnings("ignore")
def test_a_run_killed_in_any_epoch_ends_with_the_weights_and_the_table_of_a_whole_one(tmp_path: Path) -> None:
    whole = train(tmp_path / "whole")
    table = pd.read_csv(tmp_path / "whole" / "metrics.csv")
    assert table.epoch.tolist() == [0, 1, 2, 3] and table.train_loss.notna().all()
    for epoch in (1, 3):
        folder = tmp_path / f"killed{epoch}"
        with pytest.raises((KeyboardInterrupt, SystemExit)):
            train(folder, Line(stop_after=epoch))
        kept = torch.load(folder / "checkpoints" / "last.ckpt", weights_only=True)
        assert kept["global_step"] == 3 * epoch
        assert torch.equal(train(folder), whole)
        pd.testing.assert_frame_equal(pd.read_csv(folder / "metrics.csv"), table)


@pytest.mark.filterwarnings("ignore")
def test_a_full_disk_leaves_the_last_checkpoint_which_a_larger_disk_goes_on_from(
    tmp_path: Path, tiny_disk: Path
) -> None:
    whole = train(tmp_path / "whole", Line(idle=27_000))
    with pytest.raises(OutputError, match=r"cannot write .*last\.ckpt"):
        train(tiny_disk / "run", Line(idle=27_000))
    shutil.copytree(tiny_disk / "run", tmp_path / "moved")
    assert torch.load(tmp_path / "moved" / "checkpoints" / "last.ckpt", weights_only=True)["global_step"] == 3
    assert torch.equal(train(tmp_path / "moved", Line(idle=27_000)), whole)


@pytest.mark.filterwarnings("ignore")
def test_a_checkpoint_that_is_damaged_or_could_run_something_is_refused(tmp_path: Path) -> None:
    train(tmp_path)
    last = tmp_path / "checkpoints" / "last.ckpt"
    last.write_bytes(last.read_bytes()[:-100])
    with pytest.raises(ModelError, match="ckpt is damaged"):
        train(tmp_path)
    torch.save({"callbacks": Path("somewhere")}, last)
    with pytest.raises(ModelError, match="more than tensors"):
        train(tmp_path)


@pytest.mark.filterwarnings("ignore")
def test_settings_metrics_and_figures_are_logged_offline_inside_the_run_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WANDB_MODE", "offline")
    settings = {"rate": 0.1, "store": Path("of_lips")}
    trainer = fit(Line(), Numbers(), tmp_path, settings=settings, epochs=2, device="cpu", wandb=True)
    log_figures(trainer, {"told_right": 0.75})
    (log,) = tmp_path.glob("wandb/offline-run-*/*.wandb")
    # Another process writes it, and may still be at it.
    patience = time.monotonic() + 60
    while b"0.75" not in log.read_bytes() and time.monotonic() < patience:
        time.sleep(0.05)
    for logged in (b"rate", b"of_lips", b"train_loss", b"told_right", b"0.75"):
        assert logged in log.read_bytes(), logged


@pytest.mark.filterwarnings("ignore")
def test_a_run_that_goes_on_is_the_same_run_for_weights_and_biases(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WANDB_MODE", "offline")
    monkeypatch.delenv("WANDB_RUN_ID", raising=False)
    known: list[Path] = []
    for task in (Line(stop_after=2), Line()):
        try:
            trainer = fit(task, Numbers(), tmp_path, settings={}, epochs=4, device="cpu", wandb=True)
            log_figures(trainer, {})
        except (KeyboardInterrupt, SystemExit):
            assert wandb.run is not None
            wandb.run.finish()
        (newest,) = set(tmp_path.glob("wandb/offline-run-*/*.wandb")) - set(known)
        known.append(newest)
    assert len({path.name for path in known}) == 1
    monkeypatch.setenv("WANDB_RUN_ID", "ofagent")
    trainer = fit(Line(), Numbers(), tmp_path / "agent", settings={}, epochs=1, device="cpu", wandb=True)
    log_figures(trainer, {})
    assert list((tmp_path / "agent").glob("wandb/offline-run-*/run-ofagent.wandb"))


def test_a_run_without_a_folder_gets_one_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WANDB_RUN_ID", raising=False)
    assert run_folder(Path("here"), "stage/net") == Path("here")
    first, second = run_folder(None, "stage/net"), run_folder(None, "stage/net")
    assert first != second
    assert first.parent == second.parent == Path("runs/stage/net")
    monkeypatch.setenv("WANDB_RUN_ID", "abc123")
    assert run_folder(None, "stage/net") == Path("runs/stage/net/abc123")


def test_processes_that_train_together_are_told_to_name_their_folder() -> None:
    assert run_folder(Path("here"), "stage/net", 2) == Path("here")
    with pytest.raises(SettingsError, match=r"2 processes without a folder.*Do: name it by --out"):
        run_folder(None, "stage/net", 2)


@pytest.mark.filterwarnings("ignore")
def test_a_folder_of_a_run_with_other_settings_is_refused(tmp_path: Path) -> None:
    train(tmp_path, rate=0.1, store=Path("a"))
    train(tmp_path, rate=0.1, store=Path("a"))
    with pytest.raises(OutputError, match="another rate"):
        train(tmp_path, rate=0.2, store=Path("a"))


@pytest.mark.filterwarnings("ignore")
def test_a_loss_that_is_no_number_ends_the_training(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="loss of step 0 is nan"):
        train(tmp_path, data=Numbers(bad=float("nan")))


def test_the_order_of_an_epoch_depends_on_the_seed_and_the_epoch_alone() -> None:
    order, later = EpochOrder(50, seed=1), EpochOrder(50, seed=1)
    list(order)
    for sampler in (order, later):
        sampler.set_epoch(3)
    assert list(order) == list(later)
    assert sorted(index for _, index in order) == list(range(50))
    assert list(order) != list(EpochOrder(50, seed=1))
