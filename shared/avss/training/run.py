"""One training run in one folder, which a killed run goes on in as if nothing had happened.

::

    config.yaml         the settings the run was started with; other settings need another folder
    inputs.yaml         checksums of the models and stores that they name; others under the same names need one too
    environment.json    versions, machine, command and commit of its last start
    metrics.csv         a row per epoch
    checkpoints/        last.ckpt, written after every epoch; best.ckpt, where validation chooses
    wandb/              settings, metrics and final figures for Weights & Biases, offline unless the user is logged in;
                        with the id by which a run that goes on is the same run there

A resumed run ends with the same weights as one that was never interrupted, bit for bit on a CPU, provided that the
order and the augmentation of the data depend on the epoch alone (see :class:`avss.data.epochs.EpochOrder`).
"""

import os
import secrets
import time
from collections.abc import Mapping
from dataclasses import asdict, is_dataclass
from pathlib import Path
from typing import Any

import pytorch_lightning as pl
import yaml
from pytorch_lightning.callbacks import Callback, ModelCheckpoint
from pytorch_lightning.loggers import WandbLogger
from pytorch_lightning.utilities import rank_zero_only

from avss.devices import check_device
from avss.errors import OutputError, SettingsError
from avss.files import writing
from avss.training.callbacks import BadBatches, MetricsTable, StepSeed
from avss.training.checkpoints import BestCheckpoint, WholeCheckpoints
from avss.training.environment import write_environment
from avss.training.inputs import claim_inputs
from avss.training.precision import Precision, resolve

CONFIG, METRICS, CHECKPOINTS = "config.yaml", "metrics.csv", "checkpoints"
RUNS = Path("runs")

_PROJECT = "avss"
_WANDB_ID = "run_id"
_LARGEST_GRADIENT = 5.0
_FREE = {"out", "wandb"}  # settings that decide nothing: a run may be moved, and logged from some epoch on


def run_folder(out: Path | None, kind: str, processes: int = 1) -> Path:
    """The folder of a run: ``out``, or one of its own in ``runs/KIND``.

    A run that an agent of Weights & Biases started is named by its id there, and any other by the time, so that no
    two runs of a sweep meet in one folder.

    Args:
        out: the folder that was asked for, if any.
        kind: stage and net, such as ``"1_2_frontend_training/lip2phone"``.
        processes: that train together.

    Raises:
        SettingsError: there are several, each of which would make a folder of its own.
    """
    if out is not None:
        return out
    if processes > 1:
        what = f"a training in {processes} processes without a folder"
        raise SettingsError(what, "one that is the same for all of them", "name it by --out")
    return RUNS / kind / (os.environ.get("WANDB_RUN_ID") or f"{time.strftime('%Y%m%d-%H%M%S')}-{secrets.token_hex(2)}")


