"""Recurrent nets over the frames of clips: in both directions, or from the first frame on.

Clips of several lengths are turned round, each within its own length, instead of being packed as torch proposes: packed
layers, and gated recurrent units too, go through a batch step by step, and learn several times as slowly on a CPU
(tests/benchmarks/bench_frontend.py).
"""

import torch
from torch import Tensor, nn
from torch.backends import cudnn

from avss.models.causal.memory import recalled, remember


class BothWays(nn.Module):
    """[B,T,H'] → [B,T,2H]: one LSTM from the first frame on, and one from the last.

    Args:
        inputs: H'.
        hidden: H.
    """

    def __init__(self, inputs: int, hidden: int) -> None:
        super().__init__()
        self.width = 2 * hidden
        self.forth, self.back = _lstm(inputs, hidden), _lstm(inputs, hidden)

    def forward(self, frames: Tensor, inside: Tensor) -> Tensor:
        """Frames [B,T,H'], of which the first ones are ``inside`` bool [B,T] the clip."""
        turned = _turned(inside)
        with _resting(self, frames):
            forth = self.forth(frames)[0]
            back = self.back(_from(frames, turned))[0]
        return torch.cat([forth, _from(back, turned)], dim=-1)


class OneWay(nn.Module):
    """[B,T,H'] → [B,T,3H/2]: an LSTM from the first frame on, with about as many weights as one in both directions.

    Args:
        inputs: H'.
        hidden: H.
    """

    def __init__(self, inputs: int, hidden: int) -> None:
        super().__init__()
        self.width = 3 * hidden // 2
        self.forth = _lstm(inputs, self.width)

    def forward(self, frames: Tensor, inside: Tensor) -> Tensor:
        """Frames [B,T,H'], of which the first ones are ``inside`` bool [B,T] the clip."""
        with _resting(self, frames):
            forth, state = self.forth(frames, recalled(self))
        remember(self, state)
        return forth * inside[..., None]


def _lstm(inputs: int, hidden: int) -> nn.LSTM:
    net = nn.LSTM(inputs, hidden, batch_first=True)
    # Remember until told to forget (R. Jozefowicz et al., ICML 2015).
    nn.init.ones_(net.get_parameter("bias_ih_l0")[hidden : 2 * hidden])
    return net


def _resting(net: nn.Module, frames: Tensor):
    """cuDNN differentiates no net at rest, but frozen lips still have to tell the PCA what it should have said."""
    return cudnn.flags(enabled=net.training or not frames.requires_grad)


def _turned(inside: Tensor) -> Tensor:
    """Places that turn clips round up to the last frame ``inside`` [B,T], and back; int64 [B,T]."""
    place = torch.arange(inside.shape[1], device=inside.device)
    return torch.where(inside, inside.sum(1, keepdim=True) - 1 - place, place)


def _from(frames: Tensor, places: Tensor) -> Tensor:
    """Frames [B,T,H] in the order of ``places`` [B,T]."""
    return frames.gather(1, places[..., None].expand_as(frames))
