"""The one way into a media file: open it, find its picture and sound, walk over its packets, decode them.

FFmpeg's refusals become :class:`MediaError` here. A packet that cannot be decoded is left out, since one
damaged packet must not cost the rest of the clip; whoever reads must notice the hole by the timestamps.
"""

import logging
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import overload

import av
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.packet import Packet
from av.stream import Disposition
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from avss.errors import MediaError

log = logging.getLogger(__name__)

_MEDIA = "a video or sound file such as mp4, mov, mkv, webm, avi, mpg or wav"


@contextmanager
def opened(path: Path) -> Generator[InputContainer]:
    """Open a media file for reading; FFmpeg's refusals inside the block become one clear error.

    Raises:
        MediaError: the file is missing, unreadable, empty, or no media file.
    """
    try:
        # "file:" keeps FFmpeg from taking "12:30.mp4" for the protocol "12".
        with av.open(f"file:{path}", metadata_errors="replace") as container:
            yield container
    except FileNotFoundError as error:
        raise MediaError(f"there is no file {path}", _MEDIA, "check the name") from error
    except OSError as error:
        raise MediaError(f"cannot read {path}: {error.strerror}", _MEDIA, "check what it is and its rights") from error
    except av.FFmpegError as error:
        what = f"{path} is empty (0 bytes)" if path.stat().st_size == 0 else f"cannot decode {path}: {error.strerror}"
        raise MediaError(what, _MEDIA, "check that it plays; copy it again if it was cut off") from error


def find_picture(container: InputContainer) -> VideoStream | None:
    """Return the video stream, or ``None``. The cover picture of a song is no video."""
    videos = (stream for stream in container.streams.video if not stream.disposition & Disposition.attached_pic)
    return next(videos, None)


def picture_stream(container: InputContainer, path: Path) -> VideoStream:
    """Return the video stream.

    Raises:
        MediaError: there is none, or no decoder for it.
    """
    stream = find_picture(container)
    if stream is None:
        raise MediaError(f"{path} has no picture", "a file with a video stream", "give the video, not only its sound")
    _check_decoder(stream, path)
    return stream


def sound_stream(container: InputContainer, path: Path) -> AudioStream:
    """Return the audio stream.

    Raises:
        MediaError: there is none, or no decoder for it.
    """
    stream = next(iter(container.streams.audio), None)
    if stream is None:
        raise MediaError(f"{path} has no sound", "a file with an audio stream", "record with sound, or add a wav file")
    _check_decoder(stream, path)
    return stream


def _check_decoder(stream: VideoStream | AudioStream, path: Path) -> None:
    if stream.codec_context is None:
        raise MediaError(f"no decoder for the {stream.type} of {path}", "a codec FFmpeg knows", "convert it to mp4")


def packets(container: InputContainer, *streams: VideoStream | AudioStream) -> Iterator[Packet]:
    """Yield the packets of streams up to the end of the file, or up to where it is cut off."""
    try:
        yield from (packet for packet in container.demux(*streams) if packet.size)
    except (av.InvalidDataError, av.EOFError) as error:
        log.debug("%s ends early: %s", container.name, error)


@overload
def decode(stream: VideoStream, packet: Packet | None) -> list[VideoFrame]: ...
@overload
def decode(stream: AudioStream, packet: Packet | None) -> list[AudioFrame]: ...
def decode(stream: VideoStream | AudioStream, packet: Packet | None) -> Sequence[VideoFrame | AudioFrame]:
    """Return what comes out of the decoder after a packet; ``None`` flushes it. A damaged packet gives nothing."""
    try:
        decoded = stream.decode(packet)
    except av.FFmpegError as error:
        log.debug("stream %d: a packet cannot be decoded: %s", stream.index, error)
        return []
    for frame in decoded:
        if stream.time_base is not None:
            frame.time_base = stream.time_base  # PyAV leaves it out when flushing
    return decoded
