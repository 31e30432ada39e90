"""Where variants of a separator are trained and judged, all alike.

All variants of a question start from the same seed, learn for equally many steps of equally many mixtures, keep the
epoch that separates other speakers best, and are judged by the same mixtures of speakers whom none of them learned
from. The intervals are over sets of speakers.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal

import pandas as pd
import pytorch_lightning as pl
import torch
from jsonargparse.typing import NonNegativeInt, PositiveInt

from avss.data.bank_faces import with_faces
from avss.data.company import held_back, read_with_company
from avss.data.exam_list import draw_exam
from avss.data.mixture_recipe import Sources
from avss.data.mixture_settings import MixtureSettings
from avss.data.mixtures import MixtureData
from avss.data.noise import coloured_noise
from avss.data.store import PreparedStore
from avss.errors import ModelError, SettingsError
from avss.evaluation.bootstrap import bootstrap_mean
from avss.evaluation.exam import MIXTURES, sit_exam
from avss.evaluation.exam_rows import ExamRow
from avss.models.audio_visual import AudioVisualSeparator
from avss.models.separators.separator import Separator
from avss.models.weights import DESCRIPTION, read_description
from avss.training.ablation import NotMeasuredError
from avss.training.ablation_page import SCORES
from avss.training.callbacks import TrainingError
from avss.training.checkpoints import best_score
from avss.training.dotted_settings import as_row
from avss.training.freezing import what_learns
from avss.training.pacing import Curriculum, Pacing
from avss.training.precision import Precision, resolve
from avss.training.separation_export import save_separation
from avss.training.separation_fit import TrainerSettings, fit_separation
from avss.training.separation_sources import See, separation_data
from avss.training.separation_task import SeparationTask
from avss.training.separation_variants import SeparationVariant
from avss.training.variant_gain import FIGURE, gain_over

_WHOLE = "32-true"  # goes without saying
_NOISE_SEED = 20_000  # neither of trainings nor of the exam
_AT_ONCE = 8  # mixtures


@dataclass(frozen=True)
class Yardstick:
    """What variants are judged by; choose on valid, report on test.

    Attributes:
        part: the speakers whose voices are mixed.
        held_back: where they are fewer, so many join them, unjudged, of those who would train; no variant may have
            learned from them (``sources.company``).
        faces: numbers of faces K.
        levels: of the voices above coloured noise, dB; null is no noise.
        mixtures: of each number of faces, at each level.
        frames: length of the mixtures.
    """

    part: Literal["valid", "test"] = "valid"
    held_back: NonNegativeInt = 0
    faces: Sequence[PositiveInt] = (2,)
    levels: Sequence[float | None] = (None,)
    mixtures: PositiveInt = 100
    frames: PositiveInt = 75


class VariantBench:
    """Trains variants on the training speakers of a store, and judges them by a yardstick.

    Args:
        store: whose clips.
        starts: run folders of what variants start from.
        yardstick: what they are judged by.
        nets: where their run folders go; a net that is there is only read.
        device: cpu, gpu, mps or auto.
        precision: of the activations in training.

    Attributes:
        data: what variants are judged by, what they start from, and the precision if it is a lower one, in words.
        device: they are judged on.
        sources: of the mixtures they are judged by.
        store, yardstick: as given.

    Raises:
        CorpusError: there is nobody to judge by.
        ModelError: there is no model in one of ``starts``.
        SettingsError: there are fewer speakers than faces.
    """

    def __init__(
        self,
        store: PreparedStore,
        starts: Sequence[Path],
        yardstick: Yardstick,
        nets: Path,
        device: str,
        precision: Precision,
    ) -> None:
        self.store, self.yardstick, self._nets = store, yardstick, nets
        self._trainer = TrainerSettings(device=device, precision=precision)
        begun = {str(start): read_description(start).sha256 for start in starts}
        self._start = {
            "store": store.root,
            "clips": store.checksum,
            "start": ", ".join(begun),
            "weights": ", ".join(begun.values()),
        }
        # What auto comes to depends on the machine, and a table may be gone on with on another one.
        computed = resolve(precision, device)
        if computed != _WHOLE:
            self._start["precision"] = computed
        self.device = "cuda" if device != "cpu" and torch.cuda.is_available() else "cpu"
        company = held_back(store, yardstick.held_back)
        bank, joining = read_with_company(store, yardstick.part, company, max(yardstick.faces))
        noise = coloured_noise(seed=_NOISE_SEED)
        sources = Sources(with_faces(bank, store, mouths=True), noise=noise, company=joining)
        # Drawn before the clips move: a GPU rounds otherwise, and another list would be another measure.
        self._exam = draw_exam(
            sources,
            faces=yardstick.faces,
            levels=yardstick.levels,
            mixtures=yardstick.mixtures,
            frames=yardstick.frames,
        )
        self.sources = sources.to(self.device)
        of = f"{len(self._exam)} mixtures of {yardstick.part} speakers of {store.root} ({len(store)} clips)"
        drawn = sha256(self._exam.to_csv().encode()).hexdigest()[:8]
        first = " or ".join(f"{start} ({checksum[:8]})" for start, checksum in begun.items())
        trained = "" if computed == _WHOLE else f", trained in {computed}"
        self.data = f"{of}, {yardstick.frames} frames each (list {drawn}), starting from {first}{trained}"

    def train(
        self,
        variant: SeparationVariant,
        make: Callable[[], AudioVisualSeparator | Separator],
        see: See,
        *,
        levels: Sequence[MixtureSettings],
        pacing: Pacing | None = None,
    ) -> Path:
        """The run folder of a variant, trained if it was not yet; a training that was killed goes on.

        Args:
            variant: all that its training depends on.
            make: makes what is trained; a separator alone is an audio-only twin.
            see: adds to a bank what is seen: features if the whole frontend stays as it is.
            levels: how mixtures are drawn.
            pacing: how it goes through the levels.

        Raises:
            NotMeasuredError: the store, or what the variant starts from, lacks what it needs.
        """
        settings = self._start | as_row(variant)
        if variant.sources.company < self.yardstick.held_back:
            what = f"a variant may learn from those who are held back, for its company is {variant.sources.company}"
            raise NotMeasuredError(what, f"{self.yardstick.held_back}, as held_back of the yardstick", "set it so")
        folder = self._nets / sha256(repr(settings).encode()).hexdigest()[:12]
        if (folder / DESCRIPTION).is_file():
            return folder
        try:
            data = separation_data(
                self.store,
                see,
                variant.sources,
                levels,
                batch=variant.batch,
                steps=variant.steps,
                valid_steps=variant.valid_steps,
                seed=variant.seed,
            )
            pl.seed_everything(variant.seed, verbose=False)
            model = make()
        except (SettingsError, ModelError) as error:
            raise NotMeasuredError(error.what, error.wanted, error.do) from error
        try:
            trainer = self._fit(model, variant, data, pacing, folder, settings)
        except TrainingError as error:  # a variant that diverges keeps no other one from being measured
            raise NotMeasuredError(error.what, error.wanted, error.do) from error
        score = best_score(trainer)
        save_separation(model, folder, score=score, learned_from=data.learned_from, store=self.store)
        return folder

    def _fit(
        self,
        model: AudioVisualSeparator | Separator,
        variant: SeparationVariant,
        data: MixtureData,
        pacing: Pacing | None,
        folder: Path,
        settings: Mapping[str, Any],
    ) -> pl.Trainer:
        learns, callbacks = (model, ()) if isinstance(model, Separator) else what_learns(model, variant.parts)
        if pacing is not None:
            callbacks = (*callbacks, Curriculum(pacing, data.recipes))
        task = SeparationTask(
            learns,
            learning=variant.learning,
            parts=variant.parts,
            any_order=isinstance(model, Separator),
            levels=0 if pacing is None else len(data.recipes.levels),
        )
        return fit_separation(
            task,
            data,
            folder,
            settings=settings,
            learning=variant.learning,
            trainer=self._trainer,
            epochs=variant.epochs,
            seed=variant.seed,
            wandb=False,
            callbacks=callbacks,
        )

    def judge(self, row: ExamRow, folder: Path) -> dict[str, Any]:
        """SI-SDRi of a variant in dB, with its interval, and by number of faces and noise where there are several.

        Where the score of each mixture is kept is told too, for :meth:`gain`.

        Args:
            row: the variant, on :attr:`device`.
            folder: its run folder.
        """
        judged = folder / "judged" / row.name
        scores = sit_exam(self._exam, self.sources, [row], judged, listened=0, batch=_AT_ONCE, jobs=1)
        mean = bootstrap_mean(scores.si_sdri.to_numpy(), scores.speakers.to_numpy())
        figures = {FIGURE: mean.value, f"{FIGURE}_low": mean.low, f"{FIGURE}_high": mean.high}
        cells = scores.groupby(["K", "snr"], dropna=False, sort=False).si_sdri.mean()
        if len(cells) > 1:
            figures |= {_named(K, snr): float(value) for (K, snr), value in cells.items()}
        return figures | {SCORES: str((judged / MIXTURES).relative_to(self._nets))}

    def gain(self, first: Mapping[str, Any], row: Mapping[str, Any]) -> dict[str, float]:
        """How far a variant is ahead of the first one of its question, from what :meth:`judge` said of both."""
        return gain_over(self._nets, first, row)


def _named(K: int, snr: float) -> str:
    return f"{K} faces" if pd.isna(snr) else f"{K} faces {snr:g} dB"
