"""The pictures of a video as they come out of its decoder, from its beginning or from anywhere in it.

Most pictures are coded as changes to earlier ones; only at a key frame can decoding begin. To begin in the middle, the
last key frame before it is taken, but only if it comes out whole and under its own timestamp. Otherwise an earlier
one is tried, and at last the beginning of the file, which is also the way where timestamps are missing. So it makes
no difference to the pictures where decoding begins, only to the time that it takes.
"""

from bisect import bisect_right
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from itertools import chain
from pathlib import Path

import av
from av.container import InputContainer
from av.packet import Packet
from av.video.reformatter import VideoReformatter
from av.video.stream import VideoStream

from avss.errors import MediaError
from avss.media.container import decode, opened, packets, picture_stream
from avss.media.frame import Frame, size_on_screen
from avss.media.probing import TOLERATED_SECONDS, MediaInfo
from avss.media.turns import Turns
from avss.rates import FRAME_RATE

# How long before a key frame a container is told to seek, in seconds. Some go by the time at which a picture has to
# be decoded, which comes before the one at which it appears.
_RUN_UP = 1.0


def read_pictures(
    path: Path, info: MediaInfo, *, longest_side: int | None, since: float
) -> Iterator[tuple[float, Frame]]:
    """Yield pictures and the times at which they appear, in order; where more than two frames were lost, a stand-in.

    Args:
        path: any video file.
        info: what :func:`~avss.media.probing.probe` says of it.
        longest_side: scale larger pictures down to this many pixels.
        since: a time on the file's own clock, in seconds. The picture that is on screen then is among those that
            come, after any number of earlier ones.

    Raises:
        MediaError: the file cannot be read, has no picture, or none that can be decoded.
    """
    for key in _entrances(info.keys, since):
        with closing(_decoded(path, info, longest_side, key)) as pictures:
            first = next(pictures, None)
            if first is not None:
                yield first
                yield from pictures
                return
    raise MediaError(f"no picture of {path} can be decoded", "an intact video", "copy or record it again")


def _entrances(keys: Sequence[float], since: float) -> Iterator[float | None]:
    """Where to begin: the last key frame before ``since``, then earlier ones, ``None`` for the beginning at last."""
    place, step = bisect_right(keys, since) - 1, 1
    while place > 0:
        yield keys[place]
        place, step = place - step, 2 * step
    yield None


def _decoded(
    path: Path, info: MediaInfo, longest_side: int | None, key: float | None
) -> Generator[tuple[float, Frame]]:
    """Pictures from the key frame at ``key`` on, and none at all if that does not come out first and whole."""
    with opened(path) as container:
        stream = picture_stream(container, path)
        stream.thread_count = 1  # the cores are kept busy by reading several files
        (width, height), converter = size_on_screen(stream, longest_side), VideoReformatter()
        tick = float(stream.time_base or 1 / FRAME_RATE)
        entrance = None if key is None else round(key / tick)
        turns = Turns(stream)
        due: set[int] = set()  # timestamps of packets whose picture has not come out of the decoder yet
        last, last_time = None, info.start
        found = packets(container, stream)
        if entrance is not None:
            found = _since(container, stream, entrance, round(max(info.start, entrance * tick - _RUN_UP) / tick))
        for packet in chain(found, [None]):
            if packet is not None and not packet.is_discard:
                turns.sent(packet.pts)
                due |= set() if packet.pts is None else {packet.pts}
            come = decode(stream, packet)
            due -= {picture.pts for picture in come}
            for stamp, picture in chain(turns.come(come), turns.rest() if packet is None else ()):
                if last is None and entrance is not None and (picture.pts != entrance or picture.is_corrupt):
                    return
                stamp = round((last_time + 1 / FRAME_RATE) / tick) if stamp is None else stamp
                time, frame = stamp * tick, Frame(picture, width, height, picture.is_corrupt, converter)
                lost = {pts for pts in due if pts < stamp}
                due -= lost
                if lost and time - last_time > TOLERATED_SECONDS:
                    yield min(lost) * tick, replace(last or frame, damaged=True)
                yield time, frame
                last, last_time = frame, time
    if last is not None and due and info.start + info.frames / FRAME_RATE - last_time > TOLERATED_SECONDS:
        yield min(due) * tick, replace(last, damaged=True)


def _since(container: InputContainer, stream: VideoStream, entrance: int, run_up: int) -> Iterator[Packet]:
    """Packets from the key frame with the timestamp ``entrance`` on, without those that appear before it."""
    try:
        container.seek(run_up, stream=stream)
    except av.FFmpegError:
        return  # this container cannot seek
    arrived = False
    for packet in packets(container, stream):
        if not arrived and packet.is_keyframe and packet.pts is not None and packet.pts > entrance:
            return
        arrived = arrived or packet.pts == entrance
        if arrived and (packet.pts is None or packet.pts >= entrance):
            yield packet
