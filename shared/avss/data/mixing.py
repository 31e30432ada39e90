"""From recipes to sound and features, on the device that holds the clips, all mixtures of a batch at once.

- **Levels.** Every voice is brought to −25 dB of full scale while it speaks, then to its gain.
- **Signal-to-noise ratio.** Power of the sum of the heard faces' voices over the power of the noise, both over all
  samples of the mixture, pauses included. People who are not seen belong to neither.
- **Rest.** What is no voice of a face: unseen people, noise, late reverberation. Voices and rest add up to the mixture.
- **Peaks.** A mixture above full scale is made softer as a whole, with its voices and its rest.

A mixture depends on its own row of the recipe alone, bit for bit, not on its neighbours in the batch (but for rooms,
whose FFT is exact to single precision).
"""

from typing import NamedTuple

import torch
from torch import Tensor

from avss.data.mixture_recipe import Recipe, Sources, Talk
from avss.data.noise import NoiseBank
from avss.data.rooms import in_room
from avss.data.sixteen_bits import FULL_SCALE
from avss.data.voice_bank import VoiceBank
from avss.rates import SAMPLES_PER_FRAME, samples_in

LEVEL = -25.0  # dB of full scale
PEAK = 0.99


class Mixtures(NamedTuple):
    """B mixtures of K faces, T frames and S = 640·T samples long.

    Attributes:
        mixture: float32 [B,S]; exactly ``voices.sum(1) + rest``.
        voices: float32 [B,K,S], each as it is heard in the mixture; zero where a face is silent.
        rest: float32 [B,S].
        clip: int64 [B,K], number of each face's clip in the bank.
        strangers: int64 [B,E], numbers of the clips of people who are heard and not seen, in the bank of those.
        heard, judged: bool [B,K], as in the recipe.
        valid: bool [B,K,T], the face is seen.
        frames: the bank's visual arrays, [B,K,T,…] each; zero where the face is not seen.
        stills: the bank's arrays of whole clips, [B,K,…] each.
    """

    mixture: Tensor
    voices: Tensor
    rest: Tensor
    clip: Tensor
    strangers: Tensor
    heard: Tensor
    judged: Tensor
    valid: Tensor
    frames: dict[str, Tensor]
    stills: dict[str, Tensor]


def mix(recipe: Recipe, sources: Sources) -> Mixtures:
    """Make the mixtures of a recipe; recipe and sources are on one device."""
    bank, clip, T = sources.bank, recipe.faces.clip, recipe.T
    voices = _voices(bank, recipe.faces, T) * recipe.heard[..., None]
    others = _voices(sources.unseen, recipe.others, T)
    rest = others.sum(dim=1)
    if sources.rooms is not None:
        K = voices.shape[1]
        heard = in_room(torch.cat([voices, others], dim=1), sources.rooms, recipe.room)
        voices, rest = heard.early[:, :K], heard.early[:, K:].sum(dim=1) + heard.late
    if sources.noise is not None:
        noise = _noise(sources.noise, recipe)
        rest = rest + noise * _gain_to(power(voices.sum(dim=1)), power(noise), recipe.snr)[:, None]
    peak = (voices.sum(dim=1) + rest).abs().amax(dim=1)
    softer = PEAK / peak.clamp(min=PEAK)
    voices, rest = voices * softer[:, None, None], rest * softer[:, None]

    seen = recipe.frame >= 0
    valid = bank.valid[clip[..., None], recipe.frame] & seen
    return Mixtures(
        mixture=voices.sum(dim=1) + rest,
        voices=voices,
        rest=rest,
        clip=clip,
        strangers=recipe.others.clip,
        heard=recipe.heard,
        judged=recipe.judged,
        valid=valid,
        frames={name: _seen(array, recipe, valid) for name, array in bank.frames.items()},
        stills={name: array[clip] for name, array in bank.stills.items()},
    )


def among_few(mixtures: Mixtures, most: int) -> Mixtures:
    """The mixtures with no other voices than those of their first ``most`` faces.

    Noise, and what is late in a room, are as loud as before; where there is somebody who is not seen, they go too, for
    they are one sound.
    """
    found = mixtures._asdict()
    of_faces = ("voices", "clip", "heard", "judged", "valid")
    found |= {name: found[name][:, :most] for name in of_faces}
    found |= {name: {part: array[:, :most] for part, array in found[name].items()} for name in ("frames", "stills")}
    if mixtures.strangers.shape[1]:
        found |= {"rest": torch.zeros_like(mixtures.rest), "strangers": mixtures.strangers[:, :0]}
    few = Mixtures(**found)
    return few._replace(mixture=few.voices.sum(dim=1) + few.rest)


def power(wave: Tensor) -> Tensor:
    """Mean square of waves [B,S] → [B]; frame by frame first, so that it does not depend on B."""
    return wave.unflatten(-1, (-1, SAMPLES_PER_FRAME)).square().mean(dim=-1).mean(dim=-1)


def _voices(bank: VoiceBank, talk: Talk, T: int) -> Tensor:
    """The clips at their places and levels, float32 [B,M,S]."""
    sound, inside = bank.placed(talk.clip, talk.delay, T)
    gain = 10 ** ((talk.gain + LEVEL) / 20) / (bank.level[talk.clip] * FULL_SCALE)
    return (sound * (inside * gain[..., None])[..., None]).flatten(start_dim=-2)


def _noise(bank: NoiseBank, recipe: Recipe) -> Tensor:
    """A stretch of each mixture's track, float32 [B,S]; zero where there is none."""
    sample = torch.arange(samples_in(recipe.T), device=recipe.noise.device) + recipe.noise_offset[:, None]
    noise = bank.audio[recipe.noise[:, None], sample % bank.lengths[recipe.noise][:, None]]
    return noise * ((recipe.noise >= 0) / FULL_SCALE)[:, None]


def _gain_to(voices: Tensor, noise: Tensor, snr: Tensor) -> Tensor:
    """Factor of noise of power ``noise`` that puts it ``snr`` dB below ``voices``; 0 where there is no noise."""
    wanted = voices * 10 ** (-snr / 10)
    return torch.where(noise > 0, (wanted / noise).sqrt(), 0.0)


def _seen(array: Tensor, recipe: Recipe, valid: Tensor) -> Tensor:
    """What is seen of an array [N,T,…]: [B,K,T,…]."""
    found = array[recipe.faces.clip[..., None], recipe.frame]
    return found.masked_fill(~valid.reshape(*valid.shape, *[1] * (found.ndim - valid.ndim)), 0)
