"""Reading any video as 25 frames a second, and any sound as 16 000 samples a second that fit the frames.

The clock is the file's own timestamps. Frame ``k`` shows the picture that is on screen ``k/25`` s after the
first one, so 23.976, 30, 59.94 and variable frame rates all stay in step with the sound; sample ``640·k``
is the sound at that same moment.

Damage never passes silently. A frame whose picture was decoded with errors says so in :attr:`Frame.damaged`,
and so does one that shows an older picture because its own, and more than two frames in a row, were lost.
"""

import logging
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain
from pathlib import Path

import av
import numpy as np
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.video.stream import VideoStream

from avss.errors import MediaError
from avss.media.frame import Frame
from avss.media.probing import (
    TOLERATED_SECONDS,
    find_stream,
    opened,
    packets,
    picture_stream,
    probe,
    sound_stream,
)
from avss.rates import FRAME_RATE, SAMPLE_RATE, samples_in

log = logging.getLogger(__name__)

# Containers round timestamps (webm to 1 ms) and phones let them jitter: a picture that appears at most
# this many seconds after a frame's moment still belongs to that frame.
_SLACK = 1 / 8 / FRAME_RATE

# Sound whose timestamps leave the running sample count by more than half a frame was lost or repeated.
_JUMP = samples_in(1) // 2


def read_frames(path: Path, *, longest_side: int | None = None) -> Iterator[Frame]:
    """Yield the T frames of a video at 25 per second, one at a time; T is ``probe(path).frames``.

    Args:
        path: any video file.
        longest_side: scale larger pictures down to this many pixels.

    Raises:
        MediaError: the file cannot be read, has no picture, or none that can be decoded.
    """
    info = probe(path)
    if info.missing:
        log.warning("%s is cut off: %.2f s are missing", path, info.missing)
    return _frames(path, info.start, info.frames, longest_side)


def _frames(path: Path, start: float, T: int, longest_side: int | None) -> Iterator[Frame]:
    damaged = 0
    with opened(path) as container:
        pictures = _pictures(container, picture_stream(container, path), start, start + T / FRAME_RATE, longest_side)
        for frame in on_screen(((time - start, frame) for time, frame in pictures), T):
            damaged += frame.damaged
            yield frame
    if damaged:
        log.warning("%s: %d of %d frames are damaged", path, damaged, T)


def on_screen(pictures: Iterable[tuple[float, Frame]], T: int) -> Iterator[Frame]:
    """Choose for each of T frames the picture on screen at ``k/25`` s: the last one that has appeared.

    Args:
        pictures: at least one picture, each with the time in seconds at which it appears, in order.
        T: number of frames to yield.
    """
    pictures = iter(pictures)
    _, shown = next(pictures)
    upcoming = next(pictures, None)
    for k in range(T):
        while upcoming is not None and upcoming[0] <= k / FRAME_RATE + _SLACK:
            _, shown = upcoming
            upcoming = next(pictures, None)
        yield shown


def _pictures(
    container: InputContainer, stream: VideoStream, start: float, end: float, longest_side: int | None
) -> Iterator[tuple[float, Frame]]:
    """Yield decoded pictures with their times; where more than two frames were lost, a stand-in for them."""
    due: set[int] = set()  # timestamps of packets whose picture has not come out of the decoder
    last, last_time = None, start
    for packet in chain(packets(container, stream), [None]):
        if packet is not None and packet.pts is not None and not packet.is_discard:
            due.add(packet.pts)
        for picture in _decode(stream, packet):
            time = float(picture.pts * picture.time_base) if picture.pts is not None else last_time + 1 / FRAME_RATE
            frame = Frame(picture, longest_side, picture.is_corrupt)
            lost = {pts for pts in due if picture.pts is not None and pts < picture.pts}
            due -= lost | {picture.pts}
            if lost and time - last_time > TOLERATED_SECONDS:
                yield float(min(lost) * stream.time_base), replace(last or frame, damaged=True)
            yield time, frame
            last, last_time = frame, time
    if last is None:
        raise MediaError(f"no picture of {container.name} can be decoded", "an intact video", "copy it again")
    if due and end - last_time > TOLERATED_SECONDS:
        yield float(min(due) * stream.time_base), replace(last, damaged=True)


def _decode(stream: VideoStream | AudioStream, packet: av.Packet | None) -> list:
    """Frames that come out of the decoder after a packet (``None`` flushes it); none for a damaged packet."""
    try:
        decoded = stream.decode(packet)
    except av.FFmpegError as error:
        log.debug("a packet of stream %d cannot be decoded: %s", stream.index, error)
        return []
    for frame in decoded:
        frame.time_base = stream.time_base  # PyAV leaves it out when flushing
    return decoded


def read_wave(path: Path, frames: int) -> np.ndarray:
    """Read the sound that goes with the first ``frames`` frames: mono, 16 kHz, in step with the picture.

    Sample 0 is heard while the first picture appears, whatever delays the codec and container bring along.
    Sound that starts late, ends early or has gaps is filled with zeros. The channels are mixed to one without
    getting louder. A file that holds only sound starts with its first sample.

    Args:
        path: a video with sound, or a sound file.
        frames: T, usually ``probe(video).frames``.

    Returns:
        float32 [640·T] in [−1, 1].

    Raises:
        MediaError: the file cannot be read, has no sound, or none that can be decoded.
    """
    with opened(path) as container:
        stream = sound_stream(container, path)
        has_picture = find_stream(container, "video") is not None
        start = round(probe(path).start * SAMPLE_RATE) if has_picture else None
        wave = np.zeros(samples_in(frames), np.float32)
        position = None
        for chunk in _resampled(_sounds(container, stream)):
            samples = chunk.to_ndarray()[0]
            at = round(chunk.time * SAMPLE_RATE) if chunk.time is not None else position or 0
            start = at if start is None else start
            if position is None or abs(at - start - position) > _JUMP:
                position = at - start
            if position >= len(wave):
                break
            kept = samples[max(0, -position) : len(wave) - position]
            wave[max(0, position) : max(0, position) + len(kept)] = kept
            position += len(samples)
    if position is None:
        raise MediaError(f"no sound of {path} can be decoded", "an intact audio stream", "copy the file again")
    return np.clip(wave, -1, 1, out=wave)


def _sounds(container: InputContainer, stream: AudioStream) -> Iterator[av.AudioFrame]:
    for packet in chain(packets(container, stream), [None]):
        yield from _decode(stream, packet)


def _resampled(sounds: Iterable[av.AudioFrame]) -> Iterator[av.AudioFrame]:
    """Resample sound to 16 kHz mono. Damaged streams may change their format on the way."""
    resampler, source = None, None
    for sound in sounds:
        kind = (sound.format.name, sound.layout.name, sound.sample_rate)
        if resampler is None or kind != source:
            if resampler is not None:
                yield from resampler.resample(None)
            source = kind
            resampler = av.AudioResampler("fltp", "mono", SAMPLE_RATE, options={"rematrix_maxval": "1"})
        yield from resampler.resample(sound)
    if resampler is not None:
        yield from resampler.resample(None)
