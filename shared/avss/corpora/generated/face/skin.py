"""Skin: its colour with blotches, pores and blush, lit by the lamp of the scene."""

import numpy as np

from avss.corpora.generated.cast.face_traits import FaceTraits
from avss.corpora.generated.face.head import cast_shadows, light_on
from avss.corpora.generated.face.painting import Canvas, Plane, blob, bump, clouds, grain, paint, ramp, rgb, shade

_BLUSH = np.array([10, -7, -5], np.float32)
# Light that enters skin comes out redder: in the shade, red falls least and blue most.
_SHADE_OF_CHANNEL = np.array([0.86, 1.04, 1.12], np.float32)


def lit(colour: Plane, light: Plane) -> Plane:
    """``colour`` ([3] or [H,W,3]) of skin under ``light`` [H,W]."""
    return colour * np.maximum(light, 1e-3)[..., None] ** _SHADE_OF_CHANNEL


def skin_picture(canvas: Canvas, traits: FaceTraits, relief: Plane, rng: np.random.Generator) -> Plane:
    """The bare face without eyes, mouth and hair, float32 [H,W,3], over the whole canvas."""
    light, mirrored = light_on(relief, canvas, traits.scene)
    light *= 1 - cast_shadows(canvas, traits)
    light *= 1 + 0.02 * clouds(rng, canvas.shape, 24) + 0.018 * grain(rng, canvas.shape, 1.0)
    colour = np.broadcast_to(rgb(traits.skin.colour), (*canvas.shape, 3)).copy()
    warmth = traits.skin.blush * (
        blob(canvas, -0.56, 0.42, 0.26, 0.2)
        + blob(canvas, 0.56, 0.42, 0.26, 0.2)
        + blob(canvas, 0, traits.nose.tip - 0.06, 0.17, 0.12)
    )
    colour += _BLUSH * warmth[..., None]
    picture = lit(colour, light)
    picture += ((20 + 14 * traits.skin.darkness) * mirrored)[..., None]
    _nostrils(picture, canvas, traits)
    return picture


def _nostrils(picture: Plane, canvas: Canvas, traits: FaceTraits) -> None:
    wide, tip = traits.nose.width, traits.nose.tip
    part = canvas.part(-0.35 * wide, 0.35 * wide, tip - 0.15, tip + 0.15)
    here = picture[part.place]
    for side in (-1, 1):
        hole = ((part.x - side * 0.095 * wide) / (0.058 * wide)) ** 2 + ((part.y - tip - 0.05) / 0.024) ** 2
        paint(here, rgb(traits.skin.colour) * (0.2, 0.13, 0.12), 0.8 * np.exp(-(hole**1.5)))
        wing = np.sqrt(((part.x - side * 0.165 * wide) / 0.11) ** 2 + ((part.y - tip + 0.02) / 0.095) ** 2)
        outer = ramp(side * part.x, 0.14 * wide, 0.22 * wide) * ramp(part.y, tip - 0.12, tip)
        shade(here, 0.22 * bump(wing, 1, 0.2) * outer)
