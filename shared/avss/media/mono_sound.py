"""The sound of a file as one stream of samples: decoded, mixed down, and laid where its timestamps put it.

Holes in the timestamps become silence, so that whatever follows a hole stays in its place. What is stamped before the
end of what has been given out already is left out.
"""

from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer

from avss.errors import MediaError
from avss.media.container import decode, packets
from avss.rates import FRAME_RATE

# Sound whose timestamps leave the running count of samples by more than half a frame was lost or repeated.
_JUMP = 1 / 2 / FRAME_RATE

# Seconds without sound, after which the clock itself is taken to be damaged.
_LONGEST_HOLE = 3600


def mono_sounds(container: InputContainer, stream: AudioStream, rate: int) -> Iterator[AudioFrame]:
    """Yield a stream's sound as mono float; a damaged stream may change its format on the way.

    Channels are mixed without getting louder: full level in all of them is full level.

    Args:
        container: the open file.
        stream: its sound.
        rate: samples per second that are wanted.
    """
    resampler, source = None, None
    decoded = (sound for packet in chain(packets(container, stream), [None]) for sound in decode(stream, packet))
    for sound in decoded:
        form = (sound.format.name, sound.layout.name, sound.sample_rate)
        if resampler is None or form != source:
            if resampler is not None:
                yield from resampler.resample(None)
            # rematrix_maxval=1: the sum of channels is scaled so that it cannot clip.
            resampler = av.AudioResampler("fltp", "mono", rate, options={"rematrix_maxval": "1"})
            source = form
        yield from resampler.resample(sound)
    if resampler is not None:
        yield from resampler.resample(None)


def laid_out(path: Path, sounds: Iterable[AudioFrame], start: float | None = None) -> Iterator[np.ndarray]:
    """Yield the samples of ``sounds`` one after the other, float32 [n] in [−1, 1], holes filled with zeros.

    Args:
        path: the file they come from.
        sounds: mono and of one rate.
        start: the time in seconds of sample 0; what is earlier is left out. ``None`` is the start of the first sound.

    Raises:
        MediaError: there is no sound, or its clock jumps.
    """
    done, position = 0, None
    for sound in sounds:
        time = sound.time or 0.0
        start = time if start is None else start
        stamped = round((time - start) * sound.sample_rate)
        if position is None or abs(stamped - position) > _JUMP * sound.sample_rate:
            position = stamped
        yield from _silence(path, position - done, sound.sample_rate)
        yield np.clip(sound.to_ndarray()[0][max(0, done - position) :], -1, 1)
        position += sound.samples
        done = max(done, position)
    if position is None:
        raise no_sound(path)


def no_sound(path: Path) -> MediaError:
    """The error of a file that has a sound stream in which nothing can be decoded."""
    return MediaError(f"no sound of {path} can be decoded", "an intact sound stream", "copy or record it again")


def _silence(path: Path, samples: int, rate: int) -> Iterator[np.ndarray]:
    """Zeros in blocks of at most a second; none for a negative number of ``samples``."""
    if samples > _LONGEST_HOLE * rate:
        what = f"the clock of the sound of {path} jumps by {samples / rate:.0f} s"
        raise MediaError(what, "sound that runs on beside the picture", "convert the file to mp4")
    for first in range(0, samples, rate):
        yield np.zeros(min(rate, samples - first), np.float32)
