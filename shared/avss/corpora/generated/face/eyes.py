"""Eyes at three degrees of opening, brows and glasses. A blink fades from one degree to the next."""

import numpy as np

from avss.corpora.generated.cast.face_traits import Eyes, FaceTraits, Glasses
from avss.corpora.generated.face.painting import Canvas, Plane, bump, grain, paint, ramp, rgb, shade

_OPENINGS = (1.0, 0.45, 0.0)
_SCLERA = np.array([226, 219, 214], np.float32)
_LASHES = np.array([26, 19, 17], np.float32)
_IRIS_RADIUS, _PUPIL_RADIUS = 0.083, 0.034


def eye_band(canvas: Canvas) -> Canvas:
    """The part of the canvas that changes with a blink, with room for glasses."""
    return canvas.part(-1.02, 1.02, -0.32, 0.36)


def eyes_from_open_to_closed(face: Plane, band: Canvas, traits: FaceTraits) -> list[Plane]:
    """The eye band of ``face`` (float32 [H,W,3], without eyes) with eyes open, half closed and closed."""
    pictures = []
    for opening in _OPENINGS:
        picture = face[band.place].copy()
        for side in (-1, 1):
            _paint_eye(picture, band, traits, side, opening)
        pictures.append(picture)
    return pictures


def _paint_eye(picture: Plane, band: Canvas, traits: FaceTraits, side: int, opening: float) -> None:
    eyes = traits.eyes
    across = (side * band.x - eyes.apart) / eyes.width
    inside = np.maximum(1 - across * across, 0)
    slope = -eyes.tilt * eyes.width * across
    fully_open = slope - eyes.height * inside**0.5
    lower = slope + 0.52 * eyes.height * inside**0.75
    upper = lower + (fully_open - lower) * opening
    beside = np.abs(across) < 1.04

    if opening > 0:
        _paint_eyeball(picture, band, eyes, side, upper, lower, across)
    lid_crease = bump(band.y, slope - eyes.height * inside**0.45 - 0.055, 0.016) * beside
    shade(picture, (0.16 + 0.14 * opening) * lid_crease)
    paint(picture, _LASHES, (0.55 + 0.25 * (traits.body.sex == "f")) * bump(band.y, upper, 0.015) * beside)
    shade(picture, 0.22 * bump(band.y, lower, 0.012) * beside)
    shade(picture, 0.1 * bump(band.y, lower + 0.06, 0.025) * beside)


def _paint_eyeball(
    picture: Plane, band: Canvas, eyes: Eyes, side: int, upper: Plane, lower: Plane, across: Plane
) -> None:
    centre = side * eyes.apart
    seen = band.cover(upper - band.y) * band.cover(band.y - lower) * (np.abs(across) < 1)
    lid_shadow = 0.62 + 0.38 * ramp(band.y - upper, 0, 0.06)
    rounding = 1 - 0.3 * np.minimum(np.abs(across), 1) ** 3
    ball = _SCLERA * (lid_shadow * rounding)[..., None]
    height = -0.018
    radius = np.sqrt((band.x - centre) ** 2 + (band.y - height) ** 2)
    iris = rgb(eyes.iris) * (np.clip(0.6 + 0.6 * radius / _IRIS_RADIUS, 0.6, 1.1) * lid_shadow)[..., None]
    iris *= (1 - 0.45 * ramp(radius, 0.8 * _IRIS_RADIUS, _IRIS_RADIUS))[..., None]
    paint(ball, iris, band.cover(radius - _IRIS_RADIUS, blur=1.6))
    paint(ball, 12, band.cover(radius - _PUPIL_RADIUS, blur=1.6))
    glint = np.sqrt((band.x - centre + 0.026) ** 2 + (band.y - height + 0.03) ** 2)
    paint(ball, 240, 0.9 * band.cover(glint - 0.014, blur=1.4))
    paint(picture, ball, seen)


def paint_brows(picture: Plane, canvas: Canvas, traits: FaceTraits, rng: np.random.Generator) -> None:
    """Paint both brows on ``picture`` [H,W,3]: thick towards the nose, thin and fading outwards."""
    eyes = traits.eyes
    part = canvas.part(-0.9, 0.9, eyes.brow_y - 0.25, eyes.brow_y + 0.2)
    hairs = np.clip(0.8 + 0.13 * grain(rng, part.shape, 0.9, 1.6), 0, 1)
    colour = rgb(traits.hair.colour) * 0.6 + 0.08 * rgb(traits.skin.colour)
    for side in (-1, 1):
        along = (side * part.x - eyes.apart) / 0.29
        arch = eyes.brow_y - eyes.brow_arch * (1 - along * along) + 0.035 * along
        thickness = eyes.brow_thickness * np.clip(0.95 - 0.4 * along - 0.15 * along**2, 0.2, 2)
        body = bump(part.y, arch, np.maximum(thickness, 0.016))
        ends = ramp(along, -1.15, -0.75) * ramp(along, 1.15, 0.6)
        paint(picture[part.place], colour, 0.85 * body * ends * hairs)


def paint_glasses(picture: Plane, part: Canvas, apart: float, glasses: Glasses) -> None:
    """Paint rims, bridge and temples on ``picture`` [H,W,3], which covers ``part``, around eyes ``apart``."""
    rim = glasses.rim
    for side in (-1, 1):
        shape = np.abs((part.x - side * apart) / glasses.width) ** glasses.roundness
        shape = (shape + np.abs((part.y - 0.02) / glasses.height) ** glasses.roundness) ** (1 / glasses.roundness)
        shade(picture, 0.05 * part.cover((shape - 1) * glasses.height))
        frame = np.abs(shape - 1) * 0.8 * glasses.height
        shade(picture, 0.2 * bump(frame, 0.02, 0.03))
        paint(picture, glasses.colour, 0.92 * part.cover(frame - rim / 2))
        temple = np.abs(part.y + 0.06) - 0.7 * rim
        outside = side * part.x > apart + glasses.width
        paint(picture, glasses.colour, 0.92 * part.cover(temple) * outside * (np.abs(part.x) < 0.92))
    bridge = np.abs(part.y + 0.05 - 0.25 * part.x**2) - 0.6 * rim
    paint(picture, glasses.colour, 0.92 * part.cover(bridge) * (np.abs(part.x) < apart - glasses.width))
