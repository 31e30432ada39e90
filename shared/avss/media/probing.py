"""How long a video is, and when it starts, measured by the timestamps of its packets and without decoding.

Headers cannot be trusted with that: those of recordings that were cut off promise too much, and browsers
write none at all. Walking over the packets takes about two milliseconds for a GRID clip.
"""

from dataclasses import dataclass
from pathlib import Path

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.video.stream import VideoStream

from avss.errors import MediaError
from avss.media.container import opened, packets, picture_stream
from avss.rates import FRAME_RATE, frames_in

# So much may be missing at the end of a file, or held on screen in its middle, before it counts as damage.
TOLERATED_SECONDS = 2 / FRAME_RATE


@dataclass(frozen=True)
class MediaInfo:
    """The extent of a video.

    Attributes:
        frames: T, the number of frames at 25 per second that cover the picture.
        start: when the first picture appears on the file's own clock, in seconds; its sound is on the same clock.
        has_sound: whether there is a sound stream.
        missing: seconds that the header promises but the file does not hold; 0.0 for an intact file, and for avi
            and mpg, whose headers promise nothing.
    """

    frames: int
    start: float
    has_sound: bool
    missing: float


def probe(path: Path) -> MediaInfo:
    """Measure a video.

    A file that was cut off still has the frames that are there; ``missing`` tells how much is not.

    Raises:
        MediaError: the file cannot be read, is no media file, or has no picture.
    """
    with opened(path) as container:
        picture = picture_stream(container, path)
        sound = next(iter(container.streams.audio), None)
        start, end, file_end = _extent(container, picture, sound)
        if end <= start:
            raise MediaError(f"the video stream of {path} is empty", "at least one picture", "record or copy it again")
        promised_end = ((container.start_time or 0) + (container.duration or 0)) / av.time_base
        missing = promised_end - file_end
        return MediaInfo(
            frames=frames_in(end - start),
            start=start,
            has_sound=sound is not None,
            missing=missing if missing > TOLERATED_SECONDS else 0.0,
        )


def _extent(container: InputContainer, picture: VideoStream, sound: AudioStream | None) -> tuple[float, float, float]:
    """Start and end of the picture, and the end of picture and sound, in seconds."""
    usual = 1 / float(picture.average_rate or picture.guessed_rate or FRAME_RATE)
    start, end, file_end = float("inf"), float("-inf"), float("-inf")
    for packet in packets(container, *([picture] if sound is None else [picture, sound])):
        stamp = packet.pts if packet.pts is not None else packet.dts
        if stamp is None or packet.is_discard:
            continue
        time = float(stamp * packet.time_base)
        if packet.stream_index == picture.index:
            stop = time + (float((packet.duration or 0) * packet.time_base) or usual)
            start, end = min(start, time), max(end, stop)
        else:
            stop = time + float((packet.duration or 0) * packet.time_base)
        file_end = max(file_end, stop)
    return start, end, file_end
