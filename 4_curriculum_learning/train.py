"""Stage 4: from two speakers to six, and from a quiet room to a noisy one, level by level.

It starts from stage 3's model, or from stage 2's. A level is left when validation no longer gains there; a share of the
batches keeps coming from the levels already left. Validation is on all levels alike; what is exported is the epoch of
the last level that validates best. With ``--twin audio`` it is stage 2's twin that climbs, for comparison, on mixtures
without unseen talkers.

    python train.py --config train_quick.yaml
    python train.py --config train_quick.yaml --twin audio --start runs/2_avss_main/audio_only_quick
        --out runs/4_curriculum_learning/audio_only_quick
    python train.py --config train_quick.yaml --pacing.order uniform --out runs/4_curriculum_learning/uniform
"""

from dataclasses import replace
from pathlib import Path
from typing import Literal

import pytorch_lightning as pl

from avss.data.mixture_settings import MixtureSettings
from avss.data.store import PreparedStore
from avss.terminal import run_script
from avss.training.cached_features import seen_by, without_features
from avss.training.freezing import PartLearning, all_frozen, what_learns
from avss.training.pacing import Curriculum, Level, Pacing
from avss.training.run import run_folder
from avss.training.separation_export import export_separation
from avss.training.separation_fit import TrainerSettings, fit_separation
from avss.training.separation_sources import SourceSettings, separation_data
from avss.training.separation_task import Learning, SeparationTask
from avss.training.trained_models import load_audio_only, load_separator


def climb(
    store: Path,
    start: Path,
    levels: list[Level],
    pacing: Pacing,
    lips: PartLearning,
    face: PartLearning,
    pca: PartLearning,
    mixtures: MixtureSettings,
    sources: SourceSettings,
    learning: Learning,
    trainer: TrainerSettings,
    out: Path | None = None,
    twin: Literal["audio"] | None = None,
    epochs: int = 100,
    steps: int = 1000,
    batch: int = 16,
    valid_steps: int = 10,
    seed: int = 0,
    wandb: bool = False,
) -> None:
    """Train frontend and separator through a curriculum; a run that was killed goes on where it stopped.

    Args:
        store: prepared store to learn from.
        start: run folder of stage 3, or of stage 2; for the twin, that of the twin.
        levels: of difficulty, the easiest first.
        pacing: how the training goes through them.
        lips: how the net that reads lips learns.
        face: how the net that knows faces learns.
        pca: how the PCA of mouths learns.
        mixtures: what is the same on all levels.
        sources: what is heard beside the clips.
        learning: how the weights change.
        trainer: what the training runs on.
        out: the run folder, which the model is exported to; null makes a new one in runs/.
        twin: audio trains the net that is shown nothing, for as many voices as the levels have.
        epochs: how often it is validated.
        steps: batches in an epoch.
        batch: mixtures in a batch.
        valid_steps: batches of each level to validate on.
        seed: of mixtures and dropout.
        wandb: log for Weights & Biases, offline unless logged in.
    """
    out = run_folder(out, "4_curriculum_learning/" + (twin or "avss"), trainer.processes)
    if twin == "audio":
        mixtures = replace(mixtures, unseen_talkers=(0, 0))
    settings = dict(locals())
    pl.seed_everything(seed, verbose=False)
    prepared = PreparedStore(store)
    parts = {"lips": lips, "face": face, "pca": pca}
    if twin == "audio":
        most = max((level.speakers[1] for level in levels), default=0)
        model = learns = load_audio_only(start, prepared, most)
        see, unfreezing = without_features, ()
    else:
        model = load_separator(start, prepared)
        see = seen_by(model.frontend, prepared, cached=all_frozen(parts))
        learns, unfreezing = what_learns(model, parts)
    ladder = [level.of(mixtures) for level in levels]
    data = separation_data(prepared, see, sources, ladder, batch=batch, steps=steps, valid_steps=valid_steps, seed=seed)
    task = SeparationTask(learns, learning=learning, parts=parts, levels=len(levels), any_order=twin == "audio")
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
        callbacks=(Curriculum(pacing, data.recipes), *unfreezing),
    )
    export_separation(model, task, run, out, data=data, store=prepared)


if __name__ == "__main__":
    run_script(climb)
