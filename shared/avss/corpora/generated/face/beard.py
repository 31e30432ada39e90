"""Beards: stubble, moustache, goatee or full, painted on the skin before the lips.

Landmark detectors take a bare band between moustache and lip for the lip itself, and an opaque black beard for
an open mouth. So a moustache reaches down onto the lip and skin shines through every beard.
"""

import numpy as np

from avss.corpora.generated.cast.face_traits import FaceTraits
from avss.corpora.generated.face.painting import Canvas, Plane, blob, bump, grain, paint, ramp, rgb

# Share of the skin that hairs cover: of stubble, of any other beard, and of that above the lips.
_STUBBLE, _HAIRS, _THIN_ABOVE_LIP = 0.30, 0.64, 0.6


def paint_beard(face: Plane, canvas: Canvas, traits: FaceTraits, light: Plane, rng: np.random.Generator) -> None:
    """Paint the beard of ``traits`` on the ``face`` [H,W,3], under ``light`` [H,W]."""
    style = traits.hair.beard
    if style == "none":
        return
    moustache = _THIN_ABOVE_LIP * _moustache(canvas, traits)
    if style == "moustache":
        area = moustache
    elif style == "goatee":
        chin = blob(canvas, 0, traits.mouth.y + 0.36, 0.30, 0.24) ** 0.7
        corners = bump(np.abs(canvas.x), 0.45, 0.075) * bump(canvas.y, traits.mouth.y + 0.1, 0.22)
        area = np.maximum(np.maximum(moustache, chin), corners)
    else:
        area = np.maximum(moustache, _jaw(canvas, traits))
    hairs = grain(rng, canvas.shape, 0.8, 1.7)
    strength = _STUBBLE if style == "stubble" else _HAIRS
    coverage = strength * np.clip(area * (1.1 + 0.12 * np.tanh(hairs)) - 0.05, 0, 1)
    colour = rgb(traits.hair.colour) * (0.9 * light * (1 + 0.3 * np.tanh(hairs)))[..., None]
    paint(face, colour, coverage.astype(np.float32))


def _moustache(canvas: Canvas, traits: FaceTraits) -> Plane:
    """From below the nostrils down onto the upper lip: a bare band above the lip is taken for the lip itself."""
    x = np.abs(canvas.x)
    lip = traits.mouth.y - 0.7 * traits.mouth.upper * ramp(x, 1.05 * traits.mouth.half_width, 0.1) + 0.35 * x**2
    top = traits.nose.tip + 0.13 + 0.42 * x**2
    height = ramp(canvas.y - top, -0.02, 0.09) * ramp(canvas.y - lip, 0.06, 0.0)
    parted = 1 - 0.3 * bump(canvas.x, 0, 0.03) * ramp(canvas.y - lip, -0.02, -0.12)
    return height * ramp(x, 0.50, 0.36) * parted


def _jaw(canvas: Canvas, traits: FaceTraits) -> Plane:
    """Cheeks' lower part, jaw and chin, with a bare patch under the middle of the lower lip's sides."""
    x = np.abs(canvas.x)
    edge = 0.9 - 0.62 * ramp(x, 0.48, 1.05)
    whole = ramp(canvas.y - edge, -0.08, 0.16)
    patch = bump(x, 0.20, 0.09) * bump(canvas.y, traits.mouth.y + 0.15, 0.05)
    return whole * (1 - 0.35 * patch)
