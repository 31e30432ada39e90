"""How Lip2Phone learns: every frame should name its phone, as far as its label is believed.

Phones: cross-entropy weighted by the confidence of the labels. Speaking or not: binary cross-entropy with the same
weights. As an option, connectionist temporal classification (Graves et al., ICML 2006) asks for the right order of
phones whatever their times, with silence as its blank, which forgives labels whose edges are wrong.
"""

import pytorch_lightning as pl
import torch
from pytorch_lightning.utilities.types import OptimizerLRScheduler
from torch import Tensor
from torch.nn import functional
from torch.optim import AdamW
from torch.optim.lr_scheduler import LambdaLR

from avss.data.lips import LipBatch
from avss.models.frontend import Frontend
from avss.models.lip2phone import LipReading
from avss.speech.phones import PHONES, SILENCE
from avss.training.rate_schedule import share_of_rate

_SILENCE = PHONES.index(SILENCE)


class LipTask(pl.LightningModule):
    """Training of a frontend to read lips; what is frozen in it stays as it is.

    Args:
        frontend: what learns.
        rate: the highest learning rate; it warms up and falls along a cosine.
        weight_decay: of AdamW.
        ctc: weight of the order of phones beside that of the frames.
    """

    def __init__(
        self,
        frontend: Frontend,
        *,
        rate: float = 2e-3,
        weight_decay: float = 0.02,
        ctc: float = 0.0,
    ) -> None:
        super().__init__()
        self.frontend, self.rate, self.weight_decay, self.ctc = frontend, rate, weight_decay, ctc

    def forward(self, batch: LipBatch) -> LipReading:
        """Read a batch."""
        return self.frontend.read(batch.visual)

    def training_step(self, batch: LipBatch) -> Tensor:
        """The loss of a batch."""
        reading = self(batch)
        loss = frame_loss(reading, batch)
        if self.ctc:
            loss = loss + self.ctc * order_loss(reading, batch)
        self.log("train_loss", loss, on_step=False, on_epoch=True, batch_size=len(batch.phones))
        return loss

    def validation_step(self, batch: LipBatch) -> None:
        """Log the loss and the share of spoken frames whose phone is right."""
        reading = self(batch)
        spoken = (batch.confidence > 0) & (batch.phones != _SILENCE)
        self.log("valid_loss", frame_loss(reading, batch), prog_bar=True, batch_size=len(batch.phones))
        if spoken.any():
            right = (reading.phones.argmax(-1) == batch.phones)[spoken].float().mean()
            self.log("valid_phones", right, prog_bar=True, batch_size=int(spoken.sum()))

    def configure_optimizers(self) -> OptimizerLRScheduler:
        """AdamW with a rate that changes at every step."""
        learning = [weight for weight in self.frontend.parameters() if weight.requires_grad]
        optimizer = AdamW(learning, self.rate, weight_decay=self.weight_decay)
        steps = int(self.trainer.estimated_stepping_batches)
        schedule = LambdaLR(optimizer, lambda step: share_of_rate(step / steps))
        return {"optimizer": optimizer, "lr_scheduler": {"scheduler": schedule, "interval": "step"}}


def frame_loss(reading: LipReading, batch: LipBatch) -> Tensor:
    """Mean cross-entropy of phones and of speaking over the frames, weighted by their confidence."""
    phones = functional.cross_entropy(reading.phones.flatten(0, 1), batch.phones.flatten(), reduction="none")
    speaking = functional.binary_cross_entropy_with_logits(
        reading.speaking.flatten(), (batch.phones.flatten() != _SILENCE).float(), reduction="none"
    )
    weight = batch.confidence.flatten()
    return ((phones + speaking) * weight).sum() / weight.sum().clamp(min=1)


def order_loss(reading: LipReading, batch: LipBatch) -> Tensor:
    """Connectionist temporal classification of the phones each clip says, per phone; silence is the blank."""
    labelled = batch.confidence > 0
    said = [_order(phones[known]) for phones, known in zip(batch.phones, labelled, strict=True)]
    lengths = labelled.flip(1).cummax(1).values.sum(1)  # up to the last label
    return functional.ctc_loss(
        reading.phones.log_softmax(-1).transpose(0, 1),
        torch.cat(said),
        lengths,
        torch.tensor([len(phones) for phones in said]),
        blank=_SILENCE,
        zero_infinity=True,
    )


def _order(phones: Tensor) -> Tensor:
    """Frame labels [T] → the phones in their order, silences left out."""
    order = torch.unique_consecutive(phones)
    return order[order != _SILENCE]
