"""What tells a separator whom to listen to: one stream of cues per voice, at the rate of the video.

A net that has met few speakers learns who they are instead of what lips do. Against that, the features of the lips are
standardised within each clip and squeezed through a bottleneck of a few channels, and the embedding of the face is
hidden from the net in a share of the training clips. It also believes its eyes too readily, and is led astray by a face
that the frontend misreads; so lips may be blended with somebody else's in training. Faces of people whom the frontend
has learned from, and those that are imagined, tell their voices as no face of a stranger does; so what they tell may be
made as doubtful in training as strangers' faces are. Convolutions at the rate of the video, which cost next to nothing
beside those over the sound, then look at half a second around each frame.

A face alone is told beside somebody who is never seen: nets tell voices from each other, and what is not of the one
voice then has a place to go.

The audio-only twin listens by the number of a voice alone: the same net with learned constants instead of what is seen.
Which voice comes out where is then for a permutation-invariant loss to settle.
"""

from collections.abc import Callable
from typing import ClassVar, Literal

import torch
from torch import Tensor, nn

from avss.errors import ModelError
from avss.models.horizon import WHOLE, Horizon
from avss.models.separators.dilated import DilatedBlock

Sight = Literal["all", "lips", "identity"]

_CONTEXT, _DILATIONS = 5, (1, 2, 4)  # frames
LEAST_DEVIATION = 0.1  # of features of size 1: a mouth at rest is not blown up into a speaking one


class VisualCues(nn.Module):
    """Features of faces to cues.

    Args:
        features: D; the last ``identity`` of them tell who it is, the others what the lips do.
        identity: 0 where the frontend has no face net.
        channels: C, of the cues.
        bottleneck: channels that lips, and identity, are each squeezed to.
        standardise: take the mean and deviation over the clip out of the features of the lips.
        identity_dropout: share of faces whose identity is hidden in training.
        sight: what is looked at of the features.
        misread: largest share of somebody else in what is seen of a face's lips in training.
        mistaken: deviation of what the identity is off by in training; 1 is that of voices guessed from faces of
            strangers (:class:`~avss.models.face_to_speaker.FaceToSpeaker`).

    Raises:
        ModelError: ``sight`` leaves nothing to look at.
    """

    horizon: ClassVar[Horizon] = WHOLE

    def __init__(
        self,
        features: int,
        identity: int = 0,
        channels: int = 64,
        bottleneck: int = 24,
        standardise: bool = True,
        identity_dropout: float = 0.5,
        sight: Sight = "all",
        misread: float = 0.0,
        mistaken: float = 0.0,
    ) -> None:
        super().__init__()
        self.features, self.identity, self.channels, self.bottleneck = features, identity, channels, bottleneck
        self.standardise, self.identity_dropout = standardise, identity_dropout
        self.sight, self.misread, self.mistaken = sight, misread, mistaken
        self._standardised = self._standardising()
        lips = 0 if sight == "identity" else features - identity
        who = 0 if sight == "lips" else identity
        if lips + who == 0:
            what = f"{features} features, {identity} of them of the identity, of which {sight} is to be seen"
            raise ModelError(what, "something to look at", "take a frontend with a face net, or look at the lips too")
        self.lips = nn.Linear(lips, bottleneck) if lips else None
        self.who = nn.Linear(who, bottleneck) if who else None
        self.drop = nn.Dropout2d(identity_dropout)  # of [B,K,T,D]: whole clips of a face
        inner = bottleneck * ((lips > 0) + (who > 0)) + 1
        self.context = nn.Sequential(
            self.horizon.convolution(inner, channels, _CONTEXT, 1),
            nn.GELU(),
            *(DilatedBlock(channels, dilation, self.horizon) for dilation in _DILATIONS),
        )

    def forward(self, features: Tensor) -> Tensor:
        """Features [B,K,T,D] → cues [B,K,C,T], and of one face [B,2,C,T]; nobody is seen in a frame that is all zeros.

        Raises:
            ModelError: the features are of another frontend.
        """
        if features.shape[-1] != self.features:
            what = f"{features.shape[-1]} features of each face"
            raise ModelError(what, f"{self.features}, as in training", "use the frontend it was trained with")
        features = beside_nobody(features)
        seen = (features != 0).any(-1, keepdim=True)  # [B,K,T,1]
        lips, who = features.split([self.features - self.identity, self.identity], dim=-1)
        shown = [seen.to(features.dtype)]
        if self.lips is not None:
            lips = self._misread(lips) if self.training and self.misread else lips
            shown.append(self.lips(self._standardised(lips, seen) if self.standardise else lips) * seen)
        if self.who is not None:
            who = self._mistaken(who) if self.training and self.mistaken else who
            shown.append(self.who(self.drop(who)) * seen)
        shown = torch.cat(shown, dim=-1).transpose(-1, -2).flatten(0, 1)  # [B·K,C',T]
        return self.context(shown).unflatten(0, features.shape[:2])

    def _misread(self, lips: Tensor) -> Tensor:
        """The lips [B,K,T,D], each blended with those of the same place in the mixture before."""
        share = self.misread * torch.rand(*lips.shape[:2], 1, 1, device=lips.device)
        return torch.lerp(lips, lips.roll(1, 0), share.to(lips.dtype))

    def _mistaken(self, who: Tensor) -> Tensor:
        """The identities [B,K,T,D], each off by the same in all frames of the mixture."""
        return who + self.mistaken * torch.randn_like(who[:, :, :1])

    def _standardising(self) -> Callable[[Tensor, Tensor], Tensor]:
        """What standardises lips by the frames that are seen; a module where it has to remember."""
        return standardised


class VoiceNumbers(nn.Module):
    """Learned constants in the place of what is seen, for up to ``voices`` voices: the audio-only twin.

    Args:
        voices: the largest K.
        channels: C, of the cues.
    """

    def __init__(self, voices: int, channels: int = 64) -> None:
        super().__init__()
        self.voices, self.channels = voices, channels
        self.constants = nn.Parameter(torch.randn(voices, channels))

    def forward(self, features: Tensor) -> Tensor:
        """Features [B,K,T,D], of which only the shape counts → cues [B,K,C,T].

        Raises:
            ModelError: K is larger than what was trained.
        """
        B, K, T = features.shape[:3]
        if self.voices < K:
            raise ModelError(f"{K} voices", f"at most {self.voices}, as in training", "train it for more voices")
        return self.constants[:K, :, None].expand(B, K, self.channels, T)

    @torch.no_grad()
    def up_to(self, voices: int) -> "VoiceNumbers":
        """The same constants, and new ones for the voices beyond them."""
        more = VoiceNumbers(max(voices, self.voices), self.channels)
        more.constants[: self.voices] = self.constants
        return more


def beside_nobody(features: Tensor) -> Tensor:
    """Features [B,K,T,D]; those of one face as [B,2,T,D], beside somebody who is never seen."""
    more = torch.cat([features, torch.zeros_like(features[:, :1])], dim=1)
    # Slices, and no question about K, are what tracing can follow.
    return torch.cat([more[:, :2], features[:, 2:]], dim=1)


def standardised(features: Tensor, seen: Tensor) -> Tensor:
    """Features [B,K,T,D], of mean 0 and deviation 1 over those of its clip that are ``seen`` [B,K,T,1]; others 0."""
    count = seen.sum(2, keepdim=True).clamp(min=1)
    centred = (features - (features * seen).sum(2, keepdim=True) / count) * seen
    variance = centred.square().sum(2, keepdim=True) / count
    return centred / (variance + LEAST_DEVIATION**2).sqrt()
