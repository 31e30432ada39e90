"""Voices from the frame grid back to the rate and the place of the sound they were taken from.

The resampler's filter has linear phase and its delay is taken out, so sample ``n`` of what comes out belongs to sample
``n`` of the source. What a voice had above 8 kHz is not in it: at 16 kHz nothing of that is heard.

Source of the method: the SoX resampler of R. Sykes, https://sourceforge.net/projects/soxr.
"""

from collections.abc import Iterable, Iterator
from itertools import chain

import numpy as np
import soxr

from avss.media.source_sound import SourceSound
from avss.rates import SAMPLE_RATE


def at_own_rate(voices: Iterable[np.ndarray], sound: SourceSound) -> Iterator[np.ndarray]:
    """Bring voices back to the rate of ``sound``, block by block.

    Args:
        voices: consecutive blocks at 16 kHz from frame 0 on, float32 [K,n], at least one.
        sound: what they were taken from.

    Yields:
        Consecutive blocks [K,m] at ``sound.rate``, from its first sample on. The voices end where they end, which is
        seldom where ``sound`` does.
    """
    blocks = iter(voices)
    first = next(blocks)
    resampler = soxr.ResampleStream(SAMPLE_RATE, sound.rate, num_channels=len(first), dtype="float32")
    for block in _from(sound.offset, chain([first], blocks)):
        yield resampler.resample_chunk(np.ascontiguousarray(block.T)).T
    yield resampler.resample_chunk(np.zeros((0, len(first)), np.float32), last=True).T


def _from(start: int, blocks: Iterable[np.ndarray]) -> Iterator[np.ndarray]:
    """Blocks [K,n] from sample ``start`` on; a negative start is that much silence before them."""
    for block in blocks:
        yield np.pad(block, [(0, 0), (max(0, -start), 0)])[:, max(0, start) :]
        start = max(0, start - block.shape[-1])
