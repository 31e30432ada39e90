"""How FaceToSpeaker learns which numbers of a voice to go by: find one's own voice among those of the batch.

The match is the symmetric contrastive loss of CLIP, over distances instead of cosines. It is learned on guesses of
held-out speakers (:mod:`avss.training.face_regression`), and learns one weight for each number: an embedding that is
free to turn learns a few dozen speakers by heart. A batch must hold at most one clip per speaker, since a second one
would be called a wrong match.

Source: A. Radford et al., "Learning transferable visual models from natural language supervision", ICML 2021.
"""

import pytorch_lightning as pl
import torch
from torch import Tensor
from torch.nn import functional

from avss.data.faces import GuessedVoices
from avss.models.face_to_speaker import FaceToSpeaker, match


class FaceTask(pl.LightningModule):
    """Trains the weights of ``model``; all else in it stays.

    Args:
        model: what is trained; its voice head is fitted.
        rate: learning rate of AdamW.
        decay: its weight decay.
    """

    def __init__(self, model: FaceToSpeaker, *, rate: float, decay: float) -> None:
        super().__init__()
        self.model = model
        self._rate, self._decay = rate, decay

    def training_step(self, batch: GuessedVoices) -> Tensor:
        """The loss of a batch."""
        return self._loss(batch, "train")

    def validation_step(self, batch: GuessedVoices) -> None:
        """Log the loss of a batch."""
        self._loss(batch, "valid")

    def configure_optimizers(self) -> torch.optim.Optimizer:
        """AdamW."""
        return torch.optim.AdamW([self.model.weights], self._rate, weight_decay=self._decay)

    def _loss(self, batch: GuessedVoices, part: str) -> Tensor:
        loss = contrastive(match(self.model.embed_voice(batch.guess), self.model.embed_voice(batch.voice)))
        self.log(f"{part}_match", loss, on_step=False, on_epoch=True, batch_size=len(batch.guess))
        return loss


def contrastive(scores: Tensor) -> Tensor:
    """Symmetric cross-entropy of picking the diagonal of ``scores`` [B,B], by rows and by columns."""
    own = torch.arange(len(scores), device=scores.device)
    return (functional.cross_entropy(scores, own) + functional.cross_entropy(scores.T, own)) / 2
