"""Drawing recipes: batches of mixtures as a function of (seed, step), whatever was drawn before.

Every attribute has a random generator of its own, and its draws lie row by row. So a run that resumes goes on as it
would have, processes that share a batch draw all of it and take their rows, and changing the share of one thing
changes nothing else.
"""

import numpy as np
import torch

from avss.corpora.generated.cast.draws import Child, named_generators
from avss.data.mixture_recipe import NONE, Recipe, Sources, Talk, seen_frames
from avss.data.mixture_settings import MixtureSettings
from avss.data.noise import NoiseBank
from avss.data.voice_bank import Roster, VoiceBank
from avss.errors import SettingsError

_LONGEST_AWAY = 0.8  # of a mixture


def draw_recipe(settings: MixtureSettings, sources: Sources, B: int, *, seed: int, step: int) -> Recipe:
    """The recipe of batch ``step``; its first rows are those of a smaller batch.

    Raises:
        SettingsError: there are fewer speakers than faces, fewer unseen talkers than asked for, no noise or no rooms
            where some are asked for, or no noise without the speakers of a mixture.
    """
    check_enough(settings, sources)
    child = named_generators(seed, step)
    K = int(child("K").integers(settings.speakers[0], settings.speakers[1] + 1))
    E = int(child("E").integers(settings.unseen_talkers[0], settings.unseen_talkers[1] + 1))
    bank, roster = sources.bank, sources.bank.roster
    speakers = _speakers(child("speakers"), sources.joins, sources.odds, B, K)
    again = _same_speaker(child("same speaker"), settings.same_speaker, speakers, roster)
    faces = _talk(child, "faces", settings, bank, _clips(child("clips"), speakers, roster, again))
    judged = ~sources.joins[speakers]
    heard = (child("silent").random((B, K)) >= settings.silent_faces) | ~judged
    heard[:, 0] = True

    unseen = sources.unseen.roster
    # Nobody is seen and heard elsewhere too, not even at another pace.
    people = bank.people[speakers]
    strangers = ~(people[:, :, None] == sources.unseen.people).any(axis=1)
    talkers = _choose(child("unseen"), strangers, E, "people who are not seen")
    others = _talk(child, "others", settings, sources.unseen, _clips(child("unseen clips"), talkers, unseen))

    noise, noise_offset = _noise(child, settings, sources.noise, people)
    return Recipe(
        faces,
        torch.from_numpy(heard),
        torch.from_numpy(judged),
        torch.from_numpy(_frames(child, settings, bank, faces, heard)),
        others,
        torch.from_numpy(noise),
        torch.from_numpy(noise_offset),
        torch.from_numpy(child("snr").uniform(*settings.snr_range, B).astype(np.float32)),
        torch.from_numpy(_room(child, settings, sources, B)),
    )


def check_enough(settings: MixtureSettings, sources: Sources, clips: str = "the clips") -> None:
    """Check that there are enough people, and noise and rooms if need be, for every mixture that may be drawn.

    Args:
        settings: how mixtures are drawn.
        sources: what from.
        clips: what the clips of ``sources`` are called in an error.

    Raises:
        SettingsError: there are not, or not both people of the own corpus and others where it shall have a share.
    """
    K, E = settings.speakers[1], settings.unseen_talkers[1]
    names = sources.bank.roster.names
    if len(names) < K:
        what = f"mixtures of {K} faces need {K} different speakers; {clips} are of {len(names)}"
        raise SettingsError(what, "at least as many speakers as faces", "prepare more speakers, or ask for fewer faces")
    if sources.own_share is not None and not 0 < (own := len(sources.own.intersection(names))) < len(names):
        what = f"{sources.own_share:.0%} of the faces shall be of the own corpus, which {own} of {len(names)} are"
        raise SettingsError(what, "some who are, and others who joined it or are imagined", "set own_share to null")
    _check_choice(E, "people who are not seen", _strangers(sources.bank.people, sources.unseen.people, K))
    if settings.noise and sources.noise is None:
        raise SettingsError(
            "mixtures shall have noise and none is given", "a noise bank", "set noise to 0, or give one"
        )
    if settings.rooms and sources.rooms is None:
        raise SettingsError(
            "mixtures shall be in rooms and none are given", "rooms", "set rooms to 0, or simulate some"
        )
    if settings.rooms and sources.rooms is not None and sources.rooms.places < K + E:
        what = f"{K} faces and {E} people who are not seen shall be in rooms with {sources.rooms.places} places"
        raise SettingsError(what, "a place for everybody", "simulate rooms with more places, or ask for fewer people")


def _strangers(seen: np.ndarray, unseen: np.ndarray, K: int) -> int:
    """How many of ``unseen``, names of people [m], are none of K of ``seen``, at least."""
    people, count = np.unique(unseen, return_counts=True)
    return len(unseen) - int(np.sort(count[np.isin(people, seen)])[::-1][:K].sum())


def _speakers(rng: np.random.Generator, company: np.ndarray, odds: np.ndarray, B: int, K: int) -> np.ndarray:
    """K different speakers of each mixture, [B,K], by their odds [n]; the first is none of ``company`` bool [n].

    Efraimidis and Spirakis, "Weighted random sampling with a reservoir", 2006.
    """
    order = -np.log1p(-rng.random((B, len(company)))) / odds
    first = np.where(company, np.inf, order).argmin(axis=1)
    order[np.arange(B), first] = -1
    return np.argsort(order, axis=1)[:, :K]


