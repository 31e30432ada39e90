"""What a training of a separator leaves in its run folder: the model, what it reached, and examples to listen to."""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import pytorch_lightning as pl
from rich.console import Console

from avss.data.mixtures import MixtureData
from avss.data.store import PreparedStore
from avss.models.audio_visual import AudioVisualSeparator
from avss.models.separators.separator import Separator
from avss.models.weights import save_model
from avss.training.checkpoints import best_score
from avss.training.eigenmouths import mouth_settings
from avss.training.listening import EXAMPLES, write_examples
from avss.training.run import log_figures
from avss.training.separation_task import SeparationTask
from avss.training.trained_models import LEFT_OUT, SCORE

_EXAMPLES = 10  # mixtures, of two or more voices each


def export_separation(
    model: Separator | AudioVisualSeparator,
    task: SeparationTask,
    trainer: pl.Trainer,
    out: Path,
    *,
    data: MixtureData,
    store: PreparedStore,
    notes: Mapping[str, Any] | None = None,
) -> None:
    """Write the model and examples; of several processes, the first one does.

    Args:
        model: what is exported.
        task: has been trained; separates the examples.
        trainer: trained it.
        out: the run folder.
        data: it was trained on; mixtures to validate on, of the last level, become the examples.
        store: the clips of ``data``.
        notes: anything else worth knowing.

    Raises:
        ModelError: a weight is NaN or infinite.
        OutputError: the folder cannot be written.
    """
    if not trainer.is_global_zero:
        return
    score = best_score(trainer)
    save_separation(model, out, score=score, learned_from=data.learned_from, store=store, notes=notes)
    write_examples(task.cpu().eval().told_apart, data.valid_mixtures(_EXAMPLES), out / EXAMPLES, trainer.logger)
    log_figures(trainer, {SCORE: score})
    summary = f"valid speakers: SI-SDRi {score:.2f} dB · {out}"
    Console().print(summary, soft_wrap=True, markup=False, highlight=False)


def save_separation(
    model: Separator | AudioVisualSeparator,
    out: Path,
    *,
    score: float,
    learned_from: Collection[str],
    store: PreparedStore,
    notes: Mapping[str, Any] | None = None,
) -> None:
    """Write the model alone, with what it reached, and who of the training speakers was left out.

    Args:
        model: what is exported.
        out: the run folder.
        score: SI-SDRi of the validation speakers, dB.
        learned_from: speakers it was trained on.
        store: where they are from.
        notes: anything else worth knowing.

    Raises:
        ModelError: a weight is NaN or infinite.
        OutputError: the folder cannot be written.
    """
    left_out = sorted(set(store.speakers.get("train", [])) - set(learned_from))
    about: dict[str, Any] = {"valid": {SCORE: round(score, 3)}, LEFT_OUT: left_out} | dict(notes or {})
    if isinstance(model, AudioVisualSeparator) and model.frontend.pca is not None:
        about["mouths"] = mouth_settings(store)
    save_model(model, out, corpus=str(store.root), split=store.speakers, notes=about)
