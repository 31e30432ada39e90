"""How long a video is, and when it starts, measured by the timestamps of its packets and without decoding.

Headers cannot be trusted with that: those of recordings that were cut off promise too much, and browsers
write none at all. Walking over the packets takes about two milliseconds for a GRID clip.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.video.stream import VideoStream

from avss.errors import MediaError
from avss.media.container import opened, packets, picture_stream
from avss.rates import FRAME_RATE, frames_in

Span = tuple[float, float]

# So much may be missing at the end of a file, or held on screen in its middle, before it counts as damage.
TOLERATED_SECONDS = 2 / FRAME_RATE

# Seconds without a picture, after which the clock itself is taken to be damaged.
_LONGEST_GAP = 60.0


@dataclass(frozen=True)
class MediaInfo:
    """The extent of a video.

    Attributes:
        frames: T, the number of frames at 25 per second that cover the picture.
        start: when the first picture appears on the file's own clock, in seconds; its sound is on the same clock.
        has_sound: whether there is a sound stream.
        missing: seconds that the header promises but the file does not hold; 0.0 for an intact file, and for avi
            and mpg, whose headers promise nothing.
        keys: when the pictures appear with which decoding can begin, in order, on the file's own clock in seconds;
            empty where pictures have no timestamps by which one could find them.
    """

    frames: int
    start: float
    has_sound: bool
    missing: float
    keys: tuple[float, ...] = field(repr=False)


def probe(path: Path) -> MediaInfo:
    """Measure a video.

    A file that was cut off still has the frames that are there; ``missing`` tells how much is not.

    Raises:
        MediaError: the file cannot be read, is no media file, has no picture, or a clock that jumps.
    """
    with opened(path) as container:
        picture = picture_stream(container, path)
        sounds = container.streams.audio[:1]
        pictures, end_of_all, keys = _spans(container, picture, sounds)
        promised_end = ((container.start_time or 0) + (container.duration or 0)) / av.time_base
    if not pictures:
        raise MediaError(f"the video stream of {path} is empty", "at least one picture", "record or copy it again")
    for (_, stop), (start, _) in pairwise(pictures):
        if start - stop > _LONGEST_GAP:
            raise MediaError(f"the clock of {path} jumps by {start - stop:.0f} s", "one continuous video", "convert it")
    start, end = pictures[0][0], max(stop for _, stop in pictures)
    missing = promised_end - end_of_all
    return MediaInfo(
        frames=frames_in(end - start),
        start=start,
        has_sound=bool(sounds),
        missing=missing if missing > TOLERATED_SECONDS else 0.0,
        keys=tuple(keys),
    )


def _spans(
    container: InputContainer, picture: VideoStream, sounds: Sequence[AudioStream]
) -> tuple[list[Span], float, list[float]]:
    """Start and end in seconds of each packet of the picture, by time; the end of all; and the starts of key frames."""
    usual = 1 / float(picture.average_rate or FRAME_RATE)
    pictures, end_of_all, keys, stamped = [], -math.inf, [], True
    for packet in packets(container, picture, *sounds):
        stamp = packet.dts if packet.pts is None else packet.pts
        if stamp is None or packet.is_discard:
            continue
        start = float(stamp * packet.time_base)
        span = start, start + (float((packet.duration or 0) * packet.time_base) or usual)
        end_of_all = max(end_of_all, span[1])
        if packet.stream_index == picture.index:
            pictures.append(span)
            keys += [start] if packet.is_keyframe else []
            stamped = stamped and packet.pts is not None
    return sorted(pictures), end_of_all, sorted(keys) if stamped else []
