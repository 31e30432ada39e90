"""A picture of each face that was found, large enough to know somebody by."""

from pathlib import Path

import cv2
import numpy as np

from avss.data.store_layout import PICTURE_SIDE
from avss.inference.account import SeparatedFace
from avss.media.probing import MediaInfo
from avss.media.reading import read_frames
from avss.rates import FRAME_RATE

_SIDE = 320  # pixels
_WIDER = 1.7  # a head with some air around it, in widths of the face's box
_HIGHER = 0.1  # the box ends at the brows


def draw_portrait(video: Path, info: MediaInfo, face: SeparatedFace) -> np.ndarray | None:
    """A square picture of a face in the middle of the time in which it is seen, uint8 RGB [320,320,3].

    Args:
        video: in which it was found.
        info: what ``probe(video)`` says.
        face: found there; ``None`` is returned where no box of it is known, since it was seen for less than a second.

    Raises:
        MediaError: the video can no longer be read.
    """
    if not face.boxes:
        return None
    seconds, *box = face.boxes[len(face.boxes) // 2]
    frames = read_frames(video, longest_side=PICTURE_SIDE, start=round(seconds * FRAME_RATE), frames=1, info=info)
    picture = next(frames).rgb
    rows, columns = square_around(box, picture.shape[:2])
    return cv2.resize(picture[rows, columns], (_SIDE, _SIDE), interpolation=cv2.INTER_CUBIC)


def square_around(box: list[float], size: tuple[int, int]) -> tuple[slice, slice]:
    """Rows and columns of a square around a face, moved or shrunk to lie inside a picture of ``size``.

    >>> square_around([10, 20, 30, 40], (100, 200))
    (slice(11, 45, None), slice(3, 37, None))
    """
    left, top, right, bottom = box
    height, width = size
    side = min(round(_WIDER * max(right - left, bottom - top)), height, width)
    middle_row, middle_column = (top + bottom) / 2 - _HIGHER * (bottom - top), (left + right) / 2
    first_row = min(max(0, round(middle_row - side / 2)), height - side)
    first_column = min(max(0, round(middle_column - side / 2)), width - side)
    return slice(first_row, first_row + side), slice(first_column, first_column + side)
