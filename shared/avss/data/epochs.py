"""The order of the items of an epoch as a function of the seed and the epoch, whatever came before.

Every item is named by (epoch, index), and whoever augments it draws from a generator seeded with the two. So the
hundredth epoch of a run that was resumed is that of a run that was not.
"""

from collections.abc import Iterator

import numpy as np
from torch.utils.data import Sampler


class EpochOrder(Sampler[tuple[int, int]]):
    """Yields (epoch, index) of all items of an epoch, shuffled; Lightning calls :meth:`set_epoch`.

    Args:
        size: number of items.
        seed: of the order.
    """

    def __init__(self, size: int, seed: int) -> None:
        self._size, self._seed, self._epoch = size, seed, 0

    def set_epoch(self, epoch: int) -> None:
        """Choose the epoch that is iterated over next."""
        self._epoch = epoch

    def __iter__(self) -> Iterator[tuple[int, int]]:
        # A generator, which draws when the first item is asked for: where a run goes on, Lightning makes the iterator
        # before it sets the epoch.
        order = np.random.default_rng([self._seed, self._epoch]).permutation(self._size)
        yield from ((self._epoch, int(index)) for index in order)

    def __len__(self) -> int:
        return self._size
