"""Stage 3: let everything learn from the separation, from landmarks and mouths on, the PCA layer included.

It starts from stage 2's model. Each part of the frontend has a learning rate of its own, and may stay as it is for some
epochs or for all. What the frontend forgets of reading lips while it learns to separate is measured before and after.

    python train.py --config train_quick.yaml
    python train.py --config train_quick.yaml --pca.start null --out runs/3_fine_tuning/frozen_pca
"""

from pathlib import Path

import pytorch_lightning as pl
from rich.console import Console

from avss.data.lip_clips import in_split, store_lips
from avss.data.mixture_settings import MixtureSettings
from avss.data.store import PreparedStore
from avss.evaluation.phones import read_lips, score_phones
from avss.terminal import run_script
from avss.training.cached_features import seen_by
from avss.training.freezing import PartLearning, all_frozen, what_learns
from avss.training.run import run_folder
from avss.training.separation_export import export_separation
from avss.training.separation_fit import TrainerSettings, fit_separation
from avss.training.separation_sources import SourceSettings, separation_data
from avss.training.separation_task import Learning, SeparationTask
from avss.training.trained_models import load_separator


def fine_tune(
    store: Path,
    start: Path,
    lips: PartLearning,
    face: PartLearning,
    pca: PartLearning,
    mixtures: MixtureSettings,
    sources: SourceSettings,
    learning: Learning,
    trainer: TrainerSettings,
    out: Path | None = None,
    labels: str = "exact",
    epochs: int = 30,
    steps: int = 1000,
    batch: int = 16,
    valid_steps: int = 20,
    seed: int = 0,
    wandb: bool = False,
) -> None:
    """Train frontend and separator together; a run that was killed goes on where it stopped.

    Args:
        store: prepared store to learn from.
        start: run folder of stage 2.
        lips: how the net that reads lips learns.
        face: how the net that knows faces learns.
        pca: how the PCA of mouths learns.
        mixtures: how they are drawn for training; those of validation are whole clips, all faces seen and speaking.
        sources: what is heard beside the clips.
        learning: how the weights change.
        trainer: what the training runs on.
        out: the run folder, which the model is exported to; null makes a new one in runs/.
        labels: source of the store's phone labels, which lip reading is measured by.
        epochs: how often it is validated.
        steps: batches in an epoch.
        batch: mixtures in a batch.
        valid_steps: batches to validate on.
        seed: of mixtures and dropout.
        wandb: log for Weights & Biases, offline unless logged in.
    """
    out = run_folder(out, "3_fine_tuning/avss", trainer.processes)
    settings = dict(locals())
    prepared = PreparedStore(store)
    model = load_separator(start, prepared)
    clips = in_split(store_lips(prepared, labels, mouths=model.frontend.pca is not None), "valid")
    before = score_phones(read_lips(model.frontend, clips))
    parts = {"lips": lips, "face": face, "pca": pca}
    see = seen_by(model.frontend, prepared, cached=all_frozen(parts))
    data = separation_data(
        prepared, see, sources, [mixtures], batch=batch, steps=steps, valid_steps=valid_steps, seed=seed
    )
    pl.seed_everything(seed, verbose=False)
    learns, unfreezing = what_learns(model, parts)
    task = SeparationTask(learns, learning=learning, parts=parts)
    run = fit_separation(
        task,
        data,
        out,
        settings=settings,
        learning=learning,
        trainer=trainer,
        epochs=epochs,
        seed=seed,
        wandb=wandb,
        callbacks=unfreezing,
    )
    if not run.is_global_zero:
        return
    after = score_phones(read_lips(model.frontend, clips))
    drift = {"before": before.as_numbers(), "after": after.as_numbers()}
    export_separation(model, task, run, out, data=data, store=prepared, notes={"lip_reading": drift})
    Console().print(f"lip reading before: {before}\nafter: {after}", soft_wrap=True, markup=False, highlight=False)


if __name__ == "__main__":
    run_script(fine_tune)
