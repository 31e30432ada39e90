"""What a separation finds doubtful about itself, so that nobody has to find it out by listening.

Separators fail in ways that sound convincing: two files with one voice, or a voice for somebody who is silent. And some
videos cannot be separated well, whatever the net: faces that are small, turned away or mostly out of sight, or a sound
that is not in step with the lips.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from avss.inference.impressions import Impressions
from avss.inference.person import Person
from avss.rates import FRAME_RATE
from avss.vision.face_crop import turns
from avss.vision.mouth import apertures
from avss.vision.normalisation import normalise
from avss.vision.speaking import best_lag, loudness, rhythm

Doubt = Literal["copies", "never speaks", "seldom seen", "small", "turned", "out of step"]

_COPIES = 0.9  # correlation: the one is the other but for a quarter of its power
_SPEAKS = 0.02  # share of the frames in which somebody is seen
_SEEN = 0.5
_SMALL = 64.0  # pixels of a picture of 640: below, landmarks are off by more than a closed mouth
_TURNED = 0.1  # how far the nose is beside the middle of the eyes, in distances of the outer corners of the eyes
# Frames. Speech repeats itself every syllable, so that less than ten seconds fit in several places, and only phrases
# tell which one is right.
_IN_STEP, _LEAST, _MOST = 2, 250, 1500
_PHRASES = 0.3  # Hz
# Correlation of mouths and sound: where they fit best, and how much better that is than in step.
_CLEAR, _BETTER = 0.3, 0.1


@dataclass(frozen=True)
class Finding:
    """Something doubtful.

    Attributes:
        doubt: which kind.
        faces: names of those it is about; none where it is about the video.
        sentence: for people to read.
    """

    doubt: Doubt
    faces: list[str]
    sentence: str


def check(people: Sequence[Person], heard: Impressions, spoken: np.ndarray) -> list[Finding]:
    """Look for doubtful things in separated voices.

    Args:
        people: the K whose voices they are.
        heard: what is remembered of the voices.
        spoken: the frames in which each speaks, bool [K,T].
    """
    findings = _copies(people, heard)
    for person, speaks in zip(people, spoken, strict=True):
        findings += _of_one(person, float(speaks[person.valid].mean()))
    return findings + _out_of_step(people, heard, spoken)


def _copies(people: Sequence[Person], heard: Impressions) -> list[Finding]:
    pairs = np.argwhere(np.triu(heard.likeness > _COPIES, k=1))
    return [
        Finding(
            "copies",
            [people[a].name, people[b].name],
            f"{people[a].name} and {people[b].name} sound nearly the same ({heard.likeness[a, b]:.0%} alike): "
            "one of the two voices is probably not theirs",
        )
        for a, b in pairs
    ]


def _of_one(person: Person, spoken: float) -> list[Finding]:
    name, found = person.name, []
    if spoken < _SPEAKS:
        found.append(Finding("never speaks", [name], f"{name} is seen and hardly ever heard"))
    seen = float(person.valid.mean())
    if seen < _SEEN:
        sentence = f"{name} is seen in {seen:.0%} of the video, and silent in its file in the rest"
        found.append(Finding("seldom seen", [name], sentence))
    width = float(np.nanmedian(person.boxes[:, 2] - person.boxes[:, 0]))
    if width < _SMALL:
        sentence = f"{name} is {width:.0f} pixels wide in a picture of 640: its lips cannot be read well"
        found.append(Finding("small", [name], sentence))
    turn = _turn(person)
    if turn > _TURNED:
        sentence = f"{name} is turned away from the camera: lips are read well from the front"
        found.append(Finding("turned", [name], sentence))
    return found


def _turn(person: Person) -> float:
    """Median distance of the nose from the middle of the eyes, on the canonical face."""
    frames = np.flatnonzero(person.valid)
    some = frames[:: max(1, len(frames) // 50)]
    face = normalise(np.concatenate([person.landmarks(frame, frame + 1) for frame in some]))
    return float(np.median(turns(face)))


def _out_of_step(people: Sequence[Person], heard: Impressions, spoken: np.ndarray) -> list[Finding]:
    """Whether the sound as a whole is early or late beside the mouths that are seen."""
    start, stop = _telling(np.array([person.valid for person in people]), heard.audible(), spoken)
    if not any(person.valid[start:stop].sum() >= _LEAST for person in people):
        return []
    loud = rhythm(loudness(heard.powers[0, start:stop]), _PHRASES)
    openings = [
        rhythm(apertures(person.landmarks(start, stop)) * person.valid[start:stop], _PHRASES) for person in people
    ]
    opening = np.sum(openings, axis=0)
    lag, agreement = best_lag(opening, loud, most=FRAME_RATE // 2)
    in_step = best_lag(opening, loud, most=_IN_STEP)[1]
    if agreement < max(_CLEAR, in_step + _BETTER):
        return []
    when = "late" if lag < 0 else "early"
    sentence = f"the sound is about {abs(lag) * 1000 // FRAME_RATE} ms too {when} for the lips"
    return [Finding("out of step", [], sentence)]


def _telling(seen: np.ndarray, audible: np.ndarray, spoken: np.ndarray) -> tuple[int, int]:
    """First frame, and the one after the last, of the minute in which most faces are seen while something is heard.

    A face that speaks counts twice, and not it alone: who is out of step is separated badly, or not at all.

    Args:
        seen: bool [K,T].
        audible: frames in which anything is heard, bool [T].
        spoken: frames in which each speaks, bool [K,T].
    """
    T = len(audible)
    told = np.concatenate([[0], np.cumsum(audible * (seen * (1 + spoken)).sum(axis=0))])
    length = min(_MOST, T)
    start = int(np.argmax(told[length:] - told[: T + 1 - length]))
    return start, start + length
