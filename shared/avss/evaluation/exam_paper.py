"""The paper of an exam: which mixtures are to be separated, and what they are made from.

It is drawn once and kept, so that every stage sits the same exam and whoever wants to compare can sit it too.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from jsonargparse.typing import NonNegativeInt, PositiveInt

from avss.data.bank_faces import with_faces
from avss.data.bank_reading import read_bank
from avss.data.company import held_back, read_with_company
from avss.data.exam_list import FACES, LEVELS, draw_exam, read_exam, write_exam
from avss.data.mixture_recipe import Sources
from avss.data.noise import NoiseBank, babble, coloured_noise, join_noise, recorded_noise
from avss.data.splits import Split
from avss.data.store import PreparedStore

# Trainings make their noise from small seeds; what is tested with shall be new to them.
_NOISE_SEED = 10_000


@dataclass(frozen=True)
class ExamSettings:
    """What is asked, and of whom.

    Attributes:
        store: prepared store with the speakers to test on.
        paper: csv file of the mixtures; it is drawn where it is missing, and what it says is asked where it is not.
        part: of the split, whose voices are mixed.
        company: part of the split who joins the mixtures, unjudged, where ``part`` has fewer speakers than the largest
            K; null is nobody.
        held_back: so many join beside them of those who would train, whom the training of the separator left out
            (``sources.company`` of its settings).
        faces: numbers of faces K; those beyond the speakers and their company are left out.
        levels: of the voices above the noise, dB; null is no noise.
        mixtures: of each number of faces, at each level, in which every face speaks.
        silent: so many more, in which one face is silent; of them only what leaks into its voice is told.
        frames: length of the mixtures.
        seed: of the paper.
        recordings: folder of noise, of which the share of ``part`` is used beside coloured noise.
        babble: talkers in the babble that is used too; 0 is no babble.
        babble_part: of the split, who talks in it.
        audio_only: run folder of the audio-only twin; left out, its row is missing.
        listened: of so many mixtures of each number of faces and level PESQ, STOI and ESTOI are computed.
        batch: mixtures at a time.
        jobs: processes for these slow metrics; -1 uses all cores.
        device: to separate on; null is a GPU of CUDA where there is one, else the CPU.
    """

    store: Path
    paper: Path
    part: Split = "test"
    company: Split | None = None
    held_back: NonNegativeInt = 0
    faces: Sequence[PositiveInt] = FACES
    levels: Sequence[float | None] = LEVELS
    mixtures: PositiveInt = 100
    silent: NonNegativeInt = 20
    frames: PositiveInt = 75
    seed: NonNegativeInt = 0
    recordings: Path | None = None
    babble: NonNegativeInt = 4
    babble_part: Split = "valid"
    audio_only: Path | None = None
    listened: NonNegativeInt = 20
    batch: PositiveInt = 8
    jobs: int = -1
    device: str | None = None


def read_sources(settings: ExamSettings, store: PreparedStore) -> Sources:
    """The clips of the speakers to test on and of their company, with their faces, and the noise, on the CPU.

    Raises:
        CorpusError: there are no clips of a part of the split, or no recordings.
        SettingsError: there are fewer speakers than talkers in the babble, or than are held back.
        StoreError: a volume is missing or damaged.
    """
    company = {*store.speakers.get(settings.company or "", []), *held_back(store, settings.held_back)}
    bank, joining = read_with_company(store, settings.part, company, max(settings.faces))
    return Sources(with_faces(bank, store, mouths=True), noise=_noise(settings, store), company=joining)


def beyond(settings: ExamSettings, sources: Sources) -> list[int]:
    """The numbers of faces that are more than there are speakers to mix."""
    return [K for K in settings.faces if len(sources.bank.roster.names) < K]


def read_paper(settings: ExamSettings, sources: Sources) -> pd.DataFrame:
    """The mixtures of the exam; drawn and written first, where the file is missing.

    Raises:
        SettingsError: there are fewer speakers than the fewest faces, no noise without the speakers of a mixture, or
            too few mixtures in which every voice is heard.
        CorpusError: the file holds no list of mixtures.
        OutputError: the file cannot be written.
    """
    if not settings.paper.is_file():
        drawn = draw_exam(
            sources,
            faces=_possible(settings, sources),
            levels=settings.levels,
            mixtures=settings.mixtures,
            frames=settings.frames,
            silent=settings.silent,
            seed=settings.seed,
        )
        write_exam(settings.paper, drawn)
    return read_exam(settings.paper)


def other_questions(settings: ExamSettings, sources: Sources, paper: pd.DataFrame) -> str | None:
    """What a paper that was there already asks, in words, where that is not what the settings ask."""
    found = _asked(paper.K.tolist(), paper.snr.tolist(), len(paper), paper.frames.max())
    faces = _possible(settings, sources)
    rows = (settings.mixtures + settings.silent) * len(faces) * len(settings.levels)
    wanted = _asked(faces, settings.levels, rows, settings.frames)
    return None if found == wanted else f"{settings.paper}, which was there already, asks {found}; wanted were {wanted}"


def _possible(settings: ExamSettings, sources: Sources) -> Sequence[int]:
    """The numbers of faces that there are speakers for; all of them, and then an error, if there are for none."""
    return [K for K in settings.faces if K not in beyond(settings, sources)] or settings.faces


def _asked(faces: Sequence[int], levels: Sequence[float | None], mixtures: int, frames: int) -> str:
    noises = sorted({None if level is None or math.isnan(level) else level for level in levels}, key=str, reverse=True)
    at = ", ".join("no noise" if level is None else f"{level:g} dB" for level in noises)
    return f"{mixtures} mixtures of {', '.join(map(str, sorted(set(faces))))} faces and {frames} frames at {at}"


def _noise(settings: ExamSettings, store: PreparedStore) -> NoiseBank:
    banks = [coloured_noise(seed=_NOISE_SEED)]
    if settings.babble:
        talking = read_bank(store, settings.babble_part)
        banks.append(babble(talking, talkers=settings.babble, seed=_NOISE_SEED))
    if settings.recordings is not None:
        banks.append(recorded_noise(settings.recordings, settings.part))
    return join_noise(*banks)
