"""What is seen of a talking face: all that the frontend is ever shown, for one clip or a batch of them.

Pixels and detectors end here. Landmarks become nine points on the canonical face, and once per clip the shape of the
face at rest. A frame that was not seen, or whose landmarks are no numbers, is not valid: nobody guesses what it holds.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from avss.data.store import PreparedClip
from avss.errors import FaceError
from avss.vision.lip_points import lip_points
from avss.vision.neutral_shape import neutral_shape

_SHAPE = (68, 2)


class Visual(NamedTuple):
    """B faces of up to T frames; of a single clip, the same without B.

    Attributes:
        points: float32 [B,T,9,2], :data:`~avss.vision.lip_points.LIP_POINTS`, the eyes at (0, 0); finite where valid.
        mouth: uint8 [B,T,32,48], or [B,T,0,0] where mouths are not wanted or not known.
        valid: bool [B,T], the face was seen and its points are finite numbers.
        shape: float32 [B,68,2], the face at rest; zeros where it was never seen.
        picture: uint8 [B,64,64,3], the same as a picture.
    """

    points: Tensor
    mouth: Tensor
    valid: Tensor
    shape: Tensor
    picture: Tensor


def visual_of(clip: PreparedClip) -> Visual:
    """What is seen in one clip of a store, without B."""
    return visual_of_face(clip.landmarks, clip.mouth, clip.face, clip.valid)


def visual_of_face(landmarks: np.ndarray, mouth: np.ndarray, face: np.ndarray, valid: np.ndarray) -> Visual:
    """What is seen of one face of T frames, without B.

    Args:
        landmarks: float32 [T,68,2], pixels.
        mouth: uint8 [T,32,48].
        face: uint8 [64,64,3], a neutral picture.
        valid: bool [T]; other frames may hold anything, NaN included.
    """
    points, valid = seen_points(landmarks, valid)
    return Visual(*(to_tensor(array) for array in (points, mouth, valid, resting_shape(landmarks, valid), face)))


def seen_points(landmarks: np.ndarray, valid: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Landmarks [T,68,2] in pixels → lip points float32 [T,9,2], and where they are to be believed, bool [T]."""
    valid = valid & np.isfinite(landmarks).all(axis=(1, 2))
    return lip_points(np.where(valid[:, None, None], landmarks, 0)), valid


def resting_shape(landmarks: np.ndarray, valid: np.ndarray) -> np.ndarray:
    """The :func:`~avss.vision.neutral_shape.neutral_shape`, float32 [68,2]; zeros where the face is never seen."""
    try:
        return neutral_shape(landmarks, valid)
    except FaceError:
        return np.zeros(_SHAPE, np.float32)


def to_tensor(array: np.ndarray) -> Tensor:
    """A copy of ``array``, which may be a read-only view of a file."""
    return torch.from_numpy(np.array(array))


def stack(visuals: Sequence[Visual]) -> Visual:
    """Clips without B → a batch, padded to the longest; padding is frames that are not valid."""
    points, mouth, valid, shape, picture = zip(*visuals, strict=True)
    padded = (pad_sequence(list(part), batch_first=True) for part in (points, mouth, valid))
    return Visual(*padded, torch.stack(shape), torch.stack(picture))
