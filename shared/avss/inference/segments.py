"""Following the faces of a video of any length, in segments of half a minute.

A segment is the unit of work. Each costs the same wherever it lies, needs as much memory as its own frames, runs on
any core, and ends as a file; work that was stopped goes on with the segments that are missing. That a face is the
same in two segments is found out later, in :mod:`avss.inference.people`.
"""

import functools
import math
from dataclasses import replace
from itertools import chain, pairwise
from pathlib import Path
from typing import NamedTuple

import cv2

from avss.batch import Failure, run_batch
from avss.data.store_layout import PICTURE_SIDE
from avss.errors import MediaError
from avss.inference.tracklets import Tracklet, is_of, read_tracklets, write_tracklets
from avss.media.probing import MediaInfo
from avss.media.reading import read_frames
from avss.progress import BAR, Track
from avss.rates import FRAME_RATE
from avss.vision.detector import HogDetector
from avss.vision.identity import FaceDescriber
from avss.vision.landmarks import LandmarkPredictor
from avss.vision.small_faces import SmallFaceDetector
from avss.vision.tracks import FaceFollower

# Short enough for two cores to share a video of a minute.
LONGEST = 30 * FRAME_RATE

# Pictures are looked at in twice the size in which places are told, for the sake of small faces.
_FOLLOWED_SIDE = 2 * PICTURE_SIDE

# What is seen for less than this many frames in a segment, 0.2 s, is not worth asking who it is.
_SHORTEST = 5


class Segment(NamedTuple):
    """The frames from ``start`` up to, and without, ``stop``."""

    start: int
    stop: int

    def file(self, work: Path) -> Path:
        """Where its tracklets are written."""
        return work / f"faces-{self.start:07d}-{self.stop:07d}.npz"


def segments_of(T: int, longest: int) -> list[Segment]:
    """The frames of a video of ``T`` frames, in as few segments of nearly equal length as possible.

    >>> segments_of(1510, 750)
    [Segment(start=0, stop=503), Segment(start=503, stop=1006), Segment(start=1006, stop=1510)]
    """
    count = math.ceil(T / longest)
    edges = [T * number // count for number in range(count + 1)]
    return [Segment(*edge) for edge in pairwise(edges)]


def follow_video(
    video: Path, info: MediaInfo, work: Path, *, jobs: int = -1, longest: int = LONGEST, track: Track = BAR
) -> list[Tracklet]:
    """Follow all faces of a video, or what of that has not been done yet.

    Args:
        video: any video file.
        info: what :func:`~avss.media.probing.probe` says of it.
        work: folder for the finished segments; those of another video, or of another state of this one, are replaced.
        jobs: number of processes; -1 uses all cores.
        longest: frames of a segment, at most.
        track: shows how many segments are finished.

    Returns:
        The faces of all segments, in order of the segments. Landmarks and boxes are in pixels of the picture,
        shrunk where needed to 640 on its longest side.

    Raises:
        MediaError: a segment cannot be followed.
        OutputError: ``work`` cannot be written; finished segments are kept.
        PartMissingError: the models for faces are not installed.
        StoreError: a finished segment is damaged.
    """
    state = video.stat()
    source = f"{state.st_size}@{state.st_mtime_ns}"
    segments = segments_of(info.frames, longest)
    todo = [segment for segment in segments if not is_of(segment.file(work), source)]
    follow = functools.partial(follow_segment, video, info, work, source)
    for outcome in run_batch(follow, todo, jobs=jobs, label="following faces", track=track):
        if isinstance(outcome, Failure):
            raise MediaError(
                f"the faces of {video} cannot be followed from {_clock(outcome.item.start)} to "
                f"{_clock(outcome.item.stop)}: {outcome.reason.rstrip('.')}",
                "a video that plays at that time",
                "look at that place of the video; cut it out or convert the video, and separate it again",
            )
    return [tracklet for segment in segments for tracklet in read_tracklets(segment.file(work))]


def follow_segment(video: Path, info: MediaInfo, work: Path, source: str, segment: Segment) -> None:
    """Follow the faces of one segment and write its file into ``work``.

    Args:
        video: the video file.
        info: what ``probe`` says of it.
        work: folder of the finished segments.
        source: the video's state, to know the file by.
        segment: which frames.

    Raises:
        MediaError: the segment cannot be read.
        OutputError: the file cannot be written.
        PartMissingError: the models for faces are not installed.
    """
    detector, predictor, describe = _models()
    start, stop = segment
    frames = read_frames(video, longest_side=_FOLLOWED_SIDE, start=start, frames=stop - start, info=info)
    first = next(frames)
    shrunk = min(1.0, PICTURE_SIDE / max(first.grey.shape))
    follower = FaceFollower(SmallFaceDetector(detector), predictor)
    tracks = [
        replace(track, landmarks=track.landmarks * shrunk)
        for track in follower.follow(chain([first], frames))
        if track.valid.sum() >= _SHORTEST
    ]
    write_tracklets(segment.file(work), start, tracks, [describe(track.face) for track in tracks], source)


@functools.cache
def _models() -> tuple[HogDetector, LandmarkPredictor, FaceDescriber]:
    """The models, loaded once in each process, which is then told to keep to one core."""
    cv2.setNumThreads(1)
    return HogDetector(), LandmarkPredictor(), FaceDescriber()


def _clock(frame: int) -> str:
    """When a frame is shown, as players say it: 3:07:05 or 7:05."""
    minutes, seconds = divmod(frame // FRAME_RATE, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes}:{seconds:02d}"
