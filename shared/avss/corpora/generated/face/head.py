"""The shape of a head: its outline, its relief as a height field, and how light falls on it.

Drawing a face as a lit relief, instead of painting shadows, makes nose, lips, lids and folds agree with one
lamp, and gives the depth by which the parts of a face shift against each other when the head turns.
"""

import numpy as np

from avss.corpora.generated.cast.face_traits import FaceTraits, Scene
from avss.corpora.generated.face.painting import Canvas, Plane, blob, bump, profile, ramp

CROWN = -1.40
"""The y of the top of the skull."""


def half_width_at(traits: FaceTraits, y: Plane) -> Plane:
    """Half the width of the face at the heights ``y``; 0 above the skull and below the chin."""
    below = np.maximum(1 - np.clip(y / traits.head.chin, 0, 1) ** traits.head.jaw, 0) ** (1 / 1.75)
    above = np.maximum(1 - np.clip(y / CROWN, 0, 1) ** 2.5, 0) ** 0.5
    return np.where(y > 0, below, above)


def face_distance(canvas: Canvas, traits: FaceTraits) -> Plane:
    """Signed distance to the outline of the face, exact near the outline; negative inside."""
    width = half_width_at(traits, canvas.y)
    slope = np.gradient(width[:, 0], canvas.y[:, 0])[:, None]
    beside = (np.abs(canvas.x) - width) / np.sqrt(1 + np.minimum(slope * slope, 9))
    return np.maximum(beside, np.maximum(CROWN - canvas.y, canvas.y - traits.head.chin))


def relief_of(canvas: Canvas, traits: FaceTraits) -> Plane:
    """How far every point of the face stands out, in face units."""
    width = half_width_at(traits, canvas.y) + 1e-3
    across = np.clip(np.abs(canvas.x) / width, 0, 1)
    along = np.clip(canvas.y / traits.head.chin, 0, 1)
    height = 0.78 * np.sqrt(np.maximum(1 - across**2.5, 0)) * (1 - 0.10 * along**4)
    height = canvas.smooth(height.astype(np.float32), 0.03)
    height += _nose(canvas, traits)
    for side in (-1, 1):
        height += _half_of_features(canvas, traits, side)
    height += 0.10 * blob(canvas, 0, traits.mouth.y, 0.42, 0.30)
    height -= 0.025 * blob(canvas, 0, (traits.nose.tip + traits.mouth.y) / 2 + 0.02, 0.04, 0.08)
    height += 0.09 * blob(canvas, 0, traits.head.chin - 0.16, 0.24, 0.14)
    height -= 0.045 * blob(canvas, 0, traits.mouth.y + 0.21, 0.24, 0.06)
    return height


def _nose(canvas: Canvas, traits: FaceTraits) -> Plane:
    nose = traits.nose
    tip = nose.tip
    bridge = profile(
        canvas.y,
        [-0.3, -0.1, 0.1, 0.32, tip - 0.10, tip - 0.02, tip + 0.06, tip + 0.12],
        [0, 0.04, 0.08, 0.15, 0.23, 0.24, 0.09, 0],
    )
    width = profile(canvas.y, [-0.2, 0.1, tip - 0.1, tip], [0.10, 0.10, 0.13, 0.145]) * nose.width
    ridge = canvas.smooth(nose.height * bridge * bump(canvas.x, 0, width), 0.025)
    ridge += 0.07 * nose.height * blob(canvas, 0, tip - 0.03, 0.11, 0.09)
    for side in (-1, 1):
        ridge += 0.085 * nose.height * blob(canvas, side * 0.175 * nose.width, tip - 0.005, 0.075, 0.08)
    return ridge


def _half_of_features(canvas: Canvas, traits: FaceTraits, side: int) -> Plane:
    """Eye socket and ball, brow ridge, cheek, fold beside the mouth and the hollow under the eye, on one side."""
    eye = side * traits.eyes.apart
    height = 0.055 * blob(canvas, side * 0.40, traits.eyes.brow_y - 0.01, 0.32, 0.09)
    height -= 0.11 * blob(canvas, eye, -0.03, 0.24, 0.14)
    height += 0.06 * blob(canvas, eye, 0.0, 0.19, 0.10)
    height -= 0.02 * blob(canvas, side * 0.33, 0.15, 0.17, 0.04)
    height += 0.06 * blob(canvas, side * 0.56, 0.44, 0.28, 0.26)
    tip, mouth = traits.nose.tip, traits.mouth.y
    fold = profile(canvas.y, [tip - 0.05, mouth + 0.06], [0.25 * traits.nose.width, 0.50])
    seen = ramp(canvas.y, tip - 0.12, tip + 0.08) * ramp(canvas.y, mouth + 0.12, mouth - 0.05)
    return height - 0.013 * traits.head.folds * seen * bump(side * canvas.x, fold, 0.05)


def light_on(relief: Plane, canvas: Canvas, scene: Scene) -> tuple[Plane, Plane]:
    """Light that a relief scatters (1 = as bright as its colour) and the share it mirrors, both [H,W]."""
    steep_y, steep_x = np.gradient(relief)
    steep_x *= canvas.scale
    steep_y *= canvas.scale
    up = 1 / np.sqrt(steep_x * steep_x + steep_y * steep_y + 1)

    def towards(direction: np.ndarray) -> Plane:
        x, y, z = (direction / np.linalg.norm(direction)).astype(np.float32)
        return np.clip((z - steep_x * x - steep_y * y) * up, 0, 1)

    lamp = np.array([*scene.light, 1.0])
    lamp /= np.linalg.norm(lamp)
    scattered = scene.ambient + (1.1 - scene.ambient) * towards(lamp)
    mirrored = towards(lamp + np.array([0, 0, 1])) ** 24
    return scattered, mirrored


def cast_shadows(canvas: Canvas, traits: FaceTraits) -> Plane:
    """Share of light that nose and brows keep from the skin below them."""
    nose = 0.28 * blob(canvas, -0.05 * traits.scene.light[0], traits.nose.tip + 0.13, 0.22 * traits.nose.width, 0.06)
    left, right = (0.2 * blob(canvas, side * traits.eyes.apart * 0.84, -0.11, 0.22, 0.09) for side in (-1, 1))
    return nose + left + right
