"""What a media file holds, and the one way to open one: any container and codec that FFmpeg (through PyAV) knows.

The length of a clip comes from the timestamps of its packets, not from its header: headers of recordings
that were cut off promise too much, browsers write none at all. Walking over the packets decodes nothing
and takes about a millisecond for a GRID clip.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.stream import Disposition
from av.video.stream import VideoStream

from avss.errors import MediaError
from avss.rates import FRAME_RATE, frames_in

# So much may be missing at the end of a file, or held on screen, before it counts as damage.
TOLERATED_SECONDS = 2 / FRAME_RATE

_VIDEO = "a video file such as mp4, mov, mkv, webm, avi or mpg"


@dataclass(frozen=True)
class MediaInfo:
    """The picture of a media file, and whether sound goes with it.

    Attributes:
        frames: T, the number of frames at 25 per second that cover the picture.
        start: time of the first picture on the file's own clock, in seconds; its sound is on the same clock.
        frame_rate: pictures per second in the file, on average.
        codec: FFmpeg's name of the picture's codec.
        has_sound: whether there is a sound stream.
        missing: seconds that the header promises but the file does not hold; 0.0 for an intact file.
    """

    frames: int
    start: float
    frame_rate: float
    codec: str
    has_sound: bool
    missing: float


def probe(path: Path) -> MediaInfo:
    """Measure the picture of ``path`` by its timestamps, without decoding it.

    Raises:
        MediaError: the file cannot be read, is no media file, or has no picture.
    """
    with opened(path) as container:
        stream = picture_stream(container, path)
        sound = find_stream(container, "audio")
        first, last, count, file_end = _walk(container, stream, sound)
        if count == 0:
            raise MediaError(f"the video stream of {path} is empty", "at least one picture", "record or copy it again")
        declared_end = ((container.start_time or 0) + (container.duration or 0)) / av.time_base
        missing = declared_end - file_end
        return MediaInfo(
            frames=frames_in(last - first),
            start=first,
            frame_rate=count / (last - first),
            codec=stream.codec_context.name,
            has_sound=sound is not None,
            missing=missing if missing > TOLERATED_SECONDS else 0.0,
        )


def _walk(
    container: InputContainer, picture: VideoStream, sound: AudioStream | None
) -> tuple[float, float, int, float]:
    """Start and end of the picture, number of its packets, and the end of picture and sound, in seconds."""
    rate = picture.average_rate or picture.guessed_rate or FRAME_RATE
    first, last, count, end = float("inf"), float("-inf"), 0, float("-inf")
    streams = [picture] if sound is None else [picture, sound]
    for packet in packets(container, *streams):
        time = packet.pts if packet.pts is not None else packet.dts
        if time is None or packet.is_discard:
            continue
        start = float(time * packet.time_base)
        is_picture = packet.stream_index == picture.index
        stop = start + (float(packet.duration * packet.time_base) or (1 / float(rate) if is_picture else 0.0))
        end = max(end, stop)
        if is_picture:
            first, last, count = min(first, start), max(last, stop), count + 1
    return first, last, count, end


@contextmanager
def opened(path: Path) -> Iterator[InputContainer]:
    """Open a media file for reading; FFmpeg's refusals inside the block become one clear error.

    Raises:
        MediaError: the file is missing, unreadable, empty, or no media file.
    """
    try:
        # "file:" keeps FFmpeg from taking "12:30.mp4" for the protocol "12".
        with av.open(f"file:{path}", metadata_errors="replace") as container:
            yield container
    except FileNotFoundError as error:
        raise MediaError(f"there is no file {path}", _VIDEO, "check the name") from error
    except OSError as error:
        raise MediaError(
            f"cannot read {path}: {error.strerror}", "a readable file", "check it and its rights"
        ) from error
    except av.FFmpegError as error:
        what = f"{path} is empty (0 bytes)" if path.stat().st_size == 0 else f"cannot decode {path}: {error.strerror}"
        raise MediaError(what, _VIDEO, "check that it plays; copy it again if it was cut off") from error


def find_stream(container: InputContainer, kind: Literal["video", "audio"]) -> VideoStream | AudioStream | None:
    """Return the main stream of a kind, or ``None``. The cover picture of a song is no video."""
    stream = container.streams.best(kind)
    if stream is None or stream.disposition & Disposition.attached_pic:
        return None
    return stream


def picture_stream(container: InputContainer, path: Path) -> VideoStream:
    """Return the video stream.

    Raises:
        MediaError: there is none.
    """
    stream = find_stream(container, "video")
    if stream is None:
        raise MediaError(f"{path} has no picture", "a file with a video stream", "give the video, not its sound")
    return stream


def sound_stream(container: InputContainer, path: Path) -> AudioStream:
    """Return the audio stream.

    Raises:
        MediaError: there is none.
    """
    stream = find_stream(container, "audio")
    if stream is None:
        raise MediaError(f"{path} has no sound", "a file with an audio stream", "record with sound or add a wav file")
    return stream


def packets(container: InputContainer, *streams: VideoStream | AudioStream) -> Iterator[av.Packet]:
    """Yield the packets of streams up to the end of the file, or to where it is cut off."""
    try:
        yield from (packet for packet in container.demux(*streams) if packet.size)
    except (av.InvalidDataError, av.EOFError):
        return
