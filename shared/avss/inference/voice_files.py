"""A wav file for each voice and one for the rest, which together are the sound of the video, sample by sample.

The rest is not what the separator left but what the *files* of the voices leave: both are counted in the 65 536 levels
of 16 bits, and so nothing is lost to rounding. Where a voice is so loud against the sound that the rest would need more
levels than there are, the voices that are to blame are made softer.
"""

from collections import deque
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from pathlib import Path

import numpy as np

from avss.media.own_rate import at_own_rate
from avss.media.sound_queue import SoundQueue
from avss.media.source_sound import SourceSound
from avss.media.wave_files import HIGHEST, LOWEST, as_levels, writing_wave


def write_voices(voices: Iterable[np.ndarray], sound: SourceSound, files: Sequence[Path], rest: Path) -> int:
    """Write voices and rest at the rate of ``sound``, each as long as it; memory stays flat.

    Where the picture is shorter than the sound, or begins later, the voices are silent and all is in the rest.

    Args:
        voices: consecutive blocks at 16 kHz from frame 0 on, float32 [K,n] in [−1, 1]; taken to their end.
        sound: what they were taken from.
        files: wav files of the K voices.
        rest: wav file of what is in none of them.

    Returns:
        S, the number of samples in each file.

    Raises:
        MediaError: ``sound`` can no longer be read.
        OutputError: a file cannot be written; files that are not whole are removed.
        ValueError: there are not K files.
    """
    blocks = iter(voices)
    mixture, parts = sound.samples(), SoundQueue(at_own_rate(blocks, sound))
    S = 0
    with ExitStack() as stack:
        append = [stack.enter_context(writing_wave(file, sound.rate)) for file in (*files, rest)]
        while len(heard := as_levels(mixture.up_to(sound.rate))):
            found = parts.exactly(len(heard))
            for write, levels in zip(append, as_parts(heard, as_levels(found)), strict=True):
                write(levels)
            S += len(heard)
        deque(blocks, maxlen=0)  # a picture that is longer than its sound has voices that nobody asked for yet
    return S


def as_parts(mixture: np.ndarray, voices: np.ndarray) -> np.ndarray:
    """Voices and rest, int16 [K+1,n], whose sum is ``mixture``.

    Args:
        mixture: int16 [n].
        voices: int16 [K,n]; they are changed only where the rest would not fit into 16 bits.
    """
    wide, whole = voices.astype(np.int64), mixture.astype(np.int64)
    rest = whole - wide.sum(axis=0)
    excess = rest - np.clip(rest, LOWEST, HIGHEST)
    if excess.any():
        wide = _softer(wide, excess)
        rest = whole - wide.sum(axis=0)
    return np.vstack([wide, rest]).astype(np.int16)


def _softer(voices: np.ndarray, excess: np.ndarray) -> np.ndarray:
    """Voices [K,n] whose sum is nearer to zero by at least ``excess`` [n], by at most K levels more.

    Voices of the other sign than the excess cause it and are together at least as large, since the mixture itself
    fits; each gives in proportion.
    """
    causing = np.where(np.sign(voices) == -np.sign(excess), voices, 0)
    total = np.abs(causing.sum(axis=0))
    given = np.ceil(np.abs(causing) * np.abs(excess) / np.maximum(total, 1))
    return voices - (np.sign(causing) * np.minimum(given, np.abs(causing))).astype(np.int64)
