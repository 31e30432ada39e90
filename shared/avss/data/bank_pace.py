"""Voices at another pace: played faster or slower, sound and lips alike, as a person who was not in the corpus.

Pitch and formants move with the pace, so a bank joined with itself at 0.9 and 1.1 has three times the speakers
("speed perturbation" of Ko et al., "Audio augmentation for speech recognition", Interspeech 2015, where each pace is a
speaker of its own). It is done once, with the bank, and costs a training step nothing.

>>> bank = join([bank, at_pace(bank, 0.9), at_pace(bank, 1.1)])     # doctest: +SKIP
"""

from collections.abc import Sequence
from fractions import Fraction

import numpy as np
import torch
from torch import Tensor
from torchaudio.functional import resample

from avss.data.voice_bank import VoiceBank, at_pace_named
from avss.rates import samples_in

# Clips are resampled so many at a time: as float32, all of GRID would not fit into memory.
_AT_ONCE = 256
_FINEST = 100  # a pace is rounded to hundredths


def at_pace(bank: VoiceBank, pace: float) -> VoiceBank:
    """The bank as if everybody spoke ``pace`` times as fast; ids and speakers end in ``@pace``.

    Each frame shows the picture that is nearest in time.

    Args:
        bank: whose clips.
        pace: 1.1 shortens a clip to 1/1.1; rounded to hundredths.

    Raises:
        ValueError: ``pace`` is not positive.
    """
    ratio = Fraction(round(pace * _FINEST), _FINEST)
    if ratio <= 0:
        raise ValueError(f"nobody speaks at {pace} times a pace; a positive number is needed")
    lengths = np.ceil(bank.lengths / float(ratio)).astype(np.int64)
    T = int(lengths.max())
    source = ((torch.arange(T, device=bank.audio.device) + 0.5) * float(ratio)).long().clamp(max=bank.T - 1)
    within = torch.from_numpy(np.arange(T) < lengths[:, None]).to(bank.audio.device)
    chunks = [_resampled(chunk, ratio, samples_in(T)) for chunk in bank.audio.split(_AT_ONCE)]
    return VoiceBank(
        tuple(at_pace_named(clip_id, float(ratio)) for clip_id in bank.ids),
        tuple(at_pace_named(speaker, float(ratio)) for speaker in bank.speakers),
        bank.sexes,
        lengths,
        torch.cat(chunks),
        bank.level,
        bank.valid[:, source] & within,
        {name: array[:, source] for name, array in bank.frames.items()},
        bank.stills,
    )


def join(banks: Sequence[VoiceBank]) -> VoiceBank:
    """The clips of several banks on one device in one bank, with the visual arrays that all of them have.

    Raises:
        ValueError: two clips have one id.
    """
    ids = tuple(clip_id for bank in banks for clip_id in bank.ids)
    if len(set(ids)) < len(ids):
        raise ValueError("the banks share clips; each clip can be in a bank once")
    T = max(bank.T for bank in banks)
    return VoiceBank(
        ids,
        tuple(speaker for bank in banks for speaker in bank.speakers),
        tuple(sex for bank in banks for sex in bank.sexes),
        np.concatenate([bank.lengths for bank in banks]),
        torch.cat([padded(bank.audio, samples_in(T)) for bank in banks]),
        torch.cat([bank.level for bank in banks]),
        torch.cat([padded(bank.valid, T) for bank in banks]),
        {
            name: torch.cat([padded(bank.frames[name], T) for bank in banks])
            for name in banks[0].frames
            if all(name in bank.frames for bank in banks)
        },
        {
            name: torch.cat([bank.stills[name] for bank in banks])
            for name in banks[0].stills
            if all(name in bank.stills for bank in banks)
        },
    )


def padded(array: Tensor, length: int) -> Tensor:
    """[N,L,…] → [N,length,…], cut or followed by zeros."""
    N, L = array.shape[:2]
    if length <= L:
        return array[:, :length]
    return torch.cat([array, array.new_zeros(N, length - L, *array.shape[2:])], dim=1)


def _resampled(audio: Tensor, ratio: Fraction, S: int) -> Tensor:
    """int16 [N,·] → int16 [N,S]."""
    wave = resample(audio.float(), ratio.numerator, ratio.denominator)
    limits = torch.iinfo(torch.int16)
    return padded(wave.round().clamp(limits.min, limits.max).to(torch.int16), S)
