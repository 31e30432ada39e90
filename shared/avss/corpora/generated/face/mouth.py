"""Lips, teeth, tongue and the dark of the mouth: their outlines for a movement, and painting them.

Outlines are curves over x, relative to the line between the resting lips, y downwards. The upper lip rises by
a quarter of the opening and the lower lip falls by three quarters, as a jaw does. Landmark detectors lose
mouths whose inner corners stay where they are, or whose small openings are filled with teeth; so the corners
move outwards on opening, and teeth leave dark above a share of the gap.
"""

from dataclasses import dataclass

import numpy as np

from avss.corpora.generated.cast.face_traits import FaceTraits, Mouth
from avss.corpora.generated.face.painting import Canvas, Plane, bump, paint, ramp, rgb, shade

FULL_OPENING = 0.36
"""Distance between the inner lips at aperture 1, face units."""
_CAVITY = np.array([26, 10, 10], np.float32)
_TONGUE = np.array([176, 84, 88], np.float32)
_TEETH_SHARE = 0.4
"""Most of the gap between the lips that either row of teeth may fill."""
_SEAM = np.array([45, 18, 18], np.float32)


@dataclass(frozen=True)
class MouthShape:
    """Outlines of one moment, face units; curves are [1,W] over x, from top to bottom.

    Attributes:
        half_width: of the outer lips.
        inner_half_width: of the opening.
        aperture: distance between the inner lips in the middle, ≥ 0.
    """

    half_width: float
    inner_half_width: float
    aperture: float
    outer_top: Plane
    inner_top: Plane
    inner_bottom: Plane
    outer_bottom: Plane


def shape_mouth(mouth: Mouth, movement: np.ndarray, x: Plane) -> MouthShape:
    """Outlines of ``mouth`` for a ``movement`` [8] (columns of a mouth track) over ``x`` [1,W]."""
    aperture, width, protrusion, _, _, _, tuck, closure = map(float, movement)
    opening = FULL_OPENING * aperture
    open_share = min(1.0, aperture)
    half_width = mouth.half_width * (1 + 0.15 * width - 0.26 * protrusion)
    inner_half_width = half_width * (0.85 + 0.07 * min(1.0, 2 * aperture))

    outward = np.minimum(np.abs(x) / half_width, 1)
    inner_outward = np.minimum(np.abs(x) / inner_half_width, 1)
    inner_arc = (1 - inner_outward**2) ** (0.85 - 0.30 * protrusion)
    outer_arc = (1 - outward**2) ** (0.75 - 0.2 * protrusion)
    rest = mouth.corner * outward**2 + 0.010 * np.cos(1.2 * np.pi * outward) + 0.1 * mouth.slant * x
    bow = 1 - mouth.bow * bump(outward, 0, 0.17)

    pressed = (1 + 0.22 * protrusion) * (1 - 0.28 * closure)
    upper = mouth.upper * (1 - 0.18 * open_share) * pressed
    lower = mouth.lower * (1 - 0.15 * open_share) * pressed * (1 - 0.45 * tuck)
    rise = 0.24 * opening + 0.02 * tuck
    fall = max(0.76 * opening - 0.045 * tuck, -rise)
    return MouthShape(
        half_width=half_width,
        inner_half_width=inner_half_width,
        aperture=rise + fall,
        outer_top=rest - rise * outer_arc - upper * (1 - outward**1.7) * bow,
        inner_top=rest - rise * inner_arc,
        inner_bottom=rest + fall * inner_arc,
        outer_bottom=rest + max(fall, 0.0) * outer_arc + lower * (1 - outward**2.2) ** 0.85,
    )


def true_apertures(mouth: Mouth, movements: np.ndarray) -> np.ndarray:
    """Distance between the inner lips in the middle, float32 [T] in face units, for ``movements`` [T,8]."""
    middle = np.zeros((1, 1), np.float32)
    return np.array([shape_mouth(mouth, movement, middle).aperture for movement in movements], np.float32)


