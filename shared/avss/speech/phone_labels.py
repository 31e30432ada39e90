"""From phones with times to one phone and a confidence per video frame.

A frame lasts 40 ms and a stop consonant not much longer, so what a frame *shows* is a mixture, and an edge that is
only roughly known is spread over several frames. Both are told by one number. Let the edge between two phones lie at
``e`` with the standard deviation ``d``; it is over at time ``t`` with the probability Φ((t − e) / d). The mean of that
over a frame is in closed form, and the difference between the two edges of a phone is the share of the frame that is
expected to be that phone. The phone with the largest share is the frame's label, and its share is the confidence:
1 in the middle of a long vowel, 0.5 where two phones meet, less where nothing is known well.

>>> timeline = Timeline(("HH", "AY"), np.array([0.0, 0.06, 0.12]), np.zeros(3))
>>> labels = label_frames(timeline, T=4)
>>> [PHONES[phone] for phone in labels.phones], labels.confidence.tolist()
(['HH', 'AY', 'AY', 'SIL'], [1.0, 0.5, 1.0, 1.0])
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from avss.errors import AvssError
from avss.rates import FRAME_RATE
from avss.speech.phones import PHONES, SILENCE, UnknownPhoneError

_INDEX = {phone: index for index, phone in enumerate(PHONES)}
_LEAST_DOUBT = 1e-12  # seconds; spares the formula a division by zero


class LabelError(AvssError):
    """A clip whose frames cannot be labelled: nothing is known of what is said, or nothing was heard."""


@dataclass(frozen=True)
class PhoneLabels:
    """What is said in each of the T frames of a clip.

    Attributes:
        phones: int8 [T], indices into :data:`~avss.speech.phones.PHONES`.
        confidence: float32 [T] in [0, 1]; a frame with 0 has no label and must not be learned from.
        unknown: sounds of the clip that are no phone of the inventory, as their source writes them.
    """

    phones: np.ndarray
    confidence: np.ndarray
    unknown: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.phones)


@dataclass(frozen=True)
class Timeline:
    """N phones that follow each other without gaps; before and after them is silence.

    Attributes:
        phones: N phones of :data:`~avss.speech.phones.PHONES`; ``None`` is a sound that is none of them.
        edges: float [N+1], the times in seconds at which they begin, and the last one ends.
        doubt: float [N+1], the standard deviation of each edge in seconds.

    Raises:
        LabelError: the edges run backwards or are not finite.
        UnknownPhoneError: a phone is not of the inventory.
    """

    phones: tuple[str | None, ...]
    edges: np.ndarray
    doubt: np.ndarray

    def __post_init__(self) -> None:
        if not np.isfinite(self.edges).all() or (np.diff(self.edges) < 0).any():
            raise LabelError(
                f"the phones {' '.join(map(str, self.phones))} have the edges {np.round(self.edges, 3).tolist()}",
                "finite times in seconds, none before the one before it",
                "repair the alignment of this clip",
            )
        for phone in self.phones:
            if phone is not None and phone not in _INDEX:
                wanted = f"one of {' '.join(PHONES)}"
                raise UnknownPhoneError(f"the phone {phone!r}", wanted, "map it to the nearest phone there")


def label_frames(timeline: Timeline, T: int) -> PhoneLabels:
    """The phone that takes the largest share of each of ``T`` frames, and that share.

    Frames of a sound that is not of the inventory go to its neighbours with what share they have, so that their
    confidence is low and in the middle of a long one 0.
    """
    over = np.minimum.accumulate(_share_over(timeline.edges, timeline.doubt, T))  # [N+1,T]
    all_of_it, none_of_it = np.ones((1, T)), np.zeros((1, T))
    shares = -np.diff(np.concatenate([all_of_it, over, none_of_it]), axis=0)  # [N+2,T]

    expected = np.zeros((len(PHONES), T))
    for phone, share in zip((SILENCE, *timeline.phones, SILENCE), shares, strict=True):
        if phone is not None:
            expected[_INDEX[phone]] += share
    confidence = np.clip(expected.max(axis=0), 0, 1)
    return PhoneLabels(expected.argmax(axis=0).astype(np.int8), confidence.astype(np.float32))


def _share_over(edges: np.ndarray, doubt: np.ndarray, T: int) -> np.ndarray:
    """The expected share of each frame that comes after each edge, float64 [N+1,T].

    ∫ Φ(z) dt = d · (z · Φ(z) + φ(z)) with z = (t − e) / d.
    """
    spread = np.maximum(doubt, _LEAST_DOUBT)[:, None]
    z = (np.arange(T + 1) / FRAME_RATE - edges[:, None]) / spread
    integral = spread * (z * ndtr(z) + np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi))
    return np.diff(integral, axis=1) * FRAME_RATE
