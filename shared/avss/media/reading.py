"""Reading any video as 25 frames a second, and any sound as 16 000 samples a second that fit the frames.

The clock is the file's own timestamps. Frame ``k`` shows the picture that is on screen ``k/25`` s after the
first one, so 23.976, 30, 59.94 and variable frame rates all stay in step with the sound; sample ``640·k``
is the sound at that same moment.

Damage never passes silently. A frame whose picture was decoded with errors says so in :attr:`Frame.damaged`,
and so does one that shows an older picture because its own, in a row of more than two, cannot be decoded.
"""

import logging
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import TypeVar

import av
import numpy as np
from av.audio.stream import AudioStream
from av.container import InputContainer

from avss.errors import MediaError
from avss.media.container import decode, find_picture, opened, packets, sound_stream
from avss.media.frame import Frame
from avss.media.pictures import read_pictures
from avss.media.probing import MediaInfo, probe
from avss.rates import FRAME_RATE, SAMPLE_RATE, samples_in

log = logging.getLogger(__name__)

Shown = TypeVar("Shown")

# Containers round timestamps (webm to 1 ms) and phones let them jitter: a picture that appears at most
# this many seconds after a frame's moment still belongs to that frame.
_SLACK = 1 / 4 / FRAME_RATE

# Sound whose timestamps leave the running count of samples by more than half a frame was lost or repeated.
_JUMP = samples_in(1) // 2


def read_frames(
    path: Path,
    *,
    longest_side: int | None = None,
    start: int = 0,
    frames: int | None = None,
    info: MediaInfo | None = None,
) -> Iterator[Frame]:
    """Yield frames of a video at 25 per second, one at a time: all T, where T is ``probe(path).frames``, or a stretch.

    All frames have one size, with the rotation flag and the shape of the pixels applied. A stretch has the very
    frames that the whole video has there, and costs the same anywhere in a file that can seek.

    Args:
        path: any video file.
        longest_side: scale larger pictures down to this many pixels.
        start: the first frame to yield.
        frames: how many to yield; all up to the end when left out.
        info: what ``probe(path)`` says, where that was asked before: asking takes long for a long file.

    Raises:
        MediaError: the file cannot be read, has no picture, or none that can be decoded.
        ValueError: the stretch reaches beyond the video.
    """
    info = probe(path) if info is None else info
    stop = info.frames if frames is None else start + frames
    if not 0 <= start <= stop <= info.frames:
        raise ValueError(f"frames {start} to {stop} are not within the {info.frames} frames of {path}")
    if info.missing and stop == info.frames:
        log.warning("%s is cut off: %.2f s are missing", path, info.missing)
    return _frames(path, info, longest_side, range(start, stop))


def _frames(path: Path, info: MediaInfo, longest_side: int | None, wanted: range) -> Iterator[Frame]:
    since = info.start + wanted.start / FRAME_RATE
    damaged = 0
    for frame in on_screen(read_pictures(path, info, longest_side=longest_side, since=since), info.start, wanted):
        damaged += frame.damaged
        yield frame
    if damaged:
        log.warning("%s: %d of %d frames are damaged", path, damaged, len(wanted))


def on_screen(pictures: Iterable[tuple[float, Shown]], start: float, frames: range) -> Iterator[Shown]:
    """Choose for each frame ``k`` the picture on screen ``k/25`` s after ``start``: the last that has appeared.

    Args:
        pictures: at least one picture, each with the time in seconds at which it appears, in order.
        start: the time of frame 0, which shows the first picture even if that appears later.
        frames: numbers of the frames to yield, in order.
    """
    pictures = iter(pictures)
    _, shown = next(pictures)
    upcoming = next(pictures, None)
    for k in frames:
        while upcoming is not None and upcoming[0] <= start + k / FRAME_RATE + _SLACK:
            _, shown = upcoming
            upcoming = next(pictures, None)
        yield shown


def read_wave(path: Path, frames: int) -> np.ndarray:
    """Read the sound that goes with the first ``frames`` frames: mono, 16 kHz, in step with the picture.

    Sample 0 is heard while the first picture appears, whatever delays the codec and the container bring
    along. Sound that starts late, ends early or has gaps is filled with zeros. Channels are mixed without
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
        start = probe(path).start if find_picture(container) is not None else None
        wave = _placed(_sounds(container, stream), start, samples_in(frames))
    if wave is None:
        raise _no_sound(path)
    return np.clip(wave, -1, 1, out=wave)


def read_sound(path: Path) -> np.ndarray:
    """Read all the sound of a file from its first sample on: mono, 16 kHz; gaps in its timestamps are closed.

    Args:
        path: a sound file, or a video whose picture does not matter.

    Returns:
        float32 [S] in [−1, 1].

    Raises:
        MediaError: the file cannot be read, has no sound, or none that can be decoded.
    """
    with opened(path) as container:
        pieces = [sound.to_ndarray()[0] for sound in _sounds(container, sound_stream(container, path))]
    if not pieces:
        raise _no_sound(path)
    return np.clip(np.concatenate(pieces), -1, 1)


def _no_sound(path: Path) -> MediaError:
    return MediaError(f"no sound of {path} can be decoded", "an intact sound stream", "copy or record it again")


def _placed(sounds: Iterable[av.AudioFrame], start: float | None, S: int) -> np.ndarray | None:
    """Lay pieces of sound where their timestamps put them, [S] from ``start`` on; ``None`` if there are none."""
    wave = np.zeros(S, np.float32)
    position = None
    for sound in sounds:
        samples = sound.to_ndarray()[0]
        time = sound.time or 0.0
        start = time if start is None else start
        stamped = round((time - start) * SAMPLE_RATE)
        if position is None or abs(stamped - position) > _JUMP:
            position = stamped
        if position >= S:
            break
        piece = samples[max(0, -position) : S - position]
        wave[max(0, position) :][: len(piece)] = piece
        position += len(samples)
    return None if position is None else wave


def _sounds(container: InputContainer, stream: AudioStream) -> Iterator[av.AudioFrame]:
    """Yield a stream's sound at 16 kHz, mono; a damaged stream may change its format on the way."""
    resampler, source = None, None
    decoded = (sound for packet in chain(packets(container, stream), [None]) for sound in decode(stream, packet))
    for sound in decoded:
        form = (sound.format.name, sound.layout.name, sound.sample_rate)
        if resampler is None or form != source:
            if resampler is not None:
                yield from resampler.resample(None)
            # rematrix_maxval=1: the sum of channels is scaled so that it cannot clip.
            resampler = av.AudioResampler("fltp", "mono", SAMPLE_RATE, options={"rematrix_maxval": "1"})
            source = form
        yield from resampler.resample(sound)
    if resampler is not None:
        yield from resampler.resample(None)