def fit(
    task: pl.LightningModule,
    data: pl.LightningDataModule,
    folder: Path,
    *,
    settings: Mapping[str, Any],
    epochs: int,
    seed: int = 0,
    device: str = "auto",
    wandb: bool = False,
    callbacks: tuple[Callback, ...] = (),
    best: str | None = None,
    bad_batches: int = 0,
    devices: int = 1,
    num_nodes: int = 1,
    precision: Precision = "32-true",
) -> pl.Trainer:
    """Train ``task`` on ``data`` for ``epochs``; after a kill, the same call goes on after the last whole epoch.

    Args:
        task: what is trained, and how. Its weights must be initialised from ``seed`` as well.
        data: what it learns from.
        folder: the run folder.
        settings: everything that decides the outcome, for ``config.yaml``; ``out`` and ``wandb`` may change.
        epochs: passes through the data.
        seed: of dropout and everything else that torch draws.
        device: cpu, gpu, mps or auto.
        wandb: log for Weights & Biases too; :func:`log_figures` ends what is logged.
        callbacks: more of them.
        best: a validation metric; the weights of the epoch in which it was largest are the task's in the end.
        bad_batches: so many without a finite loss are left out.
        devices: of each machine, a process each. Then ``data`` shares its batches among them by itself.
        num_nodes: machines.
        precision: of the activations.

    Raises:
        SettingsError: there are no epochs, or no such device.
        OutputError: the folder holds a run with other settings, or of other models or clips than lie there now; or it
            cannot be written, and its last checkpoint is kept.
        ModelError: the checkpoint to go on from is damaged.
        TrainingError: more losses than that are NaN or infinite.
    """
    check_device(device)
    if epochs < 1:
        raise SettingsError(f"a training of {epochs} epochs", "at least 1", "correct epochs")
    claim_run(folder, settings)
    checkpoints = folder / CHECKPOINTS
    # The last one is written last, and so knows which one is the best.
    kept = [ModelCheckpoint(checkpoints, "last", save_on_train_epoch_end=True, enable_version_counter=False)]
    if best is not None:
        kept.insert(0, BestCheckpoint(checkpoints, best))
    trainer = pl.Trainer(
        default_root_dir=folder,
        accelerator=device,
        devices=devices,
        num_nodes=num_nodes,
        # A frontend has heads that no separation needs, and parts that do not learn yet.
        strategy="ddp_find_unused_parameters_true" if devices * num_nodes > 1 else "auto",
        precision=resolve(precision, device),
        use_distributed_sampler=False,
        max_epochs=epochs,
        logger=_wandb_logger(folder, settings) if wandb else False,
        callbacks=[
            StepSeed(seed),
            BadBatches(bad_batches),
            MetricsTable(folder / METRICS),
            *callbacks,
            *kept,
        ],
        plugins=[WholeCheckpoints()],
        gradient_clip_val=_LARGEST_GRADIENT,
        log_every_n_steps=1,
        num_sanity_val_steps=0,
        enable_model_summary=False,
    )
    last = checkpoints / "last.ckpt"
    # A model that was loaded comes in evaluation mode, which Lightning would keep: nothing would be dropped.
    task.train()
    trainer.fit(task, datamodule=data, ckpt_path=last if last.is_file() else None, weights_only=True)
    if best is not None and trainer.is_global_zero:
        task.load_state_dict(WholeCheckpoints().load_checkpoint(checkpoints / "best.ckpt")["state_dict"])
    return trainer


@rank_zero_only
def claim_run(folder: Path, settings: Mapping[str, Any]) -> None:
    """Write what the run in ``folder`` is made with, or check that it is made with the same; tell the machine.

    Raises:
        OutputError: its settings, or the models and clips that they name, are others; or it cannot be written.
    """
    path = folder / CONFIG
    plain = _plain(settings)
    if path.is_file():
        found = yaml.safe_load(path.read_text())
        different = sorted(key for key in (plain.keys() | found.keys()) - _FREE if plain.get(key) != found.get(key))
        if different:
            what = f"the run in {folder} was started with another {', '.join(different)}"
            raise OutputError(what, "the same settings, to go on with it", "name another folder, or remove that one")
    else:
        with writing(path) as temporary:
            temporary.write_text(yaml.safe_dump(plain, sort_keys=False))
    claim_inputs(folder, {name: value for name, value in settings.items() if name not in _FREE})
    write_environment(folder)


def log_figures(trainer: pl.Trainer, figures: Mapping[str, float | None]) -> None:
    """Add the final ``figures`` of a run to what is logged of it for Weights & Biases, if anything is, and end that."""
    if isinstance(trainer.logger, WandbLogger):
        trainer.logger.experiment.summary.update(dict(figures))
        trainer.logger.experiment.finish()


def _plain(value: Any) -> Any:
    """Settings as YAML knows them: dataclasses as their fields, paths as text, all sequences as lists."""
    if is_dataclass(value) and not isinstance(value, type):
        return _plain(asdict(value))
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return str(value) if isinstance(value, Path) else value


def _wandb_logger(folder: Path, settings: Mapping[str, Any]) -> WandbLogger:
    import wandb

    # Who said how to log (WANDB_MODE) is obeyed; nobody is asked, and no server, before the training.
    told = "WANDB_MODE" in os.environ or wandb.login(prompt=False, verify=False)
    return WandbLogger(
        name=folder.name,
        project=_PROJECT,
        save_dir=folder,
        config=_plain(settings),
        mode=None if told else "offline",
        id=_wandb_id(folder),
        resume="allow",
    )


@rank_zero_only
def _wandb_id(folder: Path) -> str:
    """What Weights & Biases knows the run by: a run that goes on is the same there, if logged in several parts."""
    path = folder / "wandb" / _WANDB_ID
    # An agent that started the run has named it.
    known = os.environ.get("WANDB_RUN_ID") or (path.read_text().strip() if path.is_file() else secrets.token_hex(4))
    with writing(path) as temporary:
        temporary.write_text(known + "\n")
    return known
