"""Lip2Phone: which phone the lips are saying, frame by frame, and the features that tell it.

Two convolutions look at ±3 frames, two LSTM layers in both directions at the whole clip. A frame without a face is a
frame of zeros, marked as such, which the net bridges from both sides. Frames after the last valid one are padding: they
get features of zero, and the others do not depend on how many there are.
"""

from collections.abc import Callable, Sequence
from typing import ClassVar, NamedTuple

import torch
from torch import Tensor, nn

from avss.errors import ModelError
from avss.models.horizon import WHOLE, Horizon
from avss.models.lip_features import INPUTS, MEASURES, LipFeatures, LipInput, lip_features
from avss.models.recurrence import BothWays, OneWay
from avss.speech.phones import PHONES


class LipReading(NamedTuple):
    """What Lip2Phone reads.

    Attributes:
        features: [B,T,128].
        phones: logits [B,T,40] over :data:`~avss.speech.phones.PHONES`.
        speaking: logit [B,T].
    """

    features: Tensor
    phones: Tensor
    speaking: Tensor


class Lip2Phone(nn.Module):
    """Lips, mouths or both to phones.

    Args:
        mouth_components: C, how many PCA components of the mouth are read; 0 reads landmarks alone.
        hidden: width of the net.
        features: number of features.
        dropout: share of values dropped in training.
        inputs: what of the landmarks is read, of :data:`~avss.models.lip_features.INPUTS`; none reads mouths alone.

    Raises:
        ModelError: an input is not known, or nothing at all would be read.
    """

    horizon: ClassVar[Horizon] = WHOLE
    recurrence: ClassVar[type[BothWays] | type[OneWay]] = BothWays

    def __init__(
        self,
        mouth_components: int = 0,
        hidden: int = 104,
        features: int = 128,
        dropout: float = 0.2,
        inputs: Sequence[LipInput] = INPUTS,
    ) -> None:
        super().__init__()
        self.mouth_components, self.hidden, self.features, self.dropout = mouth_components, hidden, features, dropout
        self.inputs = tuple(inputs)
        self._measured = self._measuring()
        if not set(inputs) <= set(INPUTS) or not (inputs or mouth_components):
            what = f"a Lip2Phone that reads {', '.join(inputs) or 'nothing'}"
            raise ModelError(what, f"some of {', '.join(INPUTS)}, or components of the mouth", "change the inputs")
        self.wide = self.horizon.convolution(sum(self._sizes.values()), hidden, 5, 1)
        self.narrow = self.horizon.convolution(hidden, hidden, 3, 1)
        self.norms = nn.ModuleList(nn.LayerNorm(hidden) for _ in range(2))
        first = self.recurrence(hidden, hidden)
        second = self.recurrence(first.width, hidden)
        self.recurrent = nn.ModuleList([first, second])
        self.drop = nn.Dropout(dropout)
        self.out = nn.Linear(second.width, features)
        self.phones = nn.Linear(features, len(PHONES))
        self.speaking = nn.Linear(features, 1)

    def forward(self, points: Tensor, mouth: Tensor, valid: Tensor) -> LipReading:
        """Read B clips of T frames.

        Args:
            points: float [B,T,9,2], see :func:`~avss.models.lip_features.lip_features`.
            mouth: float [B,T,C]; C is 0 for a net that reads landmarks alone.
            valid: bool [B,T].

        Raises:
            ModelError: the mouths have another number of components.
        """
        if mouth.shape[-1] != self.mouth_components:
            what = f"mouths of {mouth.shape[-1]} components"
            raise ModelError(what, f"{self.mouth_components}, which this net reads", "use the PCA it was trained with")
        seen, inside = valid[..., None], self._inside(valid)
        read = self._measured(points, valid)._asdict()
        landmarks = [read[name] for name in self.inputs]
        hidden = torch.cat([*landmarks, torch.where(seen, mouth, 0), seen.float()], dim=-1)  # [B,T,36+C+1]
        for convolution, norm in zip((self.wide, self.narrow), self.norms, strict=True):
            hidden = (
                norm(nn.functional.gelu(convolution(hidden.transpose(-1, -2)).transpose(-1, -2))) * inside[..., None]
            )  # [B,T,H]
        for layer in self.recurrent:
            hidden = layer(self.drop(hidden), inside)  # [B,T,2H]
        features = nn.functional.gelu(self.out(self.drop(hidden))) * inside[..., None]
        kept = self._telling(self.drop(features))
        return LipReading(features, self.phones(kept), self.speaking(kept)[..., 0])

    def start_from(self, other: "Lip2Phone") -> None:
        """Take the weights of ``other``; what it does not read has no effect until it is learned.

        Raises:
            ModelError: ``other`` reads what this net does not, or is of another width or kind.
        """
        if type(other) is not type(self):
            what, wanted = (type(net).__name__ for net in (other, self))
            raise ModelError(f"a {what} to start from", f"a {wanted}", "start from another net")
        sizes = other._sizes
        if any(size and size != self._sizes.get(name) for name, size in sizes.items()):
            what, wanted = (", ".join(f"{size} {name}" for name, size in net._sizes.items()) for net in (other, self))
            raise ModelError(f"a net that reads {what} to start from", f"at most {wanted}", "start from another net")
        if (other.hidden, other.features) != (self.hidden, self.features):
            what = f"a net {other.hidden} wide with {other.features} features to start from"
            raise ModelError(what, f"{self.hidden} and {self.features}", "start from another net")
        columns = dict(zip(sizes, other.wide.weight.split(list(sizes.values()), dim=1), strict=True))
        blank = self.wide.weight.new_zeros(self.hidden, 1, self.wide.kernel_size[0])
        wide = [
            columns[name] if sizes.get(name) == size else blank.expand(-1, size, -1)
            for name, size in self._sizes.items()
        ]
        self.load_state_dict({**other.state_dict(), "wide.weight": torch.cat(wide, dim=1)})

    def _measuring(self) -> Callable[[Tensor, Tensor], LipFeatures]:
        """What turns points and valid frames into features; a module where it has to remember."""
        return lip_features

    def _telling(self, features: Tensor) -> Tensor:
        """Of features [B,T,D], those that each frame's phone is told by."""
        return features

    def _inside(self, valid: Tensor) -> Tensor:
        """Frames up to the last valid one, bool [B,T]."""
        return valid.long().flip(1).cumsum(1).flip(1) > 0

    @property
    def _sizes(self) -> dict[str, int]:
        """The inputs of the net in their order, and how many numbers each has."""
        return {**dict.fromkeys(self.inputs, MEASURES), "mouth": self.mouth_components, "seen": 1}
