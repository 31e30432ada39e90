"""Lists of mixtures for an exam: a table with a row per mixture, from which anybody rebuilds its sound bit for bit.

Like the metadata of LibriMix (Cosentino et al., 2020), a list holds no sound, only which clips at which level and time,
and which stretch of which noise. It is drawn from a split and a seed by the code that draws training mixtures, and
mixed by the code that mixes them. Each set of voices comes once without noise and once at each level of the same noise,
so that what noise costs is told from what the voices cost. Every voice is heard in every mixture: where a clip is so
long that only a pause of it would be, the next mixture takes its place. Only in mixtures that are there for it, one
face is silent.

::

    id               k3-0007+10dB
    K, frames        faces, and frames of the mixture
    speakers, sexes  s1+s2+s9, and whether all are of one sex: same, different, or empty when unknown
    seed             of the list
    noise, noise_offset, snr                  track and sample at which it is entered, dB; empty without noise
    clip_1, speaker_1, sex_1 … speaker_6, …   of each face, empty beyond K
    gain_1 …         dB
    delay_1 …        frame of the mixture at which the clip begins
    face_1 …         "speaks"; "joins": it speaks and is not judged (:mod:`avss.data.company`); or "rests": it is seen
                     resting, and is silent
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from torch import Tensor

from avss.data.mixture_draw import draw_recipe
from avss.data.mixture_recipe import Recipe, Sources
from avss.data.mixture_settings import MixtureSettings
from avss.data.noise import NoiseBank
from avss.data.sixteen_bits import FULL_SCALE
from avss.data.voice_bank import VoiceBank
from avss.errors import CorpusError, SettingsError
from avss.files import writing

FACES = (2, 3, 4, 5, 6)
LEVELS = (None, 10.0, 0.0, -5.0)

SPEAKS, JOINS, RESTS = "speaks", "joins", "rests"
# So many times the mixtures that are wanted are drawn to find those in which every voice is heard.
_ENOUGH = 4
_PAUSE = -30.0  # dB of the level of a voice
_OF_MIXTURE = ("id", "K", "frames", "speakers", "sexes", "seed", "noise", "noise_offset", "snr")
OF_FACE = ("clip", "speaker", "sex", "gain", "delay", "face")


def draw_exam(
    sources: Sources,
    *,
    faces: Sequence[int] = FACES,
    levels: Sequence[float | None] = LEVELS,
    mixtures: int = 100,
    frames: int = 75,
    gain_range: float = 2.5,
    shift: int = 0,
    silent: int = 0,
    seed: int = 0,
) -> pd.DataFrame:
    """Draw a list.

    Args:
        sources: the clips of the speakers to test on, and the noise.
        faces: numbers of faces K.
        levels: of the voices above the noise, dB; ``None`` is no noise.
        mixtures: of each number of faces, at each level, in which every face speaks.
        frames, gain_range, shift: as in :class:`~avss.data.mixture_settings.MixtureSettings`.
        silent: so many mixtures more of each kind, in which the last face rests and is silent.
        seed: of the list.

    Raises:
        SettingsError: there are fewer speakers than faces, no noise without the speakers of a mixture, too few
            mixtures in which every voice is heard, or a face shall be silent where there is no other.
    """
    if silent and min(faces) < 2:
        do = "ask for more faces, or for no silent ones"
        raise SettingsError("a silent face in mixtures of one face", "somebody else who speaks", do)
    noisy = any(level is not None for level in levels)
    rows = []
    for K in faces:
        settings = MixtureSettings(
            speakers=(K, K),
            frames=frames,
            gain_range=gain_range,
            shift=shift,
            noise=float(noisy),
        )
        recipe = _draw_audible(settings, sources, mixtures + silent, seed)
        recipe.heard[mixtures:, -1] = False
        for number in range(mixtures + silent):
            voices = _voices(recipe, number, sources.bank) | {"seed": seed, "frames": frames}
            rows += [
                {"id": _name(K, number, level)} | voices | _noise(recipe, number, sources.noise, level)
                for level in levels
            ]
    return pd.DataFrame(rows, columns=_columns(max(faces))).astype(_numbers(max(faces)))


def write_exam(path: Path, exam: pd.DataFrame) -> None:
    """Write a list as csv.

    Raises:
        OutputError: ``path`` cannot be written.
    """
    with writing(path) as temporary:
        exam.to_csv(temporary, index=False)


def read_exam(path: Path) -> pd.DataFrame:
    """Read a list.

    Raises:
        CorpusError: the file is missing or no such list.
    """
    wanted, do = "a list written by draw_exam", "draw it again, or check the name"
    try:
        # As text first: a speaker may be called 007 or NA.
        exam = pd.read_csv(path, dtype=str, keep_default_na=False, na_values=[""])
        exam = exam.astype(_numbers(int(exam["K"].astype(int).max())))
        whole = _is_whole(exam)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CorpusError(f"{path} is missing or damaged", wanted, do) from error
    if not whole:
        raise CorpusError(f"{path} lacks columns, or faces in some rows", wanted, do)
    return exam


def _draw_audible(settings: MixtureSettings, sources: Sources, mixtures: int, seed: int) -> Recipe:
    """Of all mixtures that the seed gives, the first ones in which every voice is heard."""
    K = settings.speakers[0]
    for B in (mixtures, _ENOUGH * mixtures):
        recipe = draw_recipe(settings, sources, B, seed=seed, step=K)
        audible = _audible(recipe, sources.bank).nonzero().flatten()[:mixtures]
        if len(audible) == mixtures:
            return recipe.each(lambda tensor, rows=audible: tensor[rows])
    what = f"of most mixtures of {K} faces and {settings.frames} frames, a voice is heard nowhere"
    raise SettingsError(what, "clips that speak in so many frames", "ask for longer mixtures, or remove silent clips")


def _audible(recipe: Recipe, bank: VoiceBank) -> Tensor:
    """Whether in each mixture every face that shall be heard speaks in some frame, bool [B]."""
    faces = recipe.faces
    sound, inside = bank.placed(faces.clip, faces.delay, recipe.T)
    loudness = sound.float().div(FULL_SCALE).square().mean(dim=-1).sqrt()  # [B,K,T]
    speaks = loudness * inside >= bank.level[faces.clip][..., None] * 10 ** (_PAUSE / 20)
    return (speaks.any(dim=-1).to(recipe.heard.device) | ~recipe.heard).all(dim=-1)


def _columns(most: int) -> list[str]:
    return [*_OF_MIXTURE, *(f"{name}_{k}" for k in range(1, most + 1) for name in OF_FACE)]


def _numbers(most: int) -> dict[str, str]:
    """The columns that hold numbers, with their types; whole numbers that may be empty need one of pandas' own."""
    faces = range(1, most + 1)
    whole = dict.fromkeys(["noise_offset", *(f"delay_{k}" for k in faces)], "Int64")
    return (
        whole
        | {"K": "int64", "frames": "int64", "seed": "int64", "snr": "float64"}
        | {f"gain_{k}": "float64" for k in faces}
    )


