"""Reading any video as 25 frames a second, and any sound as 16 000 samples a second that fit the frames.

The clock is the file's own timestamps. Frame ``k`` shows the picture that is on screen ``k/25`` s after the
first one, so 23.976, 30, 59.94 and variable frame rates all stay in step with the sound; sample ``640·k``
is the sound at that same moment.

Damage never passes silently. A frame whose picture was decoded with errors says so in :attr:`Frame.damaged`,
and so does one that shows an older picture because its own, in a row of more than two, cannot be decoded.
"""

import logging
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TypeVar

import numpy as np

from avss.media.container import opened, sound_stream
from avss.media.frame import Frame
from avss.media.mono_sound import mono_sounds, no_sound
from avss.media.pictures import read_pictures
from avss.media.probing import MediaInfo, probe
from avss.media.source_sound import probe_sound
from avss.rates import FRAME_RATE, SAMPLE_RATE, samples_in

log = logging.getLogger(__name__)

Shown = TypeVar("Shown")

# Containers round timestamps (webm to 1 ms) and phones let them jitter: a picture that appears at most
# this many seconds after a frame's moment still belongs to that frame.
_SLACK = 1 / 4 / FRAME_RATE


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
        MediaError: the file cannot be read, has no sound, none that can be decoded, or a clock that jumps by hours.
    """
    return probe_sound(path).on_frames().exactly(samples_in(frames))


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
        sounds = mono_sounds(container, sound_stream(container, path), SAMPLE_RATE)
        pieces = [sound.to_ndarray()[0] for sound in sounds]
    if not pieces:
        raise no_sound(path)
    return np.clip(np.concatenate(pieces), -1, 1)
