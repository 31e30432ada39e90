"""Following every face through a clip: where its 68 points are, frame by frame, and what its mouth shows.

The detector is asked on every fifteenth frame only. In between, the landmarks of one frame give the box in which
those of the next are found; this is not just cheaper than detecting every time but also steadier, because the
detector's boxes jump in steps of several pixels. When a face carried to the next detection is not confirmed there,
when it changes its look on the way, or when another face is there as well, the detector is asked on each frame of
that stretch, so that the frames in which a face is really seen are known exactly. Nothing is ever taken from a frame
in which a face was lost, or that is damaged.

A face that appears where another one was lost goes on with its track only if it looks like it. So a hand before the
face does not end a track, and a cut to somebody else in the same place does.

Pictures are looked at once and let go, so a long video needs no more memory than a short one.
"""

import functools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

import numpy as np

from avss.media.frame import Frame
from avss.vision.detector import FaceDetector, HogDetector
from avss.vision.face_crop import FaceCrop, crop_face, neutrality
from avss.vision.gaps import bridge_gaps
from avss.vision.landmarks import LandmarkPredictor, box_around
from avss.vision.likeness import ALIKE, is_one_face, looks
from avss.vision.matching import LINKED, SAME, matched, overlaps
from avss.vision.mouth import crop_mouths

DETECT_EVERY = 15


@dataclass(frozen=True)
class FaceTrack:
    """One face through the T frames of a clip.

    Attributes:
        landmarks: float32 [T,68,2], pixels.
        mouth: uint8 [T,32,48], the inside of the mouth.
        valid: bool [T], the face was seen in this frame; elsewhere short gaps are bridged and long ones zero.
        face: uint8 [64,64,3], the most neutral picture of the face.
        neutrality: how neutral and sharp that picture is (larger is better).
        looks: float32 [2,480], what the face looks like when it is first and last seen, as
            :func:`~avss.vision.likeness.looks` has it.
        score: mean certainty of the detector.
    """

    landmarks: np.ndarray
    mouth: np.ndarray
    valid: np.ndarray
    face: np.ndarray
    neutrality: float
    looks: np.ndarray
    score: float


@dataclass
class _Growing:
    """A track under construction."""

    landmarks: np.ndarray
    first_look: np.ndarray
    look: np.ndarray
    face: FaceCrop
    frames: list[int] = field(default_factory=list)
    seen: list[np.ndarray] = field(default_factory=list)
    mouths: list[np.ndarray] = field(default_factory=list)
    scores: list[float] = field(default_factory=list)

    def extend(self, start: int, frames: Sequence[Frame], path: np.ndarray, score: float) -> None:
        """Add consecutive frames, from number ``start`` on, with their landmarks ``path`` [n,68,2]."""
        self.landmarks = path[-1]
        self.scores.append(score)
        intact = [i for i, frame in enumerate(frames) if not frame.damaged]
        if not intact:
            return
        path = path[intact]
        self.look = looks([frames[intact[-1]].grey], path[-1:])[0]
        self.frames += [start + i for i in intact]
        self.seen += list(path)
        self.mouths += list(crop_mouths([frames[i].grey for i in intact], path))
        best = int(neutrality(path).argmax())
        self.face = max(self.face, crop_face(frames[intact[best]].rgb, path[best]), key=lambda crop: crop.score)

    def finish(self, T: int) -> FaceTrack:
        """The track of a film of T frames, with what is missed between two looks bridged."""
        valid = np.zeros(T, bool)
        landmarks, mouth = np.zeros((T, 68, 2), np.float32), np.zeros((T, 32, 48), np.uint8)
        valid[self.frames] = True
        landmarks[self.frames], mouth[self.frames] = self.seen, self.mouths
        return FaceTrack(
            landmarks=bridge_gaps(landmarks, valid),
            mouth=bridge_gaps(mouth, valid),
            valid=valid,
            face=self.face.picture,
            neutrality=self.face.score,
            looks=np.stack([self.first_look, self.look]).astype(np.float32),
            score=float(np.mean(self.scores)),
        )