def _name(K: int, number: int, level: float | None) -> str:
    return f"k{K}-{number:04d}" + ("" if level is None else f"{level:+g}dB")


def _voices(recipe: Recipe, number: int, bank: VoiceBank) -> dict[str, object]:
    """The columns of the faces of mixture ``number``."""
    row: dict[str, object] = {}
    clips = recipe.faces.clip[number].tolist()
    for k, clip in enumerate(clips):
        # Rounded, so that the list says exactly what is mixed.
        gain, delay = round(float(recipe.faces.gain[number, k]), 2), int(recipe.faces.delay[number, k])
        speaks = SPEAKS if recipe.judged[number, k] else JOINS
        face = speaks if recipe.heard[number, k] else RESTS
        values = (bank.ids[clip], bank.speakers[clip], bank.sexes[clip], gain, delay, face)
        row |= {f"{name}_{k + 1}": value for name, value in zip(OF_FACE, values, strict=True)}
    sexes = {bank.sexes[clip] for clip in clips}
    alike = None if None in sexes else "same" if len(sexes) == 1 else "different"
    speakers = "+".join(sorted(bank.speakers[clip] for clip in clips))
    return row | {"K": len(clips), "speakers": speakers, "sexes": alike}


def _noise(recipe: Recipe, number: int, bank: NoiseBank | None, level: float | None) -> dict[str, object]:
    """The columns of the noise of mixture ``number``."""
    if level is None or bank is None:
        return {}
    name = bank.names[int(recipe.noise[number])]
    return {"noise": name, "noise_offset": int(recipe.noise_offset[number]), "snr": level}


def _is_whole(exam: pd.DataFrame) -> bool:
    """Whether every row has its columns filled, with values of the right kind."""
    if exam[list(_OF_MIXTURE)].id.hasnans or not len(exam) or int(exam.K.min()) < 1 or int(exam.frames.min()) < 1:
        return False
    for k in range(1, int(exam.K.max()) + 1):
        of_face = exam.loc[k <= exam.K, [f"{name}_{k}" for name in OF_FACE if name != "sex"]]
        numbers = of_face[[f"gain_{k}", f"delay_{k}"]].astype(float)
        if of_face.isna().to_numpy().any() or not np.isfinite(numbers.to_numpy()).all():
            return False
        if not of_face[f"face_{k}"].isin([SPEAKS, JOINS, RESTS]).all():
            return False
    with_noise = exam[exam.noise.notna()]
    return bool(np.isfinite(with_noise[["noise_offset", "snr"]].astype(float).to_numpy()).all())
