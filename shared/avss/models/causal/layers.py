"""Layers that look back only: as they are in whole clips, so they are in streams (:mod:`avss.models.causal.memory`)."""

import torch
from torch import Tensor, nn

from avss.models.causal.memory import Past, recalled, remember


class CausalConv1d(nn.Conv1d):
    """[N,H',L] → [N,H,L]: each frame from itself and those before it.

    Args:
        inputs: H'.
        outputs: H.
        kernel: number of frames that are looked at.
        dilation: steps from one of them to the next.
    """

    def __init__(self, inputs: int, outputs: int, kernel: int, dilation: int = 1) -> None:
        super().__init__(inputs, outputs, kernel, dilation=dilation)
        self.past = Past((kernel - 1) * dilation)

    def forward(self, input: Tensor) -> Tensor:
        """See the class."""
        return super().forward(self.past(input))


class FrameNorm(nn.LayerNorm):
    """[N,H,L] → [N,H,L]: every frame by itself has mean 0 and deviation 1 over H.

    The mean and deviation of all frames so far would be the causal likeness of the norm over a whole clip (the
    cumulative norm of Conv-TasNet), but at the start of a stream they jump, and after an hour they stand still.

    After J. L. Ba et al., "Layer normalization", 2016.
    """

    def forward(self, input: Tensor) -> Tensor:
        """See the class."""
        return super().forward(input.transpose(1, -1)).transpose(1, -1)


class RunningMean(nn.Module):
    """The mean of all frames so far, in which older ones count less and less.

    Frame by frame, since it is the same numbers then, to the last digit, however a stream is cut into blocks.

    Args:
        lasting: frames after which one counts for 1/e of a new one.
    """

    def __init__(self, lasting: int) -> None:
        super().__init__()
        self.lasting = lasting

    def forward(self, values: Tensor, seen: Tensor) -> Tensor:
        """The mean at each frame, itself included; 0 until something is seen.

        Args:
            values: [...,T,D].
            seen: how much each frame counts, [...,T,1]; those of weight 0 hold finite numbers.

        Returns:
            float32 [...,T,D].
        """
        kept = 1 - 1 / self.lasting
        weighted = torch.cat([values * seen, seen], dim=-1).float()  # [...,T,D+1]
        total = recalled(self)
        if total is None:
            total = torch.zeros_like(weighted[..., 0, :])
        totals = []
        for frame in weighted.unbind(-2):
            total = kept * total + frame
            totals.append(total)
        remember(self, total)
        sums, counts = torch.stack(totals, dim=-2).split([values.shape[-1], 1], dim=-1)
        return sums / counts.clamp(min=torch.finfo(counts.dtype).tiny)