class FaceFollower:
    """Follows faces with a detector and a landmark predictor.

    Args:
        detector: finds faces in one picture.
        predictor: finds the points of one face.
        detect_every: ask the detector once in so many frames.
    """

    def __init__(self, detector: FaceDetector, predictor: LandmarkPredictor, detect_every: int = DETECT_EVERY) -> None:
        self._detector = detector
        self._predictor = predictor
        self._detect_every = detect_every

    def follow(self, frames: Iterable[Frame]) -> list[FaceTrack]:
        """The tracks of all faces in ``frames``, the one seen longest first; all are T frames long."""
        tracks: list[_Growing] = []
        active: list[_Growing] = []
        T = 0
        for block in _blocks(frames, self._detect_every):
            faces = self._detector(block[-1].grey)
            paths = [self._carry(track.landmarks, block) for track in active]
            confirmed = matched(overlaps([path[-1] for path in paths], faces), SAME)
            one_each = len(confirmed) == len(active) == len(faces)
            if one_each and all(_stays(track, block, path) for track, path in zip(active, paths, strict=True)):
                for place, at in confirmed:
                    active[place].extend(T, block, paths[place], faces[at].score)
            else:
                for i, frame in enumerate(block):
                    active = self._search(tracks, T + i, frame)
            T += len(block)
        tracks.sort(key=lambda track: len(track.frames), reverse=True)
        return [track.finish(T) for track in tracks]

    def _carry(self, landmarks: np.ndarray, block: Sequence[Frame]) -> np.ndarray:
        """Landmarks [n,68,2] of a face in the frames of ``block``, from those of the frame before."""
        path = []
        for frame in block:
            landmarks = self._predictor(frame.grey, box_around(landmarks))
            path.append(landmarks)
        return np.stack(path)

    def _search(self, tracks: list[_Growing], t: int, frame: Frame) -> list[_Growing]:
        """Detect faces in one frame and add them to their tracks, new ones included; return the tracks seen."""
        faces = self._detector(frame.grey)
        paths = [self._carry(self._predictor(frame.grey, face.box), [frame]) for face in faces]
        views = [looks([frame.grey], path)[0] for path in paths]
        alike = [[track.look @ view >= ALIKE for view in views] for track in tracks]
        places = overlaps([track.landmarks for track in tracks], faces)
        continued = {at: tracks[place] for place, at in matched(places * np.reshape(alike, places.shape), LINKED)}
        seen = []
        for at, (face, path, view) in enumerate(zip(faces, paths, views, strict=True)):
            if at not in continued:
                if frame.damaged:
                    continue
                continued[at] = _Growing(path[0], view, view, crop_face(frame.rgb, path[0]))
                tracks.append(continued[at])
            continued[at].extend(t, [frame], path, face.score)
            seen.append(continued[at])
        return seen


@functools.cache
def face_follower(detect_every: int = DETECT_EVERY) -> FaceFollower:
    """A follower of frontal faces, whose models are loaded once a process; not for several threads at a time.

    Raises:
        PartMissingError: the landmark model is not installed.
    """
    return FaceFollower(HogDetector(), LandmarkPredictor(), detect_every)


def _blocks(frames: Iterable[Frame], size: int) -> Iterator[list[Frame]]:
    """The first frame alone, so that detection starts there, then blocks of ``size`` frames."""
    frames = iter(frames)
    yield from filter(None, [list(islice(frames, 1))])
    while block := list(islice(frames, size)):
        yield block


def _stays(track: _Growing, block: Sequence[Frame], path: np.ndarray) -> bool:
    """Whether the face of ``track`` is what is seen along ``path`` [n,68,2] in all frames of ``block``."""
    return is_one_face(np.vstack([track.look, looks([frame.grey for frame in block], path)]))
