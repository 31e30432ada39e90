"""How FaceToSpeaker learns: predict the numbers of the voice, and find one's own voice among those of the batch.

The regression is the mean squared error over the numbers that a voice tells. The match is the symmetric contrastive
loss of CLIP with a fixed temperature; a batch must hold at most one clip per speaker, since a second one would be
called a wrong match.

Source: A. Radford et al., "Learning transferable visual models from natural language supervision", ICML 2021.
"""

import pytorch_lightning as pl
import torch
from torch import Tensor
from torch.nn import functional

from avss.data.faces import FaceBatch
from avss.models.face_to_speaker import FaceToSpeaker


class FaceTask(pl.LightningModule):
    """Trains ``model``.

    Args:
        model: what is trained.
        rate: learning rate of AdamW.
        decay: its weight decay.
        match: weight of the contrastive loss; the regression has weight 1.
        temperature: of the contrastive loss.
    """

    def __init__(
        self, model: FaceToSpeaker, *, rate: float, decay: float, match: float = 1.0, temperature: float = 0.2
    ) -> None:
        super().__init__()
        self.model = model
        self._rate, self._decay, self._match, self._temperature = rate, decay, match, temperature

    def training_step(self, batch: FaceBatch) -> Tensor:
        """The loss of a batch."""
        return self._loss(batch, "train")

    def validation_step(self, batch: FaceBatch) -> None:
        """Log the loss of a batch."""
        self._loss(batch, "valid")

    def configure_optimizers(self) -> torch.optim.Optimizer:
        """AdamW."""
        return torch.optim.AdamW(self.parameters(), self._rate, weight_decay=self._decay)

    def _loss(self, batch: FaceBatch, part: str) -> Tensor:
        predicted = self.model(batch.shape, batch.face)
        regression = masked_error(predicted.voice, batch.voice, batch.known)
        match = contrastive(predicted.embedding, self.model.embed_voice(batch.voice), self._temperature)
        loss = regression + self._match * match
        metrics = {f"{part}_loss": loss, f"{part}_regression": regression, f"{part}_match": match}
        self.log_dict(metrics, on_step=False, on_epoch=True, batch_size=len(batch.shape))
        return loss


def masked_error(predicted: Tensor, voice: Tensor, known: Tensor) -> Tensor:
    """Mean squared error of ``predicted`` against ``voice``, both [B,17], where ``known`` [B,17]; 0 if nothing is."""
    return ((predicted - voice).square() * known).sum() / known.sum().clamp_min(1)


def contrastive(faces: Tensor, voices: Tensor, temperature: float) -> Tensor:
    """Symmetric cross-entropy of matching ``faces`` with ``voices``, both [B,64] of length 1, row to row."""
    scores = faces @ voices.T / temperature  # [B,B]
    own = torch.arange(len(faces), device=faces.device)
    return (functional.cross_entropy(scores, own) + functional.cross_entropy(scores.T, own)) / 2
