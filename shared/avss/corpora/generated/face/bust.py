"""What a face is seen with: the backdrop, the neck, the ears and the clothes."""

import numpy as np

from avss.corpora.generated.cast.face_traits import FaceTraits
from avss.corpora.generated.face.painting import (
    Canvas,
    Plane,
    blob,
    bump,
    clouds,
    convex_distance,
    grain,
    paint,
    profile,
    ramp,
    rgb,
    shade,
)
from avss.corpora.generated.face.skin import lit

_COLLAR = ((0.06, 2.30), (0.50, 1.66), (0.68, 1.78), (0.44, 2.46))
"""Corners of the right flap of a collar: at the button, at the neck twice, and the point."""


def backdrop_picture(canvas: Canvas, traits: FaceTraits, rng: np.random.Generator) -> Plane:
    """An evenly coloured wall with a soft pool of light, float32 [H,W,3]."""
    height, width = canvas.shape
    light_x, _ = traits.scene.light
    pool = 0.82 + 0.34 * blob(canvas, 0.9 * light_x, -0.4, 2.6, 2.2) + 0.02 * clouds(rng, (height, width), 60)
    return rgb(traits.scene.backdrop) * pool[..., None]


def paint_neck(picture: Plane, canvas: Canvas, traits: FaceTraits) -> None:
    """Paint neck and upper chest below the face, shadowed by the chin."""
    chin = traits.head.chin
    wide = 0.64 if traits.body.sex == "m" else 0.52
    part = canvas.part(-2.2, 2.2, 0.5, 3.2)
    half_width = wide + 0.05 * ramp(part.y, 1.6, 1.2) + profile(part.y, [1.75, 2.05, 2.3], [0, 0.22, 0.9])
    across = np.minimum(np.abs(part.x) / half_width, 1)
    below_chin = 0.56 + 0.32 * ramp(part.y - 0.25 * across**2, chin - 0.05, chin + 0.55)
    round_neck = 1 - 0.38 * across**3 + 0.12 * traits.scene.light[0] * part.x
    sinews = 1 + 0.05 * bump(np.abs(part.x) + 0.25 * (part.y - 2), 0.30, 0.07) * ramp(part.y, 1.5, 1.9)
    coverage = part.cover(np.abs(part.x) - half_width, blur=2)
    paint(picture[part.place], lit(rgb(traits.skin.colour), below_chin * round_neck * sinews), coverage)


def paint_ears(picture: Plane, canvas: Canvas, traits: FaceTraits) -> None:
    """Paint both ears beside the face."""
    for side in (-1, 1):
        part = canvas.part(side * 1.05 - 0.2, side * 1.05 + 0.2, -0.3, 0.6)
        x = side * (part.x - side * 0.99)
        half_width = profile(part.y, [-0.16, 0.0, 0.2, 0.42], [0.09, 0.125, 0.10, 0.05])
        oval = np.hypot(x / half_width, (part.y - 0.14) / 0.30)
        light = 0.86 - 0.16 * bump(oval, 0.62, 0.16) - 0.12 * ramp(oval, 0.85, 1.05) + 0.08 * ramp(part.y, 0.4, -0.1)
        red = rgb(traits.skin.colour) * (1.0, 0.94, 0.93)
        paint(picture[part.place], lit(red, light), part.cover((oval - 1) * 0.11, blur=2))


def paint_clothes(picture: Plane, canvas: Canvas, traits: FaceTraits, rng: np.random.Generator) -> None:
    """Paint a shirt with its neckline over shoulders and chest."""
    part = canvas.part(-9, 9, 1.4, 9)
    if 0 in part.shape:
        return
    here = picture[part.place]
    x = np.abs(part.x)
    shoulder = 1.86 + 0.24 * ramp(x, 0.45, 1.5) + 0.4 * ramp(x, 1.3, 2.9)
    outline = np.maximum(shoulder - part.y, _neckline(part, traits))
    cloth = 0.92 - 0.10 * ramp(x, 0.8, 2.2) + 0.05 * clouds(rng, part.shape, 50) + 0.02 * grain(rng, part.shape, 0.8)
    cloth -= 0.12 * ramp(part.y, 2.0, 2.8)
    coverage = part.cover(outline, blur=2)
    shade(here, 0.3 * ramp(-outline, -0.12, 0.02) * (1 - coverage))
    paint(here, rgb(traits.scene.shirt) * cloth[..., None], coverage)
    if traits.scene.neckline == "collar":
        _paint_collar(here, part, traits)
    else:
        shade(here, 0.25 * bump(outline, -0.05, 0.02) * coverage)


def _neckline(part: Canvas, traits: FaceTraits) -> Plane:
    """Signed distance to the cloth's inner edge; positive where the neck is bare."""
    x = np.abs(part.x)
    if traits.scene.neckline == "round":
        return 0.5 * (1 - np.hypot(x / 0.66, (part.y - 1.80) / 0.36))
    return 0.62 * (1 - np.maximum(part.y - 1.7, 0) / 0.72) - x


def _paint_collar(here: Plane, part: Canvas, traits: FaceTraits) -> None:
    flap = convex_distance(np.abs(part.x), part.y, _COLLAR)
    coverage = part.cover(flap, blur=2)
    shade(here, 0.25 * ramp(-flap, -0.08, 0.0) * (1 - coverage))
    paint(here, np.clip(rgb(traits.scene.shirt) * 1.08 + 4, 0, 250), coverage)
