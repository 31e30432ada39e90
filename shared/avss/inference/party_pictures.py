"""The pictures of several videos side by side, as high as the lowest of them."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np

from avss.data.store_layout import PICTURE_SIDE
from avss.media.reading import read_frames


class Size(NamedTuple):
    """Of a picture in pixels."""

    width: int
    height: int


def common_height(videos: Sequence[Path]) -> list[Size]:
    """The even sizes that bring videos to one height and keep their shapes; none is enlarged, large ones are shrunk.

    Raises:
        MediaError: a video cannot be read or has no picture.
    """
    shapes = [next(read_frames(video, longest_side=PICTURE_SIDE)).rgb.shape for video in videos]
    height = _even(min(shape[0] for shape in shapes))
    return [Size(_even(shape[1] * height / shape[0]), height) for shape in shapes]


def side_by_side(videos: Sequence[Path], sizes: Sequence[Size]) -> Iterator[np.ndarray]:
    """Yield pictures uint8 [H,W,3] at 25 a second without end; a video that has ended stands still.

    Raises:
        MediaError: a video cannot be read or has no picture.
    """
    for pictures in zip(*(_standing(video, size) for video, size in zip(videos, sizes, strict=True)), strict=True):
        yield np.concatenate(pictures, axis=1)


def _standing(video: Path, size: Size) -> Iterator[np.ndarray]:
    """The frames of a video in ``size``, then its last one for ever."""
    frames = read_frames(video, longest_side=PICTURE_SIDE)
    picture = np.zeros((size.height, size.width, 3), np.uint8)
    for frame in frames:
        picture = cv2.resize(frame.rgb, size, interpolation=cv2.INTER_AREA)
        yield picture
    while True:
        yield picture


def _even(pixels: float) -> int:
    return max(2, 2 * round(pixels / 2))
