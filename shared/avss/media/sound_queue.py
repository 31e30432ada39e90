"""Sound that comes in blocks of one length and is wanted in blocks of another.

Decoders, resamplers, separators and encoders each have a block length of their own. A queue between two of them
holds what one has given and the other has not yet asked for, so memory stays flat however long the sound is.

>>> queue = SoundQueue([np.array([1, 2, 3]), np.array([4, 5])])
>>> queue.up_to(2).tolist(), queue.up_to(9).tolist(), queue.exactly(2).tolist()
([1, 2], [3, 4, 5], [0, 0])
"""

from collections.abc import Iterable

import numpy as np


class SoundQueue:
    """Sound [...,S] that is taken from its start on.

    Args:
        blocks: its consecutive parts [...,n], at least one; asked for only when they are needed.
    """

    def __init__(self, blocks: Iterable[np.ndarray]) -> None:
        self._blocks = iter(blocks)
        self._waiting: list[np.ndarray] = []

    def up_to(self, n: int) -> np.ndarray:
        """The next ``n`` samples [...,n], fewer at the end, none after it.

        Raises:
            ValueError: there was no block at all.
        """
        count = sum(block.shape[-1] for block in self._waiting)
        while (count < n or not self._waiting) and (block := next(self._blocks, None)) is not None:
            self._waiting.append(block)
            count += block.shape[-1]
        if not self._waiting:
            raise ValueError("sound without a single block has no shape")
        whole = np.concatenate(self._waiting, axis=-1)
        self._waiting = [whole[..., n:]]
        return whole[..., :n]

    def exactly(self, n: int) -> np.ndarray:
        """The next ``n`` samples [...,n]; zeros follow the end.

        Raises:
            ValueError: there was no block at all.
        """
        taken = self.up_to(n)
        missing = np.zeros((*taken.shape[:-1], n - taken.shape[-1]), taken.dtype)
        return np.concatenate([taken, missing], axis=-1)
