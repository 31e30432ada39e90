"""Writing pictures and sound: a video of 25 frames a second with its sound, or a wav of 16 000 samples a second."""

from collections.abc import Iterable
from itertools import chain
from pathlib import Path
from typing import Literal

import av
import numpy as np

from avss.files import writing
from avss.media.films import Film, size_of
from avss.media.wave_files import as_levels, writing_wave
from avss.rates import FRAME_RATE, SAMPLE_RATE, samples_in

VideoCodec = Literal["mpeg4", "mpeg1video", "libx264"]

_SOUND_CODECS: dict[str, Literal["aac", "mp2"]] = {".mp4": "aac", ".mpg": "mp2"}

# Of the encoded picture; gives a clip of GRID's size GRID's own 1 Mbit/s.
_BITS_PER_PIXEL = 0.4


def write_video(
    path: Path, frames: Iterable[np.ndarray], wave: np.ndarray | None, *, codec: VideoCodec = "mpeg4"
) -> None:
    """Write a video of 25 frames a second; frames are encoded as they come, so memory stays flat.

    Args:
        path: its suffix chooses the container and the codec of the sound: ``.mp4`` (aac) or ``.mpg`` (mp2).
        frames: T arrays, uint8 RGB [H,W,3], all of one size.
        wave: float32 [640·T] in [−1, 1], or ``None`` for a silent film.
        codec: FFmpeg's name of the picture's encoder: ``mpeg4`` is quick, ``mpeg1video`` is what GRID has, and
            ``libx264`` is what every browser plays, at six times the cost.

    Raises:
        OutputError: the disk is full, read-only or forbids writing.
        ValueError: another suffix, no frames, a frame of another shape, or sound that is not 640·T samples long.
    """
    if path.suffix not in _SOUND_CODECS:
        raise ValueError(f"videos are written as {' or '.join(_SOUND_CODECS)}, not as {path.name}")
    frames = iter(frames)
    first = next(frames, None)
    if first is None:
        raise ValueError("a video needs at least one frame")
    with writing(path) as temporary, av.open(f"file:{temporary}", "w") as container:
        height, width = size_of(first)
        video = container.add_stream(codec, FRAME_RATE, width=width, height=height, pix_fmt="yuv420p")
        video.bit_rate = round(_BITS_PER_PIXEL * width * height * FRAME_RATE)
        audio = None if wave is None else container.add_stream(_SOUND_CODECS[path.suffix], SAMPLE_RATE, layout="mono")
        film, T = Film(container, video, audio), 0
        for T, frame in enumerate(chain([first], frames), start=1):
            film.show(frame)
            if wave is not None:
                film.play(wave[samples_in(T - 1) : samples_in(T)].astype(np.float32), SAMPLE_RATE)
        if wave is not None and wave.shape != (samples_in(T),):
            raise ValueError(f"{T} frames go with {samples_in(T)} samples of sound; got an array of {wave.shape}")
        film.finish()


def write_wave(path: Path, wave: np.ndarray) -> None:
    """Write float32 [S] in [−1, 1] as a 16 kHz mono wav of 16 bits; samples beyond ±1 are clipped.

    Raises:
        OutputError: the disk is full, read-only or forbids writing.
    """
    with writing_wave(path, SAMPLE_RATE) as append:
        append(as_levels(wave))
