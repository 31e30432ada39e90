"""From a resting face to the voice that may belong to it.

A corpus has a few dozen faces, which any larger network learns by heart. So this one is linear: the geometry of the
face and the edges in its picture, standardised, give the numbers of the voice. A face and a voice then meet in one
space: the numbers, each weighted by how far it can be guessed from a face, turned into 64 dimensions. The nearer a face
is to a voice, the better they match; a weight of 2 makes an error of half a standard deviation count as one.

The size of the face in pixels is left out: it tells the distance of the camera. Over 22 real speakers of GRID it says
nothing about the pitch.
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn

from avss.models.picture_gradients import GRADIENTS, picture_gradients

POINTS, EMBEDDING = 68, 64
# What hardly varies over the training faces is not blown up by more than this share of what does.
_FLOOR = 0.2


class FacePrediction(NamedTuple):
    """What B faces tell.

    Attributes:
        voice: standardised voice signature [B,17].
        embedding: [B,64], near those of matching voices.
    """

    voice: Tensor
    embedding: Tensor


class FaceToSpeaker(nn.Module):
    """Predicts a voice from a face.

    Args:
        voice_size: numbers of the voice signature, at most 64.
        picture: look at the picture of the face too, not only at its geometry.
    """

    def __init__(self, voice_size: int, picture: bool = True) -> None:
        super().__init__()
        self.voice_size, self.picture = voice_size, picture
        size = 2 * POINTS + (GRADIENTS if picture else 0)
        self.mean: Tensor
        self.scale: Tensor
        self.register_buffer("mean", torch.zeros(size))
        self.register_buffer("scale", torch.ones(size))
        self.voice_head = nn.Linear(size, voice_size)
        self.weights = nn.Parameter(torch.full((voice_size,), 0.5))
        # Turning keeps every distance; the free dimensions are for later stages to use.
        self.turn = nn.Parameter(nn.init.orthogonal_(torch.empty(voice_size, EMBEDDING)))

    def standardise(self, shape: Tensor, face: Tensor) -> None:
        """Take means and deviations from the training faces, so that geometry and picture weigh alike.

        Args:
            shape, face: as in :meth:`forward`.
        """
        blocks = self._blocks(shape, face)
        deviations = [block.std(dim=0, correction=0) for block in blocks]
        scales = [(d + _FLOOR * d.mean()).clamp_min(1e-6) * len(d) ** 0.5 for d in deviations]
        self.mean.copy_(torch.cat([block.mean(dim=0) for block in blocks]))
        self.scale.copy_(torch.cat(scales))

    def describe(self, shape: Tensor, face: Tensor) -> Tensor:
        """Standardised numbers of B faces, [B,136], or [B,712] with pictures; arguments as in :meth:`forward`."""
        return (torch.cat(self._blocks(shape, face), dim=1) - self.mean) / self.scale

    def forward(self, shape: Tensor, face: Tensor) -> FacePrediction:
        """Predict the voices of B faces.

        Args:
            shape: resting faces of :func:`avss.vision.neutral_shape.neutral_shape`, float [B,68,2].
            face: their pictures, uint8 [B,64,64,3]; looked at only with ``picture``.
        """
        voice = self.voice_head(self.describe(shape, face))
        return FacePrediction(voice, self.embed_voice(voice))

    def embed_voice(self, voice: Tensor) -> Tensor:
        """Standardised voice signatures [B,17], 0 where unknown, → embeddings [B,64]."""
        return (voice * self.weights) @ self.turn

    def _blocks(self, shape: Tensor, face: Tensor) -> list[Tensor]:
        return [shape.flatten(1), picture_gradients(face)] if self.picture else [shape.flatten(1)]


def match(faces: Tensor, voices: Tensor) -> Tensor:
    """How well each of N faces goes with each of M voices, [N,M], from their embeddings [N,64] and [M,64].

    The log-likelihood, up to a constant, of a voice that lies around the guess of a face with deviation 1.
    """
    return -(faces[:, None] - voices[None]).square().sum(dim=2) / 2
