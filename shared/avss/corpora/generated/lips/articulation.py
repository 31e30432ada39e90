"""From phones to lips: every phone pulls the mouth towards its shape, before and after its time as well.

Each phone has a *dominance* over the mouth that is full while it lasts and dies away on both sides; the
mouth is where the dominances of all phones balance. So sounds colour their neighbours (co-articulation), and
short or weak ones are only hinted at. Lips that must touch (p b m) are then closed for certain, for a stop
during the 50 ms before its burst. The movement is low-passed as flesh is, and averaged over the exposure of
each video frame.

Source: Cohen and Massaro, "Modeling coarticulation in synthetic visual speech", Models and Techniques in
Computer Animation, 1993.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy.signal import butter, sosfiltfilt

from avss.corpora.clip import Segment
from avss.corpora.generated.cast.articulation_style import ArticulationStyle
from avss.corpora.generated.lips.mouth_shapes import REST, SHAPES
from avss.corpora.generated.lips.mouth_track import HIGHEST, LOWEST, MouthTrack
from avss.rates import FRAME_RATE
from avss.speech.phones import AFFRICATES, BILABIALS, LABIALS, STOPS, VISEME_OF
from avss.speech.stops import CLOSURES

# Time steps a frame, and how many of them the shutter is open.
_STEPS, _EXPOSED = 8, 5
# Dominance falls to 1/e in this many seconds; above 1 the exponent keeps it full for longer.
_REACH, _DECAY = 0.036, 1.3
# Lips of a stop close this long before the burst and let go this long after it; in seconds.
_CLOSURE, _RELEASE = 0.05, 0.015
_CLOSING = 0.03
_FASTEST_HZ = 12.0
# Aperture 1 of a mouth shape, the widest opening of ordinary speech, in that of a mouth track.
_OPENING = 0.72
# How much wider or narrower a speaker opens from clip to clip, as a share.
_MOOD = 0.08
_MIDDLE_APERTURE = 0.55
_APERTURE, _WIDTH, _PROTRUSION, _UPPER_TEETH, _CLOSED = 0, 1, 2, slice(3, 5), 7


@dataclass(frozen=True)
class _Gesture:
    """One pull: from ``start`` to ``end`` in seconds towards ``targets`` [8] with strengths ``holds`` [8]."""

    start: float
    end: float
    targets: np.ndarray
    holds: np.ndarray


def articulate(
    phones: Sequence[Segment], frames: int, style: ArticulationStyle, rng: np.random.Generator
) -> MouthTrack:
    """Move the lips for what is said.

    Args:
        phones: ARPAbet phones in the order of speaking; stops start with their closure.
        frames: length T of the clip.
        style: the speaker's manner.
        rng: decides how this time differs from other times.
    """
    times = np.arange(frames * _STEPS) / (FRAME_RATE * _STEPS)
    gestures = [
        _in_style(gesture, phone.label, style, rng) for phone in phones for gesture in _gestures(phone, style.lead)
    ]
    movement = _balance(gestures, times, phones[0].start, phones[-1].end, style)
    parted = np.maximum(0, movement[:, _APERTURE] - style.seal) / (1 - style.seal)
    movement[:, _APERTURE] = _OPENING * style.opening * (1 + _MOOD * rng.standard_normal()) * parted
    _press_lips(movement, phones, times)
    smooth = sosfiltfilt(butter(2, _FASTEST_HZ, fs=FRAME_RATE * _STEPS, output="sos"), movement, axis=0)
    exposed = smooth.reshape(frames, _STEPS, -1)[:, :_EXPOSED].mean(axis=1)
    return MouthTrack(np.clip(exposed, LOWEST, HIGHEST).astype(np.float32))


def _gestures(phone: Segment, lead: float) -> Iterator[_Gesture]:
    """The pulls of one phone: a diphthong has two halves, an affricate a short stop before its fricative."""
    shapes = SHAPES[phone.label]
    start, end = phone.start, phone.end
    if phone.label in STOPS:
        burst = start + CLOSURES.get(phone.label, 0.0)
        start, end = burst - _CLOSURE, min(end, burst + _RELEASE)
    parts = np.linspace(0, 1, len(shapes) + 1)
    if len(shapes) > 1:
        parts[1] = 0.35 if phone.label in AFFRICATES else 0.55
    edges = start - lead + parts * (end - start)
    for shape, span in zip(shapes, pairwise(edges), strict=True):
        yield _Gesture(*span, shape.targets, shape.holds)


def _in_style(gesture: _Gesture, phone: str, style: ArticulationStyle, rng: np.random.Generator) -> _Gesture:
    """How this speaker does it, this time."""
    targets = gesture.targets.copy()
    aperture, width, protrusion = style.offsets[VISEME_OF[phone]]
    if phone not in LABIALS:
        targets[_APERTURE] = _MIDDLE_APERTURE + style.clarity * (targets[_APERTURE] - _MIDDLE_APERTURE) + aperture
    targets[_WIDTH] = style.spreading * (targets[_WIDTH] + width)
    targets[_PROTRUSION] = style.rounding * (targets[_PROTRUSION] + protrusion)
    targets[_UPPER_TEETH] += style.teeth
    targets[: _PROTRUSION + 1] *= 1 + style.restlessness * rng.standard_normal(3)
    targets[_APERTURE] = max(0.0, targets[_APERTURE])
    return _Gesture(gesture.start, gesture.end, targets, gesture.holds)


def _balance(
    gestures: Sequence[_Gesture], times: np.ndarray, speech_start: float, speech_end: float, style: ArticulationStyle
) -> np.ndarray:
    """The mouth [N,8] at ``times`` [N] between all gestures, and the rest before and after them."""
    starts, ends = np.array([[gesture.start, gesture.end] for gesture in gestures]).T
    distance = np.maximum(0, np.maximum(starts[:, None] - times, times - ends[:, None]))
    dominance = np.exp(-((distance / (_REACH * style.sluggishness)) ** _DECAY))
    strength = dominance[:, :, None] * np.array([gesture.holds for gesture in gestures])[:, None, :]
    targets = np.array([gesture.targets for gesture in gestures])[:, None, :]
    before = 1 / (1 + np.exp((times - speech_start + 0.12) / 0.035))
    after = 1 / (1 + np.exp((speech_end - times) / 0.06))
    rest = 2 * (before + after)[:, None] + 1e-6
    pose = REST.targets
    pose[_APERTURE] = style.rest
    return ((strength * targets).sum(axis=0) + rest * pose) / (strength.sum(axis=0) + rest)


def _press_lips(movement: np.ndarray, phones: Sequence[Segment], times: np.ndarray) -> None:
    """Close the lips for every p, b and m, in place."""
    for phone in phones:
        if phone.label not in BILABIALS:
            continue
        closed_from, closed_to = phone.start, phone.end
        if phone.label in STOPS:
            closed_to = phone.start + CLOSURES[phone.label]
            closed_from = closed_to - _CLOSURE
        distance = np.maximum(0, np.maximum(closed_from - times, times - closed_to))
        touch = np.exp(-((distance / _CLOSING) ** 2))
        movement[:, _APERTURE] *= 1 - touch
        movement[:, _CLOSED] = np.maximum(movement[:, _CLOSED], 0.9 * touch)
