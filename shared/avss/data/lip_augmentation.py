"""Changing a clip as another day, another camera and another mood would: what a lip reader must not mind.

The clip is mirrored, spoken faster or slower, shown up to two frames early or late against its sound, spoken with
livelier or lazier lips, tracked by a shakier detector, and loses or repeats some frames. Labels follow the picture
in everything but the offset.
"""

from dataclasses import replace

import numpy as np
from scipy.signal import lfilter

from avss.data.lip_clips import LipClip
from avss.speech.phone_labels import PhoneLabels
from avss.vision.lip_points import (
    CHIN,
    LEFT,
    LOWER,
    LOWER_LEFT,
    LOWER_RIGHT,
    RIGHT,
    UPPER,
    UPPER_LEFT,
    UPPER_RIGHT,
)

_MIRRORED = [RIGHT, LEFT, UPPER, LOWER, CHIN, UPPER_LEFT, UPPER_RIGHT, LOWER_LEFT, LOWER_RIGHT]

WARP_SHARE, SLOWEST, FASTEST = 0.7, 1.2, 0.85
OFFSET_SHARE, LARGEST_OFFSET = 0.2, 2
LEAST_AMPLITUDE, LARGEST_AMPLITUDE = 0.85, 1.2
# A detector shakes by this much of the height of the chin below the eyes, and drifts: what it shakes by in one frame is
# up to this share of what it does in the next. On a moustache one may do five times as much as on a bare face.
LEAST_JITTER, LARGEST_JITTER = 0.0015, 0.015
LARGEST_DRIFT = 0.9
FROZEN_SHARE, DROPPED_SHARE = 0.03, 0.02


def augment(clip: LipClip, rng: np.random.Generator) -> LipClip:
    """A changed copy of ``clip``; its number of frames changes with its pace."""
    if rng.random() < WARP_SHARE:
        clip = warp(clip, rng.uniform(FASTEST, SLOWEST))
    if rng.random() < 0.5:
        clip = mirror(clip)
    if rng.random() < OFFSET_SHARE:
        clip = shift(clip, int(rng.integers(-LARGEST_OFFSET, LARGEST_OFFSET + 1)))
    frozen = rng.random(len(clip)) < FROZEN_SHARE
    dropped = rng.random(len(clip)) < DROPPED_SHARE
    amplitude = rng.uniform(LEAST_AMPLITUDE, LARGEST_AMPLITUDE, (1, 1, 2))
    noise = _shaking(rng, clip.points.shape)

    clip = _picture_from(clip, np.maximum.accumulate(np.where(frozen, 0, np.arange(len(clip)))))
    if not clip.valid.any():
        return clip
    middle = clip.points[clip.valid].mean(axis=0)
    points = middle + (clip.points - middle) * amplitude + noise * abs(middle[CHIN, 1])
    return replace(clip, points=points.astype(np.float32), valid=clip.valid & ~dropped)


def warp(clip: LipClip, factor: float) -> LipClip:
    """The clip ``factor`` times as long: points are interpolated, everything else taken from the nearest frame."""
    T = max(1, round(len(clip) * factor))
    times = np.linspace(0, len(clip) - 1, T)
    before = np.floor(times).astype(int)
    after = np.minimum(before + 1, len(clip) - 1)
    weight = (times - before)[:, None, None]
    points = clip.points[before] * (1 - weight) + clip.points[after] * weight
    nearest = np.rint(times).astype(int)
    labels = PhoneLabels(clip.labels.phones[nearest], clip.labels.confidence[nearest])
    return replace(
        clip,
        points=points.astype(np.float32),
        mouth=clip.mouth[nearest],
        valid=clip.valid[before] & clip.valid[after],
        labels=labels,
        words=(),
    )


def mirror(clip: LipClip) -> LipClip:
    """The clip in a mirror."""
    points = clip.points[:, _MIRRORED] * np.array([-1, 1], np.float32)
    return replace(clip, points=points, mouth=clip.mouth[:, :, ::-1])


def shift(clip: LipClip, frames: int) -> LipClip:
    """The picture ``frames`` later than its labels; the frames at the edge are repeated."""
    return _picture_from(clip, np.clip(np.arange(len(clip)) - frames, 0, len(clip) - 1))


def _shaking(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """The noise of a detector, as good or bad as it may be, for points of ``shape`` [T,9,2]; the chin's height is 1."""
    jitter = LEAST_JITTER * (LARGEST_JITTER / LEAST_JITTER) ** rng.random()
    drift = rng.uniform(0, LARGEST_DRIFT)
    return jitter * lfilter([(1 - drift**2) ** 0.5], [1, -drift], rng.standard_normal(shape), axis=0)


def _picture_from(clip: LipClip, frames: np.ndarray) -> LipClip:
    return replace(clip, points=clip.points[frames], mouth=clip.mouth[frames], valid=clip.valid[frames])
