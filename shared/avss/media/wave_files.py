"""Wav files that are written block by block: 16 bits, mono, at any rate and of any length.

A file of more than 4 GiB (13 hours at 44.1 kHz) becomes RF64, the form of wav whose header can count so far.
"""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from avss.files import writing

LOWEST, HIGHEST = -32_768, 32_767


def as_levels(wave: np.ndarray) -> np.ndarray:
    """Samples in [−1, 1] of any shape as int16; those beyond are clipped."""
    return np.clip(np.round(wave * -LOWEST), LOWEST, HIGHEST).astype(np.int16)


@contextmanager
def writing_wave(path: Path, rate: int) -> Generator[Callable[[np.ndarray], None]]:
    """Yield a function that appends samples int16 [n] to a wav file of ``rate`` samples per second.

    The file has its name only when the block is left without an error.

    Raises:
        OutputError: the disk is full, read-only or forbids writing.
    """
    with writing(path) as temporary, av.open(f"file:{temporary}", "w", options={"rf64": "auto"}) as container:
        stream = container.add_stream("pcm_s16le", rate, layout="mono")
        done = 0

        def append(levels: np.ndarray) -> None:
            nonlocal done
            sound = av.AudioFrame.from_ndarray(np.ascontiguousarray(levels[None]), format="s16", layout="mono")
            sound.sample_rate, sound.pts, sound.time_base = rate, done, Fraction(1, rate)
            container.mux(stream.encode(sound))
            done += len(levels)

        yield append
        container.mux(stream.encode(None))
