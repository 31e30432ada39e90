"""A party video made of videos of one person each: faces side by side, voices at once, and the truth beside it.

::

    party.mp4     the faces side by side, and all that is heard
    voice1.wav …  what each face says in it, from left to right; 16 kHz
    noise.wav     the noise in it, if there is any; voices and noise add up to the sound of the party
    party.json    who is where, how loud, and from which file

A party lasts as long as its longest video; a shorter one ends in a still picture and silence, as somebody who has
said what they had to say. The sound in ``party.mp4`` went through AAC; the wav files are exact.
"""

import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import islice, pairwise
from pathlib import Path

import numpy as np
from rich.progress import track

from avss.data.noise import coloured_noise
from avss.data.sixteen_bits import FULL_SCALE
from avss.errors import MediaError, OutputError, SettingsError
from avss.files import writing
from avss.inference.party_pictures import Size, common_height, side_by_side
from avss.inference.party_sound import mix_sound
from avss.media.probing import probe
from avss.media.reading import read_sound, read_wave
from avss.media.writing import write_video, write_wave
from avss.rates import FRAME_RATE, samples_in

_SILENCE = 1e-4  # −80 dB of full scale, root mean square


@dataclass(frozen=True)
class Guest:
    """Somebody at the party.

    Attributes:
        source: the video they come from.
        voice: name of the wav file of their voice.
        gain: dB that their voice is louder than usual while they speak.
        frames: how long they are there; afterwards they stand still and are silent.
        place: left and right edge of their picture, in pixels of the party's.
    """

    source: str
    voice: str
    gain: float
    frames: int
    place: tuple[int, int]


@dataclass(frozen=True)
class Party:
    """What is true of a party video; ``party.json`` holds the same.

    Attributes:
        frames: T.
        size: of the picture.
        guests: from left to right.
        snr: power of all voices over that of the noise, both over all samples, dB; ``None`` without noise.
        noise: file the noise comes from, or "pink"; ``None`` without noise.
        softer: dB by which all is softer than it would have been, so that nothing clips.
        seed: of the gains and the pink noise.
    """

    frames: int
    size: Size
    guests: tuple[Guest, ...]
    snr: float | None
    noise: str | None
    softer: float
    seed: int


def mix_party(
    videos: Sequence[Path], out: Path, *, snr: float | None = None, noise: Path | None = None, seed: int = 0
) -> Party:
    """Make a party video with its truth, in a new folder. Its sound is held in memory: 4 MB a minute and voice.

    Every voice is brought to −25 dB of full scale while it speaks, and from there by a gain within ±2.5 dB. Pictures
    are scaled to the height of the lowest.

    Args:
        videos: of one talking person each, in the order from left to right.
        out: folder to make.
        snr: level of all voices together above the noise, dB; ``None`` adds no noise.
        noise: sound file to take the noise from, from its start and again and again; pink noise when left out.
        seed: of the gains and the pink noise.

    Raises:
        MediaError: a file is missing or cannot be read, a video lacks picture or sound, or the noise or everybody
            is silent.
        OutputError: ``out`` is taken or cannot be written.
        SettingsError: fewer than two videos, noise without an ``snr``, or an ``snr`` that is no level.
    """
    _check(videos, out, snr, noise)
    frames = [probe(video).frames for video in videos]
    T = max(frames)
    waves = np.stack([read_wave(video, T) for video in videos])
    background = np.zeros(samples_in(T), np.float32)
    if snr is not None:
        if _level(waves) < _SILENCE:
            what = f"nobody is heard in {' and '.join(map(str, videos))}, so that no noise can be {snr:g} dB below them"
            raise MediaError(what, "videos of people who speak", "check their sound, or leave the SNR out")
        background = _pink_noise(T, seed) if noise is None else _recorded_noise(noise, T)
    sound = mix_sound(waves, background, snr or 0.0, np.random.default_rng(seed))
    sizes = common_height(videos)
    edges = np.cumsum([0, *(size.width for size in sizes)]).tolist()
    guests = [
        Guest(str(video), f"voice{number}.wav", float(gain), there, place)
        for number, (video, gain, there, place) in enumerate(
            zip(videos, sound.gains, frames, pairwise(edges), strict=True), start=1
        )
    ]
    kind = None if snr is None else str(noise or "pink")
    party = Party(T, Size(edges[-1], sizes[0].height), tuple(guests), snr, kind, sound.softer, seed)
    with writing(out) as folder:
        for guest, voice in zip(guests, sound.voices, strict=True):
            write_wave(folder / guest.voice, voice)
        if snr is not None:
            write_wave(folder / "noise.wav", sound.noise)
        pictures = track(islice(side_by_side(videos, sizes), T), "party", total=T)
        write_video(folder / "party.mp4", pictures, sound.voices.sum(axis=0) + sound.noise, codec="libx264")
        (folder / "party.json").write_text(json.dumps(asdict(party), indent=2, ensure_ascii=False) + "\n")
    return party


def _check(videos: Sequence[Path], out: Path, snr: float | None, noise: Path | None) -> None:
    """Refuse what can be refused before anything is read."""
    if len(videos) < 2:
        what = f"a party of {len(videos)} video{'s' * (len(videos) != 1)}"
        raise SettingsError(what, "two videos or more, of one person each", "give another video")
    if noise is not None and snr is None:
        raise SettingsError(f"the noise {noise} without a level", "an SNR in dB", "give --snr, such as --snr 10")
    if snr is not None and not math.isfinite(snr):
        raise SettingsError(f"an SNR of {snr} dB", "a number such as 10", "correct it, or leave it out for no noise")
    if out.exists():
        raise OutputError(f"{out} exists already", "a new folder", "choose another, or remove it")


def _level(wave: np.ndarray) -> float:
    """Root mean square of [...,S]."""
    return float(np.sqrt(np.square(wave, dtype=np.float64).mean()))


def _pink_noise(T: int, seed: int) -> np.ndarray:
    bank = coloured_noise(["pink"], seed=seed)
    return np.resize(bank.audio[0].numpy() / np.float32(FULL_SCALE), samples_in(T))


def _recorded_noise(path: Path, T: int) -> np.ndarray:
    """The sound of a file from its start, again and again, float32 [640·T]."""
    noise = np.resize(read_sound(path), samples_in(T))
    if _level(noise) < _SILENCE:
        what = f"{path} is silent for the {T / FRAME_RATE:.1f} s of the party"
        raise MediaError(what, "noise that is heard from its start", "choose another file")
    return noise
