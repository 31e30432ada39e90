"""What causal layers remember of a stream, from one block of it to the next.

A causal layer looks back: at the frames before, or at sums over all of them. Within a block it finds them there; before
the block's first frame they are what it remembers of earlier blocks, and at the start of a stream there is nothing. So
a whole clip is a stream of one block, and a stream gives the same as the clip by construction: the computation is one.

Who separates a stream keeps its memory, and lends it to the net for each block::

    memory = Memory()
    for block in stream:
        with remembering(memory):
            net(block)

Several streams may share a net, in several threads too. Without a memory, every call is a stream of its own.
"""

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import torch
from torch import Tensor, nn

Memory = dict[nn.Module, Any]

_MEMORY: ContextVar[Memory | None] = ContextVar("memory", default=None)


@contextmanager
def remembering(memory: Memory) -> Generator[None]:
    """Have layers go on from ``memory``, and leave there what the next block needs."""
    token = _MEMORY.set(memory)
    try:
        yield
    finally:
        _MEMORY.reset(token)


def recalled(layer: nn.Module) -> Any:
    """What ``layer`` remembers; ``None`` at the start of a stream."""
    memory = _MEMORY.get()
    return None if memory is None else memory.get(layer)


def remember(layer: nn.Module, state: Any) -> None:
    """Keep ``state`` for the next call of ``layer`` in the same stream."""
    memory = _MEMORY.get()
    if memory is not None:
        memory[layer] = state


class Past(nn.Module):
    """Puts before the frames of a block those that came before it; zeros at the start of a stream.

    Args:
        reach: how many.
        dim: the dimension of time.
    """

    def __init__(self, reach: int, dim: int = -1) -> None:
        super().__init__()
        self.reach, self.dim = reach, dim

    def forward(self, frames: Tensor) -> Tensor:
        """N frames → N + ``reach`` of them."""
        past = recalled(self)
        if past is None:
            shape = list(frames.shape)
            shape[self.dim] = self.reach
            past = frames.new_zeros(shape)
        longer = torch.cat([past, frames], dim=self.dim)
        remember(self, longer.narrow(self.dim, frames.shape[self.dim], self.reach))
        return longer
