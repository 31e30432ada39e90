"""Separating sound of any length, window by window, in the memory of one window.

A net that has learned from clips of some seconds is asked about stretches of that length. Neighbours overlap, and there
one fades into the other. As every voice comes out at its own level and at the place of its own face, neighbours agree,
and nothing has to be matched.

In each window only those people are separated who are seen in it; the others are silent there.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import torch

from avss.data.visual import Visual, seen_points, stack, to_tensor
from avss.errors import SettingsError
from avss.inference.person import Person
from avss.media.sound_queue import SoundQueue
from avss.models.audio_visual import AudioVisualSeparator
from avss.rates import samples_in


@dataclass(frozen=True)
class Windows:
    """How a video is divided.

    Attributes:
        length: frames of a window.
        overlap: frames that it shares with the next one.
    """

    length: int = 100
    overlap: int = 25

    def __post_init__(self) -> None:
        if self.length < 1 or not 0 <= self.overlap <= self.length // 2:
            what = f"windows of {self.length} frames that overlap by {self.overlap}"
            raise SettingsError(what, "an overlap of at most half a window", "change one of them")

    def starts(self, T: int) -> list[int]:
        """First frames of the windows over T frames; the last one is as long as the others where T allows it."""
        last = max(0, T - self.length)
        return [*range(0, last, self.length - self.overlap), last]


USUAL = Windows()


class Separated(NamedTuple):
    """Some consecutive frames: the ``mixture`` float32 [n], and the ``voices`` in it, float32 [K,n]."""

    mixture: np.ndarray
    voices: np.ndarray

    @property
    def rest(self) -> np.ndarray:
        """What of the mixture is in none of the voices, float32 [n]."""
        return self.mixture - self.voices.sum(axis=0)


def separate_windows(
    model: AudioVisualSeparator, sound: SoundQueue, people: Sequence[Person], T: int, windows: Windows = USUAL
) -> Iterator[Separated]:
    """Separate K people, window by window; what is yielded makes up 640·T samples, in whole frames.

    Args:
        model: on the device that is to work.
        sound: the mixture at 16 kHz from frame 0 on; it is taken as far as it is needed.
        people: whose voices.
        T: number of frames.
        windows: how to divide them.
    """
    fading = _Fading(len(people), samples_in(windows.overlap))
    mixture, first = np.zeros(0, np.float32), 0
    for start, following in pairwise([*windows.starts(T), T]):
        stop = min(start + windows.length, T)
        wanted = samples_in(stop) - first - len(mixture)
        mixture = np.concatenate([mixture, sound.exactly(wanted)])[samples_in(start) - first :]
        first = samples_in(start)
        fading.add(_voices(model, mixture, people, start, stop), first)
        done = fading.until(samples_in(following))
        yield Separated(mixture[: done.shape[1]], done)


def _voices(
    model: AudioVisualSeparator, mixture: np.ndarray, people: Sequence[Person], start: int, stop: int
) -> np.ndarray:
    """The voices [K,S] of one window."""
    voices = np.zeros((len(people), len(mixture)), np.float32)
    seen = [k for k, person in enumerate(people) if person.valid[start:stop].any()]
    if seen:
        device = next(model.parameters()).device
        faces = stack([_visual(people[k], start, stop) for k in seen])
        shown = Visual(*(part[None].to(device) for part in faces))
        with torch.inference_mode():
            heard = model(torch.from_numpy(mixture)[None].to(device), shown)[0]
        voices[seen] = heard.cpu().numpy()
    return voices


def _visual(person: Person, start: int, stop: int) -> Visual:
    """What is seen of a person in a window, without B."""
    points, valid = seen_points(person.landmarks(start, stop), person.valid[start:stop])
    parts = (points, person.mouths(start, stop), valid, person.shape, person.picture)
    return Visual(*map(to_tensor, parts))


class _Fading:
    """Adds windows of K voices, which fade in and out over ``ramp`` samples."""

    def __init__(self, K: int, ramp: int) -> None:
        self._ramp, self._first = ramp, 0
        self._sum, self._weight = np.zeros((K, 0), np.float32), np.zeros(0, np.float32)

    def add(self, voices: np.ndarray, start: int) -> None:
        """Add a window [K,S] whose first sample is ``start``."""
        steps = np.arange(1, voices.shape[1] + 1, dtype=np.float32)
        weight = np.minimum(np.minimum(steps, steps[::-1]) / (self._ramp + 1), 1)
        place = start - self._first
        more = place + len(weight) - len(self._weight)
        self._sum, self._weight = np.pad(self._sum, ((0, 0), (0, more))), np.pad(self._weight, (0, more))
        self._sum[:, place:] += voices * weight
        self._weight[place:] += weight

    def until(self, stop: int) -> np.ndarray:
        """The voices [K,n] up to sample ``stop``, which no later window changes."""
        n, self._first = stop - self._first, stop
        done = self._sum[:, :n] / self._weight[:n]
        self._sum, self._weight = self._sum[:, n:], self._weight[n:]
        return done