def _choose(rng: np.random.Generator, allowed: np.ndarray, count: int, what: str) -> np.ndarray:
    """``count`` different columns of each row of ``allowed`` bool [B,n] in which it is true, in random order."""
    _check_choice(count, what, int(allowed.sum(axis=1).min(initial=allowed.shape[1])))
    return np.argsort(np.where(allowed, rng.random(allowed.shape), np.inf), axis=1)[:, :count]


def _check_choice(count: int, what: str, choice: int) -> None:
    if choice < count:
        problem = f"a mixture needs {count} {what} and there are {choice} to choose from"
        raise SettingsError(problem, "as many as that", "give more of them, or ask for fewer")


def _same_speaker(rng: np.random.Generator, share: float, speakers: np.ndarray, roster: Roster) -> np.ndarray:
    """Make the second speaker of some rows of [B,K] the first one, and tell which; one clip alone cannot be two."""
    again = (rng.random(len(speakers)) < share) & (roster.count[speakers[:, 0]] > 1) & (speakers.shape[1] > 1)
    speakers[again, 1:2] = speakers[again, :1]
    return again


def _clips(
    rng: np.random.Generator, speakers: np.ndarray, roster: Roster, again: np.ndarray | None = None
) -> np.ndarray:
    """A clip of each speaker, [B,K]; the second of the rows ``again`` is another clip of the first speaker."""
    draw, count = rng.random(speakers.shape), roster.count[speakers]
    clip = (draw * count).astype(np.int64)
    if again is not None and again.any():
        further = 1 + (draw[again, 1] * (count[again, 1] - 1)).astype(np.int64)
        clip[again, 1] = (clip[again, 0] + further) % count[again, 1]
    return roster.clips[roster.first[speakers] + clip]


def _talk(child: Child, who: str, settings: MixtureSettings, bank: VoiceBank, clip: np.ndarray) -> Talk:
    """Place the clips [B,M]: longer ones are cut, shorter ones lie anywhere, and all may be shifted."""
    spare = settings.frames - bank.lengths[clip]
    first, last = np.minimum(spare, 0), np.maximum(spare, 0)
    delay = child(f"{who} delay").integers(first, last + 1)
    delay += child(f"{who} shift").integers(-settings.shift, settings.shift + 1, clip.shape)
    gain = child(f"{who} gain").uniform(-settings.gain_range, settings.gain_range, clip.shape)
    return Talk(torch.from_numpy(clip), torch.from_numpy(delay), torch.from_numpy(gain.astype(np.float32)))


def _frames(child: Child, settings: MixtureSettings, bank: VoiceBank, faces: Talk, heard: np.ndarray) -> np.ndarray:
    """What is seen, int64 [B,K,T]."""
    clip, delay = faces.clip.numpy(), faces.delay.numpy()
    offset = child("offset").integers(-settings.largest_offset, settings.largest_offset + 1, clip.shape)
    shape = (*clip.shape, settings.frames)
    frozen = child("frozen").random(shape) < settings.frozen
    time = np.maximum.accumulate(np.where(frozen, 0, np.arange(settings.frames)), axis=-1)
    frame = seen_frames(delay + offset, bank.lengths[clip], time)
    resting = ~heard & (child("resting").random(clip.shape) < settings.resting)
    frame = np.where(resting[..., None], bank.first_seen[clip][..., None], frame)
    unseen = (child("dropped").random(shape) < settings.dropped) | _turned_away(child, settings, shape)
    return np.where(unseen, NONE, frame)


def _turned_away(child: Child, settings: MixtureSettings, shape: tuple[int, ...]) -> np.ndarray:
    """In which frames each face is turned away, bool [B,K,T]; it may have been so before the mixture begins."""
    faces, T = shape[:-1], shape[-1]
    turns = child("turned away").random(faces) < settings.turned_away
    length = child("turned away for").uniform(0, _LONGEST_AWAY * T, faces)
    begin = child("turned away from").random(faces) * (T + length) - length
    time = np.arange(T)
    return turns[..., None] & (time >= begin[..., None]) & (time < (begin + length)[..., None])


def _noise(
    child: Child, settings: MixtureSettings, bank: NoiseBank | None, people: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Track and offset of the noise of each mixture, [B]; kinds are equally likely, however many tracks they have.

    Babble in which somebody of the mixture talks is no choice. Where that leaves none, the next kind takes its place.

    Args:
        people: who speaks, [B,K].
    """
    B = len(people)
    if bank is None or not settings.noise:
        return np.full(B, NONE), np.zeros(B, np.int64)
    kinds = sorted(set(bank.kinds))
    of_kind = np.array(bank.kinds) == np.array(kinds)[:, None]  # [kinds,M]
    talkers, audible = bank.people
    present = (people[:, :, None] == talkers).any(axis=1)
    clash = present.astype(int) @ audible.T.astype(int) > 0
    allowed = of_kind & ~clash[:, None]  # [B,kinds,M]
    turns = (child("noise kind").integers(len(kinds), size=(B, 1)) + np.arange(len(kinds))) % len(kinds)
    first = np.take_along_axis(allowed.any(axis=2), turns, axis=1).argmax(axis=1)
    kind = turns[np.arange(B), first]
    track = _choose(child("noise track"), allowed[np.arange(B), kind], 1, "noise without its own speakers")[:, 0]
    offset = child("noise offset").random(B) * bank.lengths.cpu().numpy()[track]
    noisy = child("noisy").random(B) < settings.noise
    return np.where(noisy, track, NONE), offset.astype(np.int64)


def _room(child: Child, settings: MixtureSettings, sources: Sources, B: int) -> np.ndarray:
    if sources.rooms is None:
        return np.full(B, NONE)
    room = child("room").integers(len(sources.rooms), size=B)
    return np.where(child("in a room").random(B) < settings.rooms, room, NONE)
