"""One person in a video: where the face is all along, and what it shows in any stretch of frames, read from disk."""

from dataclasses import dataclass, field

import numpy as np

from avss.inference.tracklets import Tracklet
from avss.vision.landmarks import POINTS
from avss.vision.mouth import CROP


@dataclass(frozen=True, eq=False)
class Person:
    """One person through the T frames of a video.

    Attributes:
        name: "face1", "face2" …
        boxes: float32 [T,4], left, top, right and bottom of the face, in pixels of the picture shrunk to 640 on its
            longest side; NaN where it is not known.
        valid: bool [T], the face was seen in this frame.
        picture: uint8 [64,64,3], its most neutral picture.
        shape: float32 [68,2], the face at rest.
        tracklets: where it was followed.
    """

    name: str
    boxes: np.ndarray
    valid: np.ndarray
    picture: np.ndarray
    shape: np.ndarray
    tracklets: tuple[Tracklet, ...] = field(repr=False)
    _recent: dict[str, dict[Tracklet, np.ndarray]] = field(default_factory=dict, init=False, repr=False)

    def landmarks(self, start: int, stop: int) -> np.ndarray:
        """Landmarks float32 [n,68,2] in pixels of n frames from ``start`` on, from disk; zeros where not known.

        Raises:
            StoreError: a file of the tracklets is missing or damaged.
        """
        return self._read("landmarks", np.zeros((stop - start, POINTS, 2), np.float32), start)

    def mouths(self, start: int, stop: int) -> np.ndarray:
        """Inside of the mouth, uint8 [n,32,48], of n frames from ``start`` on, from disk; zeros where not known.

        Raises:
            StoreError: a file of the tracklets is missing or damaged.
        """
        return self._read("mouth", np.zeros((stop - start, *CROP), np.uint8), start)

    def _read(self, name: str, values: np.ndarray, start: int) -> np.ndarray:
        stop = start + len(values)
        here = [tracklet for tracklet in self.tracklets if tracklet.start < stop and tracklet.stop > start]
        recent = self._recent.get(name, {})
        # Who goes through a video asks for a tracklet many times in a row.
        self._recent[name] = {each: recent[each] if each in recent else each.read(name) for each in here}
        for tracklet, followed in self._recent[name].items():
            first, last = max(start, tracklet.start), min(stop, tracklet.stop)
            within = slice(first - tracklet.start, last - tracklet.start)
            known = known_frames(tracklet, self.valid)[within]
            values[first - start : last - start][known] = followed[within][known]
        return values


def known_frames(tracklet: Tracklet, valid: np.ndarray) -> np.ndarray:
    """Where to believe a tracklet, bool [n]: where it saw the face, or bridged a gap in which no other one saw it.

    Args:
        tracklet: n frames.
        valid: bool [T], where its person is seen in any tracklet.
    """
    seen_elsewhere = valid[tracklet.start : tracklet.stop] & ~tracklet.valid
    return ~np.isnan(tracklet.boxes[:, 0]) & ~seen_elsewhere
