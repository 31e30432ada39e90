"""The mouths of a prepared store as a stream: any number of them passes through a fixed amount of memory.

All of GRID has 2.5 million mouths, 3.8 GB. They stay in the memory-mapped files; what is copied is one block. Frames in
which the face was not seen are left out, because their mouths are guesses.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from avss.data.store import PreparedStore
from avss.errors import SettingsError
from avss.vision.mouth import CROP


@dataclass(frozen=True)
class MouthView:
    """How much of a stored mouth is looked at, and how finely: the middle of the crop, scaled down.

    Attributes:
        height, width: of the middle part, in pixels of the store; the default is all of it.
        shrink: this many pixels, in both directions, are averaged into one.

    Raises:
        SettingsError: the part is larger than the crop, or not a multiple of ``shrink``.
    """

    height: int = CROP[0]
    width: int = CROP[1]
    shrink: int = 1

    def __post_init__(self) -> None:
        fits = 0 < self.height <= CROP[0] and 0 < self.width <= CROP[1]
        if not fits or self.shrink < 1 or self.height % self.shrink or self.width % self.shrink:
            what = f"a view of {self.height} × {self.width} pixels, shrunk by {self.shrink}"
            wanted = f"at most {CROP[0]} × {CROP[1]} pixels, and a multiple of shrink"
            raise SettingsError(what, wanted, "change height, width or shrink")

    @property
    def size(self) -> tuple[int, int]:
        """Height and width of what is seen."""
        return self.height // self.shrink, self.width // self.shrink

    def of(self, mouths: np.ndarray) -> np.ndarray:
        """Mouths [N,32,48] → what is seen of them, [N,*size], of the same type."""
        part = mouths[:, *self._middle()]
        if self.shrink == 1:
            return part
        tiles = part.reshape(len(part), self.size[0], self.shrink, self.size[1], self.shrink)
        mean = tiles.mean(axis=(2, 4))
        return (np.rint(mean) if mouths.dtype == np.uint8 else mean).astype(mouths.dtype)

    def back(self, seen: np.ndarray) -> np.ndarray:
        """What is seen, float [N,*size] → mouths float [N,32,48], black where the view does not reach."""
        mouths = np.zeros((len(seen), *CROP), seen.dtype)
        for mouth, small in zip(mouths, seen, strict=True):
            mouth[self._middle()] = cv2.resize(small, (self.width, self.height), interpolation=cv2.INTER_LINEAR)
        return mouths

    def _middle(self) -> tuple[slice, slice]:
        top, left = (CROP[0] - self.height) // 2, (CROP[1] - self.width) // 2
        return slice(top, top + self.height), slice(left, left + self.width)


def stream_mouths(
    store: PreparedStore, clip_ids: Sequence[str], *, block: int = 512, every: int = 1
) -> Iterator[np.ndarray]:
    """Yield the valid mouths of the clips in the order given, uint8 [N,32,48].

    Args:
        store: holds the clips.
        clip_ids: whose mouths are wanted.
        block: the least N; only when there are fewer mouths in all, the single block is smaller.
        every: take each clip's first valid frame and every so many after it.

    Raises:
        KeyError: a clip is not in the store.
        StoreError: a volume is missing or damaged.
    """
    held: list[np.ndarray] = []
    count = 0
    for clip_id in clip_ids:
        clip = store[clip_id]
        held.append(clip.mouth[np.flatnonzero(clip.valid)[::every]])
        count += len(held[-1])
        # One block more stays behind, so that the last one is never too small.
        if count >= 2 * block:
            mouths = np.concatenate(held)
            yield mouths[:-block]
            held, count = [mouths[-block:].copy()], block
    if count:
        yield np.concatenate(held)


def clips_of(store: PreparedStore, part: str) -> list[str]:
    """Ids of the usable clips of a part of the split: "train", "valid" or "test"."""
    return store.clips.index[store.clips.split == part].tolist()
