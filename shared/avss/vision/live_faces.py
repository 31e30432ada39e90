"""Following K faces as they come from a camera: picture by picture, with no look ahead and no way back.

The detector is asked now and then, at once when somebody is lost, and more often while somebody is missing. In between,
the landmarks of one picture give the box in which those of the next are found. A face that changes its look on the way,
or is not there when the detector looks, is lost until it is detected again; its frames are frames without a face.

Each of K places belongs to one person. The first faces found take them, from left to right; who was lost gets the place
back by looking alike, wherever that is in the picture.
"""

from typing import NamedTuple

import cv2
import numpy as np

from avss.errors import MediaError, SettingsError
from avss.vision.detector import FaceDetector
from avss.vision.landmarks import POINTS, LandmarkPredictor, box_around
from avss.vision.likeness import ALIKE, looks
from avss.vision.matching import SAME, matched, overlaps
from avss.vision.mouth import CROP, crop_mouths

# Pictures from one detection to the next, while everybody is seen and while somebody is missing.
_DETECT_EVERY, _SEARCH_EVERY = 15, 5


class FaceFrames(NamedTuple):
    """What is seen of K faces in n consecutive frames.

    Attributes:
        landmarks: float32 [K,n,68,2], pixels.
        mouths: uint8 [K,n,32,48], the inside of the mouth.
        valid: bool [K,n], the face was seen; where it was not, the others may hold anything, NaN included.
    """

    landmarks: np.ndarray
    mouths: np.ndarray
    valid: np.ndarray


class _Sight(NamedTuple):
    """A face in one picture: its ``landmarks`` [68,2] and ``look`` [480]."""

    landmarks: np.ndarray
    look: np.ndarray


def check_pictures(pictures: np.ndarray) -> None:
    """Refuse what is no row of pictures, uint8 RGB [n,H,W,3].

    Raises:
        MediaError: this is none.
    """
    if pictures.ndim != 4 or pictures.shape[-1] != 3 or pictures.dtype != np.uint8 or 0 in pictures.shape:
        what = f"pictures {pictures.dtype} {list(pictures.shape)}"
        raise MediaError(what, "uint8 [n,H,W,3], red, green and blue", "convert what the camera gives")


class LiveFaces:
    """Follows K faces.

    Args:
        K: number of people.
        detector: finds faces in one picture.
        predictor: finds the points of one face.

    Raises:
        SettingsError: K is below one.
    """

    def __init__(self, K: int, detector: FaceDetector, predictor: LandmarkPredictor) -> None:
        if K < 1:
            raise SettingsError(f"{K} faces", "at least one", "say how many people are to be heard")
        self._detector, self._predictor = detector, predictor
        self._K = K
        self._seen: dict[int, _Sight] = {}
        self._lost: set[int] = set()
        # How those who have a place looked when they were last detected: who turns away slowly looks less and less so.
        self._looks: dict[int, np.ndarray] = {}
        self._until_detection = 0

    def look(self, pictures: np.ndarray) -> FaceFrames:
        """Follow the faces through the next pictures, uint8 RGB [n,H,W,3].

        Raises:
            MediaError: these are no such pictures.
        """
        check_pictures(pictures)
        K, n = self._K, len(pictures)
        found = FaceFrames(
            np.zeros((K, n, POINTS, 2), np.float32), np.zeros((K, n, *CROP), np.uint8), np.zeros((K, n), bool)
        )
        for t, picture in enumerate(pictures):
            grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
            self._follow(grey)
            for k, sight in self._seen.items():
                found.valid[k, t], found.landmarks[k, t] = True, sight.landmarks
                found.mouths[k, t] = crop_mouths([grey], sight.landmarks[None])[0]
        return found

    def _follow(self, grey: np.ndarray) -> None:
        carried = {k: self._sight(grey, before.landmarks) for k, before in self._seen.items()}
        changed = {k for k, now in carried.items() if now.look @ self._seen[k].look < ALIKE}
        self._lose(changed)
        self._seen = {k: carried[k] for k in self._seen}
        if changed or self._until_detection == 0:
            self._detect(grey)
            self._until_detection = _DETECT_EVERY if len(self._seen) == self._K else _SEARCH_EVERY
        self._until_detection -= 1

    def _lose(self, places: set[int]) -> None:
        for k in places:
            del self._seen[k]
        self._lost |= places

    def _detect(self, grey: np.ndarray) -> None:
        """Ask the detector: who is not there is lost, and who is back, or new, is seen."""
        faces, places = self._detector(grey), list(self._seen)
        there = matched(overlaps([sight.landmarks for sight in self._seen.values()], faces), SAME)
        self._lose({*places} - {places[row] for row, _ in there})
        known = {at for _, at in there}
        strangers = [face for at, face in enumerate(faces) if at not in known]
        self._welcome([self._sight(grey, self._predictor(grey, face.box)) for face in strangers])
        self._looks |= {k: sight.look for k, sight in self._seen.items()}

    def _welcome(self, sights: list[_Sight]) -> None:
        """Give faces, the largest first, to those who are lost, and to places that nobody has yet."""
        places = sorted(self._lost)
        alike = np.array([[self._looks[k] @ sight.look for sight in sights] for k in places])
        back = {at: places[row] for row, at in matched(alike.reshape(len(places), len(sights)), ALIKE)}
        self._seen |= {k: sights[at] for at, k in back.items()}
        self._lost -= {*back.values()}
        free = [k for k in range(self._K) if k not in self._seen and k not in self._lost]
        new = [sight for at, sight in enumerate(sights) if at not in back][: len(free)]
        new.sort(key=lambda sight: float(sight.landmarks[:, 0].mean()))
        self._seen |= dict(zip(free, new, strict=False))

    def _sight(self, grey: np.ndarray, landmarks: np.ndarray) -> _Sight:
        """The face near ``landmarks`` [68,2]."""
        landmarks = self._predictor(grey, box_around(landmarks))
        return _Sight(landmarks, looks([grey], landmarks[None])[0])
