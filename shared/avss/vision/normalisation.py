"""Taking position, size and roll out of landmarks, so that only the shape of the face and its lips remain.

Each frame's points are moved onto one canonical face by the similarity (shift, scale, rotation) that fits its
*rigid* points best: corners of the eyes, bridge and base of the nose. The lips have no say in the fit, so speaking
does not move the frame of reference.

A point (x, y) is read as the complex number ``x + iy``; a similarity is then ``z → factor·z + shift``, and the best one
is a complex regression line. Its scale is Umeyama's, and it can never mirror the face.

In the canonical face the outer corners of the eyes lie at (−½, 0) and (½, 0), y points down, the closed mouth is
near (0, 0.86) and the tip of the chin near (0, 1.44).

Source: S. Umeyama, "Least-squares estimation of transformation parameters between two point patterns", PAMI 1991.
"""

import math
from dataclasses import dataclass

import cv2
import numpy as np

RIGID = np.array([27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 39, 42, 45])

# Mean of these points over 22 speakers, made symmetric, in the unit above.
CANONICAL = np.array(
    [
        [0.0, -0.038],
        [0.0, 0.109],
        [0.0, 0.254],
        [0.0, 0.406],
        [-0.160, 0.535],
        [-0.083, 0.564],
        [0.0, 0.584],
        [0.083, 0.564],
        [0.160, 0.535],
        [-0.5, 0.0],
        [-0.207, 0.017],
        [0.207, 0.017],
        [0.5, 0.0],
    ],
    np.float32,
)


@dataclass(frozen=True)
class Similarity:
    """T maps ``z → factor·z + shift`` of the plane, one per frame.

    Attributes:
        factor: complex [T]; its size is the scale, its angle the rotation.
        shift: complex [T].
    """

    factor: np.ndarray
    shift: np.ndarray

    def apply(self, points: np.ndarray) -> np.ndarray:
        """Map ``points`` [T,N,2], frame by frame."""
        return _as_points(_as_complex(points) * self.factor[:, None] + self.shift[:, None])

    def inverse(self) -> "Similarity":
        """The maps back; a frame without a face, whose factor is 0, has none and gives non-finite numbers."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return Similarity(1 / self.factor, -self.shift / self.factor)


def fit(landmarks: np.ndarray) -> Similarity:
    """The similarities that take ``landmarks`` [T,68,2] to the canonical face.

    Frames whose points all coincide (such as the zeros of a frame without a face) get the factor 0.
    """
    points = _as_complex(landmarks[:, RIGID].astype(np.float64))
    canonical = _as_complex(CANONICAL.astype(np.float64))
    from_middle = points - points.mean(axis=1, keepdims=True)
    to_middle = canonical - canonical.mean()
    spread = (np.abs(from_middle) ** 2).sum(axis=1)
    agreement = (from_middle.conj() * to_middle).sum(axis=1)
    factor = np.divide(agreement, spread, out=np.zeros_like(agreement), where=spread > 0)
    return Similarity(factor, canonical.mean() - factor * points.mean(axis=1))


def normalise(landmarks: np.ndarray) -> np.ndarray:
    """Landmarks float32 [T,68,2] in pixels → float32 [T,68,2] on the canonical face."""
    return fit(landmarks).apply(landmarks).astype(np.float32)


def cut(picture: np.ndarray, to_canonical: Similarity, centre: np.ndarray, unit: float, size: tuple[int, int]):
    """Cut an upright window out of ``picture``, seen in the canonical face.

    Where the picture is finer than the window, it is averaged and not just sampled.

    Args:
        picture: uint8 [H,W] or [H,W,3].
        to_canonical: the similarity of this one frame (T = 1).
        centre: middle of the window on the canonical face, [2].
        unit: pixels of the window per unit of the canonical face.
        size: height and width of the window.

    Returns:
        uint8 [*size] or [*size,3]; black where the window leaves the picture.
    """
    height, width = size
    oversampling = max(1, math.ceil(1 / (unit * abs(to_canonical.factor[0])) / 1.5))
    scale = unit * oversampling
    factor = to_canonical.factor[0] * scale
    middle = complex(width * oversampling - 1, height * oversampling - 1) / 2
    shift = (to_canonical.shift[0] - complex(*centre)) * scale + middle
    matrix = np.array([[factor.real, -factor.imag, shift.real], [factor.imag, factor.real, shift.imag]])
    window = cv2.warpAffine(picture, matrix, (width * oversampling, height * oversampling), flags=cv2.INTER_LINEAR)
    return cv2.resize(window, (width, height), interpolation=cv2.INTER_AREA) if oversampling > 1 else window


def _as_complex(points: np.ndarray) -> np.ndarray:
    return points[..., 0] + 1j * points[..., 1]


def _as_points(numbers: np.ndarray) -> np.ndarray:
    return np.stack([numbers.real, numbers.imag], axis=-1)
