"""Filling a :class:`~avss.data.voice_bank.VoiceBank`: from a prepared store, or from a folder of sound files.

Every voice is measured while it speaks, in the frames that are at most 30 dB below its loudest one, so that a clip
with long pauses is not taken for a soft voice.
"""

from collections.abc import Collection, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from avss.corpora.clip import Sex
from avss.data.sixteen_bits import FULL_SCALE, as_int16
from avss.data.splits import Split, ranking
from avss.data.store import PreparedStore
from avss.data.voice_bank import VoiceBank
from avss.errors import CorpusError, MediaError, SettingsError
from avss.media.reading import read_sound
from avss.rates import SAMPLES_PER_FRAME, samples_in

_PAUSE = -30.0  # dB of the loudest frame
# Quieter voices (−80 dB) are taken for silence and not made louder.
_SILENCE = 1e-4

_SOUNDS = {".wav", ".flac", ".ogg", ".opus", ".mp3", ".m4a", ".aac"}


def read_bank(
    store: PreparedStore, *parts: Split, names: Collection[str] | None = None, speakers: int | None = None
) -> VoiceBank:
    """The usable clips of some parts of a store's split, in the store's order, on the CPU and without features.

    Args:
        store: where they lie.
        parts: of its split.
        names: of the speakers who are taken; ``None`` takes all.
        speakers: so many of them are taken, the sexes in their proportion; any lower number takes some of the same.

    Raises:
        CorpusError: there are none.
        SettingsError: there are fewer speakers.
        StoreError: a volume is missing or damaged.
    """
    rows = store.clips[store.clips.split.isin(parts)]
    if names is not None:
        rows = rows[rows.speaker.isin(names)]
    if rows.empty:
        what = f"{store.root} has no usable clip in the split {' or '.join(parts)}"
        raise CorpusError(what, "at least one", "prepare more speakers, or choose another split")
    if speakers is not None:
        rows = rows[rows.speaker.isin(_some_speakers(rows, speakers))]
    sexes = [_sex(sex) for sex in rows.sex]
    clips = [store[str(clip_id)] for clip_id in rows.index]
    valid = torch.zeros(len(clips), int(rows.frames.max()), dtype=torch.bool)
    for row, clip in zip(valid, clips, strict=True):
        row[: len(clip.valid)] = torch.from_numpy(np.array(clip.valid))
    return _bank(rows.index.tolist(), rows.speaker.tolist(), sexes, [clip.audio for clip in clips], valid)


def read_talkers(folder: Path) -> VoiceBank:
    """Talkers without a face: every sound file below ``folder``, the folder a file lies in being its speaker.

    Raises:
        CorpusError: there is no sound file, or there are two of one name.
        MediaError: a file cannot be read.
    """
    files = sound_files(folder)
    ids = [file.relative_to(folder).with_suffix("").as_posix() for file in files]
    first: dict[str, Path] = {}
    for clip_id, file in zip(ids, files, strict=True):
        if first.setdefault(clip_id, file) != file:
            what = f"{first[clip_id]} and {file} are one clip by their names"
            raise CorpusError(what, "one file of each clip", "remove one of them, or rename it")
    speakers = [file.parent.relative_to(folder).as_posix() for file in files]
    waves = [_whole_frames(file) for file in files]
    T = max(len(wave) for wave in waves) // SAMPLES_PER_FRAME
    return _bank(ids, speakers, [None] * len(files), waves, torch.zeros(len(files), T, dtype=torch.bool))


def sound_files(folder: Path) -> list[Path]:
    """The sound files below ``folder``, in the order of their names.

    Raises:
        CorpusError: there is none.
    """
    files = sorted(file for file in folder.rglob("*") if file.suffix.lower() in _SOUNDS)
    if not files:
        wanted = f"a folder with files {' '.join(sorted(_SOUNDS))}"
        raise CorpusError(f"there is no sound file below {folder}", wanted, "check the name of the folder")
    return files


def speech_level(audio: np.ndarray) -> float:
    """Root mean square of a voice int16 [640·T] over the frames in which it speaks; at least −80 dB of full scale."""
    power = np.square(audio.reshape(-1, SAMPLES_PER_FRAME) / FULL_SCALE).mean(axis=1)
    spoken = power[power >= power.max() * 10 ** (_PAUSE / 10)]
    return max(float(np.sqrt(spoken.mean())), _SILENCE)


def _some_speakers(rows: pd.DataFrame, count: int) -> list[str]:
    """Names of ``count`` speakers of the clips ``rows``."""
    ranked = ranking({str(name): _sex(sex) for name, sex in zip(rows.speaker, rows.sex, strict=True)})
    if not 1 <= count <= len(ranked):
        what = f"{count} speakers are asked for, of {len(ranked)} who are there"
        raise SettingsError(what, f"1 to {len(ranked)}", "ask for fewer, or for all of them with null")
    return ranked[:count]


def _sex(sex: str | None) -> Sex | None:
    return sex if sex in ("m", "f") else None


def _bank(
    ids: Sequence[str],
    speakers: Sequence[str],
    sexes: Sequence[Sex | None],
    waves: Sequence[np.ndarray],
    valid: Tensor,
) -> VoiceBank:
    audio = np.zeros((len(ids), samples_in(valid.shape[1])), np.int16)
    for row, wave in zip(audio, waves, strict=True):
        row[: len(wave)] = wave
    lengths = np.array([len(wave) // SAMPLES_PER_FRAME for wave in waves], np.int64)
    level = np.array([speech_level(wave) for wave in waves], np.float32)
    return VoiceBank(
        tuple(ids), tuple(speakers), tuple(sexes), lengths, torch.from_numpy(audio), torch.from_numpy(level), valid
    )


def _whole_frames(file: Path) -> np.ndarray:
    """The sound of ``file`` int16 [640·T], without its last started frame."""
    wave = read_sound(file)
    T = len(wave) // SAMPLES_PER_FRAME
    if T == 0:
        raise MediaError(f"{file} has {len(wave)} samples", "at least one frame, 0.04 s", "remove the file")
    return as_int16(wave[: samples_in(T)])
