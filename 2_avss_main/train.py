"""Stage 2: teach a separator to give each face its voice, by what a frozen frontend sees of it.

What the frontend says of all clips is computed once; mixtures are drawn anew in every step. Exported is the whole
model, frontend and separator, with the averaged weights of the epoch that validates best. With ``--twin audio`` it is
a net of the same size that is shown nothing, for comparison; its mixtures are without talkers who are not seen, since
nothing could tell it whom to leave out. With ``--start`` the run folder of such a twin, the separator goes on from the
net that has learned to tell voices apart by listening, and has only the lips to learn.

    python train.py --config train_quick.yaml
    python train.py --config train_quick.yaml --twin audio --out runs/2_avss_main/audio_only_quick
    python train.py --config train_quick.yaml --start runs/2_avss_main/audio_only_quick --out runs/2_avss_main/heard
    torchrun --nproc_per_node 4 train.py --config train.yaml --trainer.devices 4
"""

from dataclasses import replace
from pathlib import Path
from typing import Literal

import pytorch_lightning as pl

from avss.data.mixture_settings import MixtureSettings
from avss.data.store import PreparedStore
from avss.models.audio_visual import AudioVisualSeparator
from avss.models.separators.families import SeparatorSettings, make_audio_only, make_separator
from avss.terminal import run_script
from avss.training.cached_features import seen_by, without_features
from avss.training.run import run_folder
from avss.training.separation_export import export_separation
from avss.training.separation_fit import TrainerSettings, fit_separation
from avss.training.separation_sources import SourceSettings, separation_data
from avss.training.separation_task import Learning, SeparationTask
from avss.training.trained_models import go_on_from, load_frontend


def train_separator(
    store: Path,
    frontend: Path,
    separator: SeparatorSettings,
    mixtures: MixtureSettings,
    sources: SourceSettings,
    learning: Learning,
    trainer: TrainerSettings,
    out: Path | None = None,
    start: Path | None = None,
    twin: Literal["audio"] | None = None,
    epochs: int = 100,
    steps: int = 1000,
    batch: int = 16,
    valid_steps: int = 20,
    seed: int = 0,
    wandb: bool = False,
) -> None:
    """Train a separator; a run that was killed goes on where it stopped.

    Args:
        store: prepared store to learn from.
        frontend: run folder of join_frontend.py, or of train_lip2phone.py.
        separator: how it is made.
        mixtures: how they are drawn for training; those of validation are whole clips, all faces seen and speaking.
        sources: what is heard beside the clips.
        learning: how the weights change.
        trainer: what the training runs on.
        out: the run folder, which the model is exported to; null makes a new one in runs/.
        start: run folder of an audio-only twin with the same net, to go on from; null starts anew.
        twin: audio trains a net of the same size that is shown nothing, on mixtures without unseen talkers.
        epochs: how often it is validated.
        steps: batches in an epoch.
        batch: mixtures in a batch.
        valid_steps: batches to validate on.
        seed: of weights, mixtures and dropout.
        wandb: log for Weights & Biases, offline unless logged in.
    """
    out = run_folder(out, "2_avss_main/" + (twin or separator.family), trainer.processes)
    if twin == "audio":
        mixtures = replace(mixtures, unseen_talkers=(0, 0))
    settings = dict(locals())
    prepared = PreparedStore(store)
    eyes = load_frontend(frontend, prepared)
    see = without_features if twin == "audio" else seen_by(eyes, prepared, cached=True)
    data = separation_data(
        prepared, see, sources, [mixtures], batch=batch, steps=steps, valid_steps=valid_steps, seed=seed
    )
    pl.seed_everything(seed, verbose=False)
    if twin == "audio":
        model = net = make_audio_only(separator, mixtures.speakers[1])
    else:
        net = make_separator(separator, eyes.size, eyes.size - eyes.lips.features, mixtures.speakers[1])
        model = AudioVisualSeparator(eyes, net)
    if start is not None:
        go_on_from(start, net, prepared)
    task = SeparationTask(net, learning=learning, any_order=twin == "audio")
    run = fit_separation(
        task, data, out, settings=settings, learning=learning, trainer=trainer, epochs=epochs, seed=seed, wandb=wandb
    )
    export_separation(model, task, run, out, data=data, store=prepared)


if __name__ == "__main__":
    run_script(train_separator)
