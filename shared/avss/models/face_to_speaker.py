"""From a resting face to the voice that may belong to it.

A corpus has a few dozen faces, which any larger network learns by heart. So this one is nearly linear: the geometry of
the face, standardised, goes through one narrow layer with dropout; a small convolutional branch for the picture of the
face can be added. Two heads predict the voice signature and a 64-d embedding. A voice is embedded by a linear map, so
that a face and its voice meet: the cosine of the two embeddings tells how well they match.
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

POINTS, EMBEDDING = 68, 64
_PICTURE = 16


class FacePrediction(NamedTuple):
    """What B faces tell.

    Attributes:
        voice: standardised voice signature [B,17].
        embedding: [B,64], of length 1.
    """

    voice: Tensor
    embedding: Tensor


class FaceToSpeaker(nn.Module):
    """Predicts a voice from a face.

    Args:
        voice_size: numbers of the voice signature.
        width: of the hidden layer.
        dropout: share of the geometry and of the hidden layer that is dropped in training.
        picture: look at the picture of the face too.
    """

    def __init__(self, voice_size: int, width: int = 4, dropout: float = 0.2, picture: bool = False) -> None:
        super().__init__()
        self.voice_size, self.width, self.dropout, self.picture = voice_size, width, dropout, picture
        self.shape_mean: Tensor
        self.shape_scale: Tensor
        self.register_buffer("shape_mean", torch.zeros(POINTS, 2))
        self.register_buffer("shape_scale", torch.ones(POINTS, 2))
        self.geometry = nn.Sequential(nn.Flatten(), nn.Dropout(dropout), nn.Linear(2 * POINTS, width), nn.Tanh())
        self.look = _picture_branch() if picture else None
        inner = width + (_PICTURE if picture else 0)
        self.drop = nn.Dropout(dropout)
        self.voice_head = nn.Linear(inner, voice_size)
        self.embedding_head = nn.Linear(inner, EMBEDDING)
        self.voice_embedding = nn.Linear(voice_size, EMBEDDING)

    def standardise(self, shapes: Tensor) -> None:
        """Take the mean and deviation of the geometry from the training ``shapes`` [N,68,2]."""
        self.shape_mean.copy_(shapes.mean(dim=0))
        # A point that hardly varies (the fit of the canonical face holds it) is not blown up.
        self.shape_scale.copy_(shapes.std(dim=0, correction=0).clamp_min(1e-2))

    def forward(self, shape: Tensor, face: Tensor) -> FacePrediction:
        """Predict the voices of B faces.

        Args:
            shape: resting faces of :func:`avss.vision.neutral_shape.neutral_shape`, float [B,68,2].
            face: their pictures, uint8 [B,64,64,3]; looked at only with ``picture``.
        """
        hidden = self.geometry((shape - self.shape_mean) / self.shape_scale)  # [B,width]
        if self.look is not None:
            hidden = torch.cat([hidden, self.look(face.permute(0, 3, 1, 2) / 255 - 0.5)], dim=1)
        hidden = self.drop(hidden)
        return FacePrediction(self.voice_head(hidden), functional.normalize(self.embedding_head(hidden), dim=1))

    def embed_voice(self, voice: Tensor) -> Tensor:
        """Standardised voice signatures [B,17] → embeddings [B,64] of length 1."""
        return functional.normalize(self.voice_embedding(voice), dim=1)


def _picture_branch() -> nn.Sequential:
    """[B,3,64,64] → [B,16]."""
    layers: list[nn.Module] = []
    for inner, outer in ((3, 8), (8, 16), (16, _PICTURE)):
        layers += [nn.Conv2d(inner, outer, 3, stride=2, padding=1), nn.GroupNorm(4, outer), nn.GELU()]
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten())
