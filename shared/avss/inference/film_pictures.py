"""What is drawn on the pictures of a film, so that one sees whose voice is heard: a face in the light, and words."""

import functools
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

_LIGHT = (255, 196, 61)  # RGB of frames and names
_INK = (24, 24, 24)
_DARK = 0.3  # brightness of what is not meant
# What is lit around a face's box, in its sides: a box ends at the brows, a head does not.
_ABOVE, _BESIDE, _BELOW = 0.4, 0.2, 0.15
_TEXT_HEIGHT = 1 / 28  # of capitals, of the picture's height
_SMALLEST_TEXT = 9  # pixels
_FONT = cv2.FONT_HERSHEY_DUPLEX
_FONT_PIXELS = 22  # height of its capitals at scale 1


@dataclass(frozen=True)
class Mark:
    """A face to be pointed out.

    Attributes:
        name: of its person.
        box: left, top, right, bottom in pixels of the picture, [4]; NaN or all zero where it is not seen.
    """

    name: str
    box: np.ndarray

    @property
    def seen(self) -> bool:
        """Whether there is a face to point at."""
        return bool(np.isfinite(self.box).all() and self.box.any())


def dark(picture: np.ndarray) -> np.ndarray:
    """The picture uint8 [H,W,3] with little light."""
    return cv2.convertScaleAbs(picture, alpha=_DARK)


def spotlight(picture: np.ndarray, darkened: np.ndarray, mark: Mark) -> np.ndarray:
    """A picture uint8 [H,W,3] that is lit at one face only; all dark where that is not seen.

    Args:
        picture: in full light, uint8 [H,W,3].
        darkened: the same in the dark.
        mark: the face.
    """
    lit = darkened.copy()
    if mark.seen:
        area = _area(mark.box, picture.shape)
        lit[area] = picture[area]
        _draw_mark(lit, mark)
    return lit


def pointed_out(picture: np.ndarray, marks: Sequence[Mark]) -> np.ndarray:
    """A picture uint8 [H,W,3] in full light, with a frame and a name at every face that is seen."""
    shown = picture.copy()
    for mark in marks:
        if mark.seen:
            _draw_mark(shown, mark)
    return shown


def write_caption(picture: np.ndarray, text: str) -> None:
    """Write ``text`` (ASCII) onto the bottom of a picture uint8 [H,W,3], in the middle."""
    height, width = picture.shape[:2]
    label = _label(text, height)
    _paste(picture, label, (width - label.shape[1]) // 2, height - label.shape[0] * 3 // 2)


def _draw_mark(picture: np.ndarray, mark: Mark) -> None:
    """Draw a frame around a face, and its name above it."""
    rows, columns = _area(mark.box, picture.shape)
    thick = max(1, round(picture.shape[0] / 180))
    cv2.rectangle(picture, (columns.start, rows.start), (columns.stop - 1, rows.stop - 1), _LIGHT, thick)
    label = _label(mark.name, picture.shape[0])
    _paste(picture, label, columns.start, rows.start - label.shape[0])


def _area(box: np.ndarray, shape: tuple[int, ...]) -> tuple[slice, slice]:
    """Rows and columns of ``box`` and a little around it, inside a picture of ``shape``."""
    left, top, right, bottom = box
    width, height = right - left, bottom - top
    edges = [top - _ABOVE * height, bottom + _BELOW * height, left - _BESIDE * width, right + _BESIDE * width]
    first_row, last_row, first_column, last_column = np.clip(np.rint(edges), 0, np.repeat(shape[:2], 2)).astype(int)
    return slice(first_row, last_row), slice(first_column, last_column)


@functools.cache
def _label(text: str, height: int) -> np.ndarray:
    """Dark letters on a light ground, uint8 [h,w,3], for a picture of ``height`` pixels."""
    capitals = max(_SMALLEST_TEXT, round(_TEXT_HEIGHT * height))
    scale, margin = capitals / _FONT_PIXELS, capitals // 2
    (width, _), _ = cv2.getTextSize(text, _FONT, scale, 1)
    label = np.full((capitals + 2 * margin, width + 2 * margin, 3), _LIGHT, np.uint8)
    return cv2.putText(label, text, (margin, margin + capitals), _FONT, scale, _INK, 1, cv2.LINE_AA)


def _paste(picture: np.ndarray, label: np.ndarray, left: int, top: int) -> None:
    """Lay ``label`` onto a picture with its corner at (left, top), moved inside where it would reach out."""
    top = max(0, min(top, picture.shape[0] - label.shape[0]))
    left = max(0, min(left, picture.shape[1] - label.shape[1]))
    place = picture[top : top + label.shape[0], left : left + label.shape[1]]
    place[:] = label[: place.shape[0], : place.shape[1]]
