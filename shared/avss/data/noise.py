"""Noise to mix voices with: recordings from a folder, coloured noise, and the babble of other people.

All of it is kept as tracks in a :class:`NoiseBank` on the device, from which a mixture takes a stretch by index and
offset; a track that is too short is repeated. Tracks hold no silence, so that the drawn level is that of every stretch.

A track's name says how it was made. A list of mixtures names its tracks, and so finds the same noise again.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Literal, get_args

import numpy as np
import torch
from torch import Tensor

from avss.corpora.generated.cast.draws import named_generators
from avss.data.bank_reading import sound_files
from avss.data.sixteen_bits import as_int16
from avss.data.splits import TEST_SHARE, VALID_SHARE, Split
from avss.data.voice_bank import VoiceBank, person
from avss.errors import CorpusError, MediaError, SettingsError
from avss.media.reading import read_sound
from avss.rates import SAMPLE_RATE, SAMPLES_PER_FRAME, samples_in

Colour = Literal["white", "pink", "brown"]
COLOURS: tuple[Colour, ...] = get_args(Colour)

# Power falls with frequency to the power of this: 0, 3 and 6 dB an octave.
_EXPONENTS: dict[Colour, int] = {"white": 0, "pink": 1, "brown": 2}
_LOWEST = 20.0  # Hz; below, coloured noise would be all rumble

_TAKE = re.compile(r"(?<=\d)-[A-Z](?=(-\d+)?\.\w+$)")

_SECONDS = 30
_PAUSE = -50.0  # dB of the loudest frame: frames of a recording below this are cut out
_PEAK = 0.9


@dataclass(frozen=True)
class NoiseBank:
    """M tracks of noise of up to S samples.

    Attributes:
        names: of the tracks; each tells one track, whoever makes it.
        kinds: of the tracks: "white", "pink", "brown", "babble" or "recording".
        speakers: who is heard in each track.
        lengths: int64 [M], samples.
        audio: int16 [M,S]; zero after the end of a track.
    """

    names: tuple[str, ...]
    kinds: tuple[str, ...]
    speakers: tuple[frozenset[str], ...]
    lengths: Tensor
    audio: Tensor

    def __len__(self) -> int:
        return len(self.names)

    @cached_property
    def index(self) -> dict[str, int]:
        """The number of each track by its name."""
        return {name: number for number, name in enumerate(self.names)}

    @cached_property
    def people(self) -> tuple[np.ndarray, np.ndarray]:
        """Names of those who are heard anywhere, str [n], and who of them is heard in each track, bool [M,n]."""
        tracks = [{person(name) for name in track} for track in self.speakers]
        names = sorted(set[str]().union(*tracks))
        audible = [[name in track for name in names] for track in tracks]
        return np.array(names, str), np.array(audible, bool).reshape(len(tracks), len(names))

    def to(self, device: torch.device | str) -> "NoiseBank":
        """The same bank on ``device``."""
        return replace(self, lengths=self.lengths.to(device), audio=self.audio.to(device))


def coloured_noise(colours: Sequence[Colour] = COLOURS, *, seconds: float = _SECONDS, seed: int = 0) -> NoiseBank:
    """Gaussian noise of each colour, 20 Hz to 8 kHz."""
    S = round(seconds * SAMPLE_RATE)
    frequencies = np.fft.rfftfreq(S, 1 / SAMPLE_RATE)
    tracks = []
    for colour in colours:
        white = np.fft.rfft(named_generators(seed)(colour).standard_normal(S))
        amplitude = np.maximum(frequencies, _LOWEST) ** (-_EXPONENTS[colour] / 2)
        tracks.append(np.fft.irfft(white * amplitude * (frequencies >= _LOWEST), S))
    names = [f"{colour}-{seconds:g}s-{seed}" for colour in colours]
    return _bank(names, colours, [frozenset()] * len(tracks), tracks)


def recorded_noise(folder: Path, part: Split) -> NoiseBank:
    """The sound files below ``folder`` that belong to a part of the split, without their pauses.

    A hash of its name decides which part a file belongs to: 70 % train, 15 % validate, 15 % test. So noise that is
    tested with is not trained with. What ESC-50 calls the takes A, B, … of a recording, as in ``1-100032-B-0.wav``, go
    together.

    Raises:
        CorpusError: there is none.
        MediaError: a file cannot be read, is shorter than a frame, or is silent.
    """
    files = {file.relative_to(folder).as_posix(): file for file in sound_files(folder)}
    chosen = {name: file for name, file in files.items() if _part_of(name) == part}
    if not chosen:
        what = f"none of the {len(files)} sound files below {folder} falls into the split '{part}'"
        raise CorpusError(what, "some dozens of files, so that each split gets its share", "add recordings")
    tracks = [_without_pauses(file) for file in chosen.values()]
    return _bank(list(chosen), ["recording"] * len(tracks), [frozenset()] * len(tracks), tracks)


def babble(
    bank: VoiceBank, *, talkers: int = 6, tracks: int = 32, seconds: float = _SECONDS, seed: int = 0
) -> NoiseBank:
    """Tracks in which ``talkers`` speakers of ``bank`` talk all the time and all at once, equally loud.

    A mixture takes only tracks in which none of its own speakers is heard.

    Raises:
        SettingsError: the bank has fewer speakers.
    """
    roster = bank.roster
    if len(roster.names) < talkers:
        what = f"babble of {talkers} talkers needs as many speakers; the bank has {len(roster.names)}"
        raise SettingsError(
            what, "at least as many speakers as talkers", "lower talkers, or give a bank of more speakers"
        )
    S = round(seconds * SAMPLE_RATE)
    made, heard = [], []
    for track in range(tracks):
        rng = np.random.default_rng([seed, track])
        speakers = rng.choice(len(roster.names), talkers, replace=False)
        made.append(np.sum([_talking(bank, speaker, S, rng) for speaker in speakers], axis=0))
        heard.append(frozenset(roster.names[speakers].tolist()))
    # Other clips would make other babble from the same seed.
    names = [
        f"babble-{talkers}-{seconds:g}s-{seed}-{track}-{sha256(sound).hexdigest()[:8]}"
        for track, sound in enumerate(made)
    ]
    return _bank(names, ["babble"] * tracks, heard, made)


def join_noise(*banks: NoiseBank) -> NoiseBank:
    """The tracks of several banks on the CPU in one bank.

    Raises:
        ValueError: two tracks have one name.
    """
    names = tuple(name for bank in banks for name in bank.names)
    if len(set(names)) < len(names):
        raise ValueError("the banks share tracks; each track can be in a bank once")
    return NoiseBank(
        names,
        tuple(kind for bank in banks for kind in bank.kinds),
        tuple(speakers for bank in banks for speakers in bank.speakers),
        torch.cat([bank.lengths for bank in banks]),
        _stacked([track for bank in banks for track in bank.audio]),
    )


def _bank(
    names: Sequence[str], kinds: Sequence[str], speakers: Sequence[frozenset[str]], tracks: Sequence[np.ndarray]
) -> NoiseBank:
    levelled = [torch.from_numpy(as_int16(_PEAK * track / max(abs(track).max(), 1e-9))) for track in tracks]
    lengths = torch.tensor([len(track) for track in tracks])
    return NoiseBank(tuple(names), tuple(kinds), tuple(speakers), lengths, _stacked(levelled))


def _stacked(tracks: Sequence[Tensor]) -> Tensor:
    return torch.nn.utils.rnn.pad_sequence(list(tracks), batch_first=True)


def _part_of(name: str) -> Split:
    recording = _TAKE.sub("-A", name)
    draw = int.from_bytes(sha256(recording.encode()).digest()[:4]) / 2**32
    if draw < TEST_SHARE:
        return "test"
    return "valid" if draw < TEST_SHARE + VALID_SHARE else "train"


def _without_pauses(file: Path) -> np.ndarray:
    """The frames [·,640] of a recording in which something is heard, one after the other."""
    wave = read_sound(file)
    T = len(wave) // SAMPLES_PER_FRAME
    if T == 0:
        raise MediaError(f"{file} has {len(wave)} samples", "at least one frame, 0.04 s", "remove the file")
    frames = wave[: samples_in(T)].reshape(T, SAMPLES_PER_FRAME)
    power = np.square(frames).mean(axis=1)
    if not power.any():
        raise MediaError(f"{file} is silent", "a recording in which something is heard", "remove the file")
    return frames[power >= power.max() * 10 ** (_PAUSE / 10)].reshape(-1)


def _talking(bank: VoiceBank, speaker: np.integer, S: int, rng: np.random.Generator) -> np.ndarray:
    """All clips of a speaker in random order, repeated up to S samples, at level 1; it may begin in mid-word."""
    first, count = bank.roster.first[speaker], bank.roster.count[speaker]
    clips = rng.permutation(bank.roster.clips[first : first + count])
    waves = [bank.audio[clip, : bank.lengths[clip] * SAMPLES_PER_FRAME] / bank.level[clip] for clip in clips]
    wave = torch.cat(waves).cpu().numpy()
    return np.resize(np.roll(wave, -rng.integers(len(wave))), S)
