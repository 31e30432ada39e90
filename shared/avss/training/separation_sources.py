"""The mixtures of a training: the clips of a store, what is seen of them, and what else is heard beside them."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from avss.data.bank_pace import at_pace, join
from avss.data.bank_reading import read_bank, read_talkers
from avss.data.company import held_back, read_with_company
from avss.data.mixture_draw import check_enough
from avss.data.mixture_recipe import Sources
from avss.data.mixture_settings import MixtureSettings
from avss.data.mixtures import MixtureData
from avss.data.noise import NoiseBank, babble, coloured_noise, join_noise, recorded_noise
from avss.data.rooms import simulate_rooms
from avss.data.store import PreparedStore
from avss.data.store_join import JOINED
from avss.data.voice_bank import VoiceBank
from avss.errors import SettingsError
from avss.training.imagined_lips import with_imagined_lips

_EXAM_FRAMES = 75
_PLACES = 8  # of a room, at least, so that the same seed gives the same rooms to mixtures of fewer people
_SLOWEST = 0.01  # paces are told apart by hundredths

Part = Literal["train", "valid"]
See = Callable[[VoiceBank], VoiceBank]


@dataclass(frozen=True)
class SourceSettings:
    """Who is heard of a store in the training, and what is heard beside them.

    Attributes:
        speakers: so many of its training speakers; null is all of them.
        recordings: folder of noise, of which each part of the split gets its share.
        babble: how many people talk at once in the babble of the training; 0 is none.
        talkers: folder of sound of people who are not seen, for the training.
        rooms: how many are simulated.
        paces: the training clips are also heard, and seen, at these paces, as if by other people; talkers too.
        company: where fewer people validate, so many join them, unjudged, of those who would train; nothing is learned
            from them (:func:`avss.data.company.held_back`).
        own_share: so many of the faces in the training are people of the store's own corpus, the others joined it
            (:mod:`avss.data.store_join`) or are imagined; null draws everybody as often.
        imagined: the talkers are also seen: lips are imagined for their voices (:mod:`avss.training.imagined_lips`).

    Raises:
        SettingsError: a number is below zero, a pace is none or comes twice, or a share is none.
    """

    speakers: int | None = None
    recordings: Path | None = None
    babble: int = 0
    talkers: Path | None = None
    rooms: int = 0
    paces: Sequence[float] = ()
    company: int = 0
    own_share: float | None = None
    imagined: bool = False

    def __post_init__(self) -> None:
        if self.own_share is not None and not 0 < self.own_share < 1:
            what = f"own_share is {self.own_share}"
            raise SettingsError(what, "a share between 0 and 1, or null", "correct own_share")
        for name in ("babble", "rooms", "company"):
            if getattr(self, name) < 0:
                raise SettingsError(f"{name} is {getattr(self, name)}", "at least 0", f"correct {name}")
        told = all(_SLOWEST <= pace < math.inf for pace in self.paces)
        if not told or len({round(pace, 2) for pace in self.paces}) < len(self.paces):
            what = f"the paces are {', '.join(map(str, self.paces))}"
            raise SettingsError(what, f"different numbers from {_SLOWEST} on, 1 being as it was", "correct paces")


def separation_data(
    store: PreparedStore,
    see: See,
    settings: SourceSettings,
    levels: Sequence[MixtureSettings],
    *,
    batch: int,
    steps: int,
    valid_steps: int,
    seed: int,
) -> MixtureData:
    """Mixtures of the training and of the validation speakers of a store.

    Args:
        store: where the clips lie.
        see: adds to a bank what is seen.
        settings: what else is heard.
        levels: how mixtures are drawn for training; for validation, :func:`exam_like` ones are.
        batch: mixtures in a batch.
        steps: batches in an epoch.
        valid_steps: batches of each level to validate on.
        seed: of all draws.

    Raises:
        CorpusError: there are no clips, no recordings or no talkers.
        SettingsError: there are fewer speakers than asked for, or than the faces of a mixture or the babble need; or
            lips are to be imagined of nobody, or for a frontend that learns.
        StoreError: the store is damaged.
    """
    noisy, faces = any(level.noise > 0 for level in levels), max((level.speakers[1] for level in levels), default=0)
    voices = max((level.speakers[1] + level.unseen_talkers[1] for level in levels), default=0)
    train, valid = (
        read_sources(store, part, settings, see, noisy=noisy, faces=faces, voices=voices, seed=seed)
        for part in ("train", "valid")
    )
    if settings.imagined:
        train = with_imagined_lips(train, valid, seed=seed)
    valid_levels = [exam_like(level) for level in levels]
    # Before a training comes to the level that cannot be drawn.
    for level, valid_level in zip(levels, valid_levels, strict=True):
        check_enough(level, train, "the training clips")
        check_enough(valid_level, valid, "those to validate on")
    return MixtureData(
        train,
        valid,
        levels=levels,
        valid_levels=valid_levels,
        batch=batch,
        steps=steps,
        valid_steps=valid_steps * len(levels),
        seed=seed,
    )


def read_sources(
    store: PreparedStore,
    part: Part,
    settings: SourceSettings,
    see: See,
    *,
    noisy: bool,
    faces: int,
    voices: int,
    seed: int,
) -> Sources:
    """The clips of a part of the store's split, and what is heard beside them.

    No noise and no room is in two parts, nor is anybody but company, who is not judged; babble, other paces and unseen
    talkers are for the training alone.

    Args:
        store: where the clips lie.
        part: of the split.
        settings: what else there is.
        see: adds to a bank what is seen.
        noisy: whether there is noise at all: coloured, and what ``settings`` adds.
        faces: the largest number in a mixture.
        voices: the largest number of people in a mixture, seen or not; in a room, each has a place.
        seed: of noise and rooms.

    Raises:
        CorpusError: there are no clips, no recordings or no talkers.
        SettingsError: there are fewer speakers than asked for, or than the babble needs.
        StoreError: the store is damaged.
    """
    training = part == "train"
    seed = 2 * seed + training
    company = held_back(store, settings.company)
    if training:
        learned_from = set(store.speakers.get("train", [])) - company
        bank, company = read_bank(store, part, names=learned_from, speakers=settings.speakers), frozenset[str]()
    else:
        bank, company = read_with_company(store, part, company, faces)
    heard = see(bank)
    paces = settings.paces if training else ()
    spoken = _at_paces(heard, paces)
    whose = heard.speakers * (1 + len(paces))
    return Sources(
        spoken,
        others=_at_paces(read_talkers(settings.talkers), paces) if training and settings.talkers else None,
        noise=_noise(heard, part, settings, seed) if noisy else None,
        rooms=simulate_rooms(settings.rooms, places=max(voices, _PLACES), seed=seed) if settings.rooms else None,
        company=company,
        own=frozenset(name for name, known in zip(spoken.speakers, whose, strict=True) if JOINED not in known),
        own_share=settings.own_share if training else None,
    )


def exam_like(mixtures: MixtureSettings) -> MixtureSettings:
    """The settings of validation: as noisy as ``mixtures``, but whole clips, of faces that all are seen and speak."""
    return replace(
        mixtures,
        frames=_EXAM_FRAMES,
        shift=0,
        same_speaker=0.0,
        silent_faces=0.0,
        unseen_talkers=(0, 0),
        largest_offset=0,
        frozen=0.0,
        dropped=0.0,
        turned_away=0.0,
    )


def _at_paces(bank: VoiceBank, paces: Sequence[float]) -> VoiceBank:
    """The bank as it is and at other paces, in one."""
    return join([bank, *(at_pace(bank, pace) for pace in paces)]) if paces else bank


def _noise(bank: VoiceBank, part: Part, settings: SourceSettings, seed: int) -> NoiseBank:
    banks = [coloured_noise(seed=seed)]
    if settings.recordings is not None:
        banks.append(recorded_noise(settings.recordings, part))
    if settings.babble and part == "train":
        banks.append(babble(bank, talkers=settings.babble, seed=seed))
    return join_noise(*banks)
