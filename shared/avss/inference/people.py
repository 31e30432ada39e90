"""From tracklets to people: who is who over the whole video, across borders of segments, absences and cuts.

First, tracklets that go on from one another are put into chains by the rule of the tracker: within a second, in one
place and looking alike. Then, from the chain seen longest to the shortest, each joins the person whose descriptor is
nearest to its own, if that is near enough, or is a new one. Two that are seen at the same time are never one person.

People are numbered in the order in which they first appear, and from left to right when they appear in the same
second.
"""

from collections.abc import Iterable, Sequence

import numpy as np

from avss.errors import FaceError, SettingsError
from avss.inference.person import Person, known_frames
from avss.inference.tracklets import Tracklet
from avss.rates import FRAME_RATE
from avss.vision.detector import Box
from avss.vision.identity import DIMENSIONS, SAME_PERSON
from avss.vision.likeness import ALIKE
from avss.vision.matching import LINKED

Chain = list[Tracklet]

# A chain goes on after an absence of no more than this many frames.
_ABSENCE = FRAME_RATE

# A chain that is seen for fewer frames, 0.4 s, or never with this certainty of the detector, may belong to somebody who
# is seen elsewhere; on its own it is a passer-by or a mistake. Over clips of GRID the certainty is 0.73 at least.
_BLINK = 10
_CERTAIN = 0.3

_ONE_FACE = f"a face seen from the front, at least 80 pixels wide, for {_BLINK / FRAME_RATE} s"


class _Somebody:
    """A person under construction, in a video of T frames."""

    def __init__(self, T: int) -> None:
        self.tracklets: Chain = []
        self.valid = np.zeros(T, bool)
        self._total = np.zeros(DIMENSIONS)

    def add(self, chain: Chain) -> None:
        self.tracklets += chain
        self._total += _total(chain)
        for tracklet in chain:
            self.valid[tracklet.start : tracklet.stop] |= tracklet.valid

    def distance(self, chain: Chain) -> float:
        """Distance of the mean descriptors, in which a frame counts as much as any other."""
        return float(np.linalg.norm(self._total / self.valid.sum() - _total(chain) / _frames(chain)))

    def meets(self, chain: Chain) -> bool:
        """Whether both are seen in one frame."""
        return any((self.valid[each.start : each.stop] & each.valid).any() for each in chain)

    @property
    def first(self) -> Tracklet:
        return min(self.tracklets, key=lambda tracklet: tracklet.start)

    def finish(self, name: str) -> Person:
        tracklets = tuple(sorted(self.tracklets, key=lambda tracklet: tracklet.start))
        boxes = np.full((len(self.valid), 4), np.nan, np.float32)
        for tracklet in tracklets:
            known = known_frames(tracklet, self.valid)
            boxes[tracklet.start : tracklet.stop][known] = tracklet.boxes[known]
        best = max(tracklets, key=lambda tracklet: tracklet.neutrality)
        return Person(name, boxes, self.valid, best.picture, best.shape, tracklets)


def find_people(tracklets: Sequence[Tracklet], T: int, wanted: int | None = None) -> list[Person]:
    """Join the tracklets of a video into people.

    Args:
        tracklets: of the whole video.
        T: frames of the video.
        wanted: how many people to return, those seen longest; ``None`` for all who are not just a blink.

    Raises:
        FaceError: there is no face, or there are fewer than ``wanted``.
        SettingsError: ``wanted`` is below one.
    """
    if wanted is not None and wanted < 1:
        raise SettingsError(f"{wanted} faces", "at least one", "leave the number out to get all faces")
    people = _joined(_chains(tracklets), T)
    if not people:
        raise FaceError(f"no face was found in {T / FRAME_RATE:.1f} s of video", _ONE_FACE, "film the faces closer")
    if wanted is not None and len(people) < wanted:
        found = f"{len(people)} {'face was' if len(people) == 1 else 'faces were'} found instead of {wanted}"
        raise FaceError(found, f"{wanted} times {_ONE_FACE}", "ask for fewer faces, or for all that are found")
    chosen = sorted(people, key=lambda person: -person.valid.sum())[:wanted]
    return [person.finish(f"face{number}") for number, person in enumerate(_in_order(chosen), start=1)]


def _chains(tracklets: Iterable[Tracklet]) -> list[Chain]:
    chains: list[Chain] = []
    recent: list[Chain] = []
    for tracklet in sorted(tracklets, key=lambda tracklet: tracklet.start):
        recent = [chain for chain in recent if tracklet.start - chain[-1].stop <= _ABSENCE]
        before = [chain for chain in recent if _goes_on(chain[-1], tracklet)]
        if before:
            max(before, key=lambda chain: _overlap(chain[-1], tracklet)).append(tracklet)
        else:
            chains.append([tracklet])
            recent.append(chains[-1])
    return chains


def _goes_on(before: Tracklet, after: Tracklet) -> bool:
    """Whether the face that ends with ``before`` is seen again, in the same place, at the beginning of ``after``."""
    alike = float(before.looks[1] @ after.looks[0]) >= ALIKE
    return before.stop <= after.start and alike and _overlap(before, after) >= LINKED


def _overlap(before: Tracklet, after: Tracklet) -> float:
    return Box(*before.boxes[-1].tolist()).overlap(Box(*after.boxes[0].tolist()))


def _joined(chains: Iterable[Chain], T: int) -> list[_Somebody]:
    people: list[_Somebody] = []
    for chain in sorted(chains, key=_frames, reverse=True):
        near = [(person.distance(chain), place) for place, person in enumerate(people) if not person.meets(chain)]
        distance, place = min(near, default=(np.inf, 0))
        if distance <= SAME_PERSON:
            people[place].add(chain)
        elif _is_somebody(chain):
            people.append(_Somebody(T))
            people[-1].add(chain)
    return people


def _is_somebody(chain: Chain) -> bool:
    return _frames(chain) >= _BLINK and max(tracklet.score for tracklet in chain) >= _CERTAIN


def _in_order(people: Iterable[_Somebody]) -> list[_Somebody]:
    waiting, ordered = sorted(people, key=lambda person: person.first.start), []
    while waiting:
        second = waiting[0].first.start + FRAME_RATE
        together = [person for person in waiting if person.first.start < second]
        ordered += sorted(together, key=lambda person: person.first.boxes[0, 0])
        waiting = waiting[len(together) :]
    return ordered


def _frames(chain: Chain) -> int:
    return sum(int(tracklet.valid.sum()) for tracklet in chain)


def _total(chain: Chain) -> np.ndarray:
    """Sum of the descriptors [128] over all frames."""
    return sum((tracklet.valid.sum() * tracklet.descriptor for tracklet in chain), np.zeros(DIMENSIONS))
