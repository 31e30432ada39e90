"""A canvas in face units, and the few brushes that all of a generated face is painted with.

The canvas is twice as fine as the video frame, so that edges stay smooth when it is turned and shrunk.
Every brush gives a coverage in 0–1 over the canvas, every shape is a signed distance (negative inside);
:func:`paint` lays a colour over a picture where the coverage says so. Nearly all shapes are products of a
profile along x and one along y, which broadcasting makes cheap.
"""

import functools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

Plane = NDArray[np.float32]
"""Values over a canvas, float32 [H,W], or [H,1] and [1,W] where they depend on y or x alone."""

OVERSAMPLING = 2

# Pictures are small and clips are made in parallel, one process each; threads would only get in the way.
cv2.setNumThreads(1)


@dataclass(frozen=True)
class Canvas:
    """Where pixels lie in face units (see :mod:`avss.corpora.generated.cast.face_traits`).

    Attributes:
        x: float32 [1,W].
        y: float32 [H,1].
        scale: canvas pixels per face unit.
        place: the rows and columns of the whole canvas that this (part of a) canvas covers.
    """

    x: Plane
    y: Plane
    scale: float
    place: tuple[slice, slice]

    @classmethod
    def of_frame(cls, height: int, width: int, centre: tuple[float, float], half_width: float) -> "Canvas":
        """The canvas over a frame of that size, with a face of ``half_width`` at ``centre`` (x, y), all in pixels."""
        scale = half_width * OVERSAMPLING
        columns = np.arange(width * OVERSAMPLING, dtype=np.float32)[None, :]
        rows = np.arange(height * OVERSAMPLING, dtype=np.float32)[:, None]
        return cls(
            x=(columns - centre[0] * OVERSAMPLING) / np.float32(scale),
            y=(rows - centre[1] * OVERSAMPLING) / np.float32(scale),
            scale=scale,
            place=(slice(0, rows.size), slice(0, columns.size)),
        )

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width in canvas pixels."""
        return self.y.size, self.x.size

    def part(self, left: float, right: float, top: float, bottom: float) -> "Canvas":
        """The part within these bounds (face units), as far as it is on the canvas."""
        columns = np.searchsorted(self.x[0], [left, right])
        rows = np.searchsorted(self.y[:, 0], [top, bottom])
        return Canvas(
            x=self.x[:, columns[0] : columns[1]],
            y=self.y[rows[0] : rows[1]],
            scale=self.scale,
            place=(
                slice(self.place[0].start + int(rows[0]), self.place[0].start + int(rows[1])),
                slice(self.place[1].start + int(columns[0]), self.place[1].start + int(columns[1])),
            ),
        )

    def cover(self, distance: Plane, blur: float = 1.0) -> Plane:
        """Coverage of the inside of a shape, its edge ``blur`` canvas pixels wide.

        Args:
            distance: signed distance to the edge in face units, negative inside.
        """
        return np.clip(0.5 - distance * np.float32(self.scale / blur), 0, 1)

    def smooth(self, values: Plane, width: float) -> Plane:
        """``values`` blurred by a Gaussian with a standard deviation of ``width`` face units."""
        return np.asarray(cv2.GaussianBlur(values, (0, 0), width * self.scale), np.float32)


def blob(canvas: Canvas, x: float, y: float, width: float, height: float) -> Plane:
    """A Gaussian hill of height 1 at (x, y), falling to 1/e at ``width`` and ``height``."""
    return np.exp(-(((canvas.x - x) / width) ** 2)) * np.exp(-(((canvas.y - y) / height) ** 2))


def bump(values: Plane, centre: Plane | float, width: Plane | float) -> Plane:
    """A Gaussian ridge along ``values == centre``, falling to 1/e at ``width``."""
    return np.exp(-(((values - centre) / width) ** 2))


def ramp(values: ArrayLike, start: float, end: float) -> Plane:
    """0 before ``start``, 1 after ``end`` (which may lie before it), smooth between."""
    t = np.clip((np.asarray(values, np.float32) - np.float32(start)) / np.float32(end - start), 0, 1)
    return t * t * (3 - 2 * t)


def convex_distance(x: Plane, y: Plane, corners: Sequence[tuple[float, float]]) -> Plane:
    """Signed distance to a convex polygon whose ``corners`` go round clockwise as seen; negative inside."""
    distances = []
    for (x0, y0), (x1, y1) in zip(corners, [*corners[1:], corners[0]], strict=True):
        length = math.hypot(x1 - x0, y1 - y0)
        distances.append(((y1 - y0) * (x - x0) - (x1 - x0) * (y - y0)) / length)
    return functools.reduce(np.maximum, distances)


def profile(values: Plane, knots: ArrayLike, heights: ArrayLike) -> Plane:
    """The broken line through (``knots``, ``heights``) at ``values``."""
    return np.interp(values, np.asarray(knots), np.asarray(heights)).astype(np.float32)


def rgb(colour: ArrayLike) -> Plane:
    """A colour as float32 [3], to calculate with."""
    return np.asarray(colour, np.float32)


def paint(picture: Plane, colour: ArrayLike, coverage: Plane) -> None:
    """Lay ``colour`` ([3] or [H,W,3]) over ``picture`` [H,W,3] in place, where ``coverage`` [H,W] is above 0."""
    picture += (rgb(colour) - picture) * coverage[..., None]


def shade(picture: Plane, darkness: Plane) -> None:
    """Take the share ``darkness`` [H,W] of its light from ``picture`` [H,W,3] in place."""
    picture *= (1 - darkness)[..., None]


def grain(rng: np.random.Generator, shape: tuple[int, int], across: float, along: float | None = None) -> Plane:
    """Noise of unit variance, blurred by ``across`` pixels in x and ``along`` in y (as in x unless given)."""
    noise = rng.standard_normal(shape, dtype=np.float32)
    blurred = cv2.GaussianBlur(noise, (0, 0), sigmaX=across, sigmaY=across if along is None else along)
    return np.asarray(blurred / blurred.std(), np.float32)


def clouds(rng: np.random.Generator, shape: tuple[int, int], size: float) -> Plane:
    """Smooth noise of unit variance whose blotches are about ``size`` pixels wide; cheap for any size."""
    coarse = grain(rng, (int(shape[0] / size) + 3, int(shape[1] / size) + 3), 1.0)
    return np.asarray(cv2.resize(coarse, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC), np.float32)
