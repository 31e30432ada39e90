"""The sound of a video at its own rate, whatever its length, and where it lies beside the picture.

A voice is wanted at the rate, of the length and in the place of the sound it was taken from, while models hear 16 kHz
sound that begins with the first picture. Both are read here as streams, and :attr:`SourceSound.offset` leads from one
to the other without rounding: it is the very number of samples by which the 16 kHz sound was shifted.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from avss.media.container import find_picture, opened, sound_stream
from avss.media.mono_sound import laid_out, mono_sounds, no_sound
from avss.media.probing import MediaInfo, probe
from avss.media.sound_queue import SoundQueue
from avss.rates import SAMPLE_RATE


@dataclass(frozen=True)
class SourceSound:
    """The sound stream of a file; see :func:`probe_sound`.

    Attributes:
        path: the file.
        rate: samples per second.
        layout: the channels by FFmpeg's name for them, such as "mono", "stereo" or "5.1".
        start: the time in seconds of frame 0 on the file's clock; of the first sample where there is no picture.
        offset: the number that the sound's first sample has on the frame grid, where sample 0 at 16 kHz is heard with
            frame 0; negative for sound that begins before the picture.
    """

    path: Path
    rate: int
    layout: str
    start: float
    offset: int

    @property
    def first(self) -> int:
        """The number of the sample, at the sound's own rate, that is heard when frame 0 appears; may be negative."""
        return round(-self.offset * self.rate / SAMPLE_RATE)

    def samples(self) -> SoundQueue:
        """All of the sound at its own rate from its first sample on, mono float32 [S] in [−1, 1].

        Channels are mixed without getting louder, and holes in the timestamps are filled with zeros.

        Raises:
            MediaError: while it is read: the file can no longer be read, or its clock jumps.
        """
        return SoundQueue(self._blocks(self.rate, None))

    def on_frames(self) -> SoundQueue:
        """The sound at 16 kHz from frame 0 on: the samples of :func:`~avss.media.reading.read_wave`, and what follows.

        Raises:
            MediaError: while it is read: the file can no longer be read, or its clock jumps.
        """
        return SoundQueue(self._blocks(SAMPLE_RATE, self.start))

    def _blocks(self, rate: int, start: float | None) -> Iterator[np.ndarray]:
        with opened(self.path) as container:
            yield from laid_out(self.path, mono_sounds(container, sound_stream(container, self.path), rate), start)


def probe_sound(path: Path, info: MediaInfo | None = None) -> SourceSound:
    """Find the sound of a video, or of a sound file.

    Args:
        path: the file.
        info: what ``probe(path)`` says, where that was asked before: asking takes long for a long file.

    Raises:
        MediaError: the file cannot be read, has no sound, or none that can be decoded.
    """
    with opened(path) as container:
        stream = sound_stream(container, path)
        has_picture = find_picture(container) is not None
        first = next(mono_sounds(container, stream, SAMPLE_RATE), None)
        if first is None or stream.rate is None:
            raise no_sound(path)
        time = first.time or 0.0
        rate, layout = stream.rate, stream.layout.name
    start = (info or probe(path)).start if has_picture else time
    return SourceSound(path, rate, layout, start, round((time - start) * SAMPLE_RATE))
