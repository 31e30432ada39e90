"""How a separator learns: from mixtures that never repeat, to give each face its voice.

A frozen frontend has been asked beforehand, and its features come with the mixtures. One that learns is a part of the
task, and looks at the faces of the mixtures in every step. The audio-only twin is shown nothing; its voices are judged
in the order that fits best, which flatters it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import pytorch_lightning as pl
from pytorch_lightning.utilities.types import OptimizerLRScheduler
from torch import Tensor
from torch.optim import AdamW
from torch.optim.lr_scheduler import LambdaLR

from avss.data.bank_faces import faces_of
from avss.data.mixing import Mixtures, among_few
from avss.evaluation.separation_metrics import si_sdr
from avss.models.audio_visual import AudioVisualSeparator
from avss.models.separators.hearing_first import HearingFirst
from avss.models.separators.separator import Separator
from avss.training.callbacks import TrainingError
from avss.training.freezing import PartLearning
from avss.training.rate_schedule import share_of_rate
from avss.training.separation_losses import SeparationLoss, is_silent
from avss.training.trained_models import SCORE


@dataclass(frozen=True)
class Learning:
    """How the weights change.

    Attributes:
        rate: the highest learning rate; it warms up and falls along a cosine.
        weight_decay: of AdamW.
        average: share of the averaged weights that a step keeps.
        spectral: weight of the spectral distance beside the signal-to-noise ratio.
        bad_batches: so many with a loss or gradient that is no number are left out; one more ends the training.
    """

    rate: float = 1e-3
    weight_decay: float = 0.01
    average: float = 0.999
    spectral: float = 0.0
    bad_batches: int = 10


class SeparationTask(pl.LightningModule):
    """Training of a separator, and of the frontend if there is one.

    Args:
        model: what learns; a separator alone takes the features that come with the mixtures.
        learning: how.
        parts: how the parts of the frontend learn, by name.
        any_order: judge voices in the order that fits best, as an audio-only net needs.
        levels: of difficulty, which the batches of validation take in turn; 0 where there are none to tell apart.
    """

    def __init__(
        self,
        model: Separator | AudioVisualSeparator,
        *,
        learning: Learning,
        parts: Mapping[str, PartLearning] | None = None,
        any_order: bool = False,
        levels: int = 0,
    ) -> None:
        super().__init__()
        self.model = model
        self.loss = SeparationLoss(spectral=learning.spectral, any_order=any_order)
        self._learning, self._parts, self._levels = learning, dict(parts or {}), levels

    @property
    def separator(self) -> Separator:
        """The part that hears."""
        return self.model.separator if isinstance(self.model, AudioVisualSeparator) else self.model

    def forward(self, batch: Mixtures) -> Tensor:
        """Separate a batch into voices [B,K,S]."""
        if isinstance(self.model, AudioVisualSeparator):
            return self.model(batch.mixture, faces_of(batch))
        return self.model(batch.mixture, batch.frames["features"].float())

    def told_apart(self, batch: Mixtures) -> Tensor:
        """Separate a batch into voices [B,K,S]; those of a net that sees nothing come in the order of the true ones."""
        voices = self(batch)
        return self.loss.in_order(voices, batch.voices, batch.mixture) if self.loss.any_order else voices

    def training_step(self, batch: Mixtures) -> Tensor:
        """The loss of a batch, dB."""
        if isinstance(self.separator, HearingFirst):
            voices, batch = self._practise(self.separator, batch)
        else:
            voices = self(batch)
        loss = self.loss(voices, batch.voices, batch.mixture)
        if loss.isfinite():
            self.log("train_loss", loss, on_step=False, on_epoch=True, batch_size=len(batch.mixture), sync_dist=True)
        return loss

    def _practise(self, separator: HearingFirst, batch: Mixtures) -> tuple[Tensor, Mixtures]:
        """The voices of a lesson, and the mixtures that it was about."""
        with separator.lesson(self.global_step) as way:
            if way != "listening":
                return self(batch), batch
            few = among_few(batch, separator.numbers.voices)
            return self.loss.in_order(self(few), few.voices, few.mixture), few

    def validation_step(self, batch: Mixtures, batch_idx: int) -> None:
        """Log the improvement of the judged voices: of all, by number of faces, and by level.

        Raises:
            TrainingError: voices that are no finite numbers.
        """
        voices = self.told_apart(batch)
        if not voices.isfinite().all():
            what = f"the voices separated in validation of epoch {self.current_epoch} are not finite"
            raise TrainingError(what, "finite numbers", "train again with a lower rate")
        gain = improvement(voices, batch)
        # Batches count alike, so that levels of many faces do not choose the epoch for those of few.
        self.log(SCORE, gain.mean(), prog_bar=True, batch_size=1, sync_dist=True)
        parts = [f"{SCORE}_{batch.voices.shape[1]}faces"]
        if self._levels:
            parts.append(level_score(batch_idx % self._levels))
        for name in parts:
            self.log(name, gain.mean(), batch_size=len(gain), sync_dist=True)

    def configure_optimizers(self) -> OptimizerLRScheduler:
        """AdamW with a rate for each part, which changes at every step."""
        rate = self._learning.rate
        groups = [{"params": list(self.separator.parameters()), "lr": rate}]
        if isinstance(self.model, AudioVisualSeparator):
            parts = {name: getattr(self.model.frontend, name) for name in self._parts}
            groups += [
                {"params": list(part.parameters()), "lr": rate * self._parts[name].rate}
                for name, part in parts.items()
                if part is not None
            ]
        optimizer = AdamW(groups, weight_decay=self._learning.weight_decay)
        steps = int(self.trainer.estimated_stepping_batches)
        schedule = LambdaLR(optimizer, lambda step: share_of_rate(step / steps))
        return {"optimizer": optimizer, "lr_scheduler": {"scheduler": schedule, "interval": "step"}}


def improvement(voices: Tensor, batch: Mixtures) -> Tensor:
    """How much better each judged voice that speaks is than the mixture, SI-SDRi in dB, [number of such voices]."""
    speaks = ~is_silent(batch.voices, batch.mixture) & batch.judged
    reference, mixture = batch.voices[speaks], batch.mixture[:, None].expand_as(voices)[speaks]
    return si_sdr(estimate=voices[speaks].float(), reference=reference) - si_sdr(estimate=mixture, reference=reference)


def level_score(level: int) -> str:
    """Name of the validation metric of a level."""
    return f"{SCORE}_level{level}"