class MouthPainter:
    """Paints the mouth of one identity over the skin of a region around it."""

    def __init__(self, region: Canvas, traits: FaceTraits, light: Plane) -> None:
        """``region``: a canvas around the mouth; ``light`` [H,W]: how bright skin is there."""
        self.x = region.x
        self._y = region.y - traits.mouth.y
        self._region = region
        self._mouth = traits.mouth
        self._light = light
        lines = 0.05 * np.sin(150 * region.x) * bump(region.x, 0, 0.3)
        self._lip_colour = rgb(traits.mouth.lip) * (light * (0.98 + lines))[..., None]

    def paint(self, picture: Plane, shape: MouthShape, movement: np.ndarray) -> None:
        """Paint ``shape`` on ``picture`` [H,W,3] in place."""
        self._shadow_skin(picture, shape)
        self._paint_lips(picture, shape)
        gap = shape.inner_bottom - shape.inner_top
        opened = np.clip(gap * self._region.scale * 0.5, 0, 1)
        if shape.aperture > 0:
            interior = self._interior(shape, movement)
            sides = self._cover(np.abs(self.x) - shape.inner_half_width)
            paint(picture, interior, self._between(shape.inner_top, shape.inner_bottom) * sides * opened)
        middle = (shape.inner_top + shape.inner_bottom) / 2
        in_mouth = np.abs(self.x) < 0.985 * shape.half_width
        paint(picture, _SEAM, 0.72 * bump(self._y, middle, 0.011) * (1 - opened) * in_mouth)

    def _cover(self, distance: Plane) -> Plane:
        return self._region.cover(distance, blur=1.25)

    def _between(self, top: Plane, bottom: Plane) -> Plane:
        return self._cover(top - self._y) * self._cover(self._y - bottom)

    def _shadow_skin(self, picture: Plane, shape: MouthShape) -> None:
        outward = np.minimum(np.abs(self.x) / shape.half_width, 1)
        below = 0.24 * bump(self._y, shape.outer_bottom + 0.04, 0.05) * np.maximum(1 - (outward / 0.95) ** 2, 0)
        corner_y = self._mouth.corner + 0.1 * self._mouth.slant * self.x
        corners = 0.30 * bump(np.abs(self.x), 1.03 * shape.half_width, 0.035) * bump(self._y, corner_y, 0.04)
        shade(picture, below + corners)

    def _paint_lips(self, picture: Plane, shape: MouthShape) -> None:
        up = np.clip((self._y - shape.outer_top) / np.maximum(shape.inner_top - shape.outer_top, 1e-3), 0, 1)
        low = np.clip((self._y - shape.inner_bottom) / np.maximum(shape.outer_bottom - shape.inner_bottom, 1e-3), 0, 1)
        is_upper = self._cover(self._y - (shape.inner_top + shape.inner_bottom) / 2)
        upper_light = 0.82 - 0.22 * up
        lower_light = 0.90 + 0.26 * np.sin(0.9 * np.pi * low) - 0.12 * low
        gloss = 18 * bump(low, 0.38, 0.20) * bump(self.x, 0, 0.5 * shape.half_width) * (1 - is_upper)
        colour = self._lip_colour * (lower_light + (upper_light - lower_light) * is_upper)[..., None]
        colour += gloss[..., None]
        inside = self._cover(np.abs(self.x) - shape.half_width)
        paint(picture, colour, 0.93 * self._between(shape.outer_top, shape.outer_bottom) * inside)

    def _interior(self, shape: MouthShape, movement: np.ndarray) -> Plane:
        """The picture between the lips: dark, tongue, lower teeth, upper teeth, shadow of the upper lip."""
        aperture, _, _, upper_teeth, lower_teeth, tongue, _, _ = map(float, movement)
        x, y, reach = self.x, self._y, shape.inner_half_width
        picture = np.broadcast_to(_CAVITY, (*self._light.shape, 3)).copy()
        arch = 1 - 0.25 * (x / 0.3) ** 2
        gap = shape.inner_bottom - shape.inner_top
        upper_edge = np.minimum((0.012 + 0.035 * upper_teeth) * arch, shape.inner_top + _TEETH_SHARE * gap)

        tongue_floor = shape.inner_bottom - 0.01 - 0.22 * gap
        tongue_top = tongue_floor + (upper_edge + 0.004 - tongue_floor) * min(tongue, 1.1) + 0.12 * (x / 0.3) ** 2
        in_reach = _fading(x, 0.92 * reach, 6)
        tongue_light = (0.45 + 0.45 * ramp(y - tongue_top, 0, 0.10)) * (0.55 + 0.45 * min(1.0, 1.6 * aperture))
        paint(picture, _TONGUE * tongue_light[..., None], self._cover(tongue_top - y) * in_reach)

        if lower_teeth > 0.02:
            height = np.minimum(lower_teeth * (0.055 + 0.03 * (1 - np.abs(x) / reach)), 0.6 * _TEETH_SHARE * gap)
            lower_edge = shape.inner_bottom - height
            coverage = self._cover(lower_edge - y) * _fading(x, 0.8 * reach, 8) * (0.8 if tongue < 0.85 else 0.2)
            paint(picture, rgb(self._mouth.teeth) * (0.42 + 0.1 * np.cos(60 * x) ** 2)[..., None], coverage)

        tooth = 0.84 + 0.16 * np.abs(np.sin(42 * x)) ** 0.4
        tooth_light = 0.64 * tooth * (0.62 + 0.38 * ramp(y - shape.inner_top, 0, 0.05)) * (1 - 0.35 * (x / 0.35) ** 2)
        coverage = self._cover(y - upper_edge) * _fading(x, 0.95 * reach, 8) * min(1.0, 2.2 * upper_teeth)
        paint(picture, rgb(self._mouth.teeth) * tooth_light[..., None], coverage)
        if tongue > 0.85:
            between_teeth = bump(y, upper_edge + 0.012, 0.022) * _fading(x, 0.6 * reach, 4)
            paint(picture, 0.95 * _TONGUE, 0.9 * min(1.0, (tongue - 0.85) / 0.1) * between_teeth)
        let_in = 0.55 + 0.45 * min(1.0, shape.aperture / 0.25)
        picture *= (let_in * (0.5 + 0.5 * ramp(y - shape.inner_top, 0, 0.05)))[..., None]
        return picture


def _fading(x: Plane, reach: float, exponent: float) -> Plane:
    """1 in the middle, falling to 0 at ``reach``; the larger ``exponent``, the later."""
    return np.clip(1 - (np.abs(x) / reach) ** exponent, 0, 1)
