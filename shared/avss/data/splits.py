"""Who trains, who validates, who tests: always whole speakers, so that no voice and no face is met twice.

- ``avss``: the split of audio-visual separation on GRID (LiMuSE, advr-avss); the default where all of GRID is there.
- ``morrone``: Morrone et al., "Face landmark-based speaker-independent audio-visual speech enhancement" (ICASSP 2019).
- ``lipreading``: test speakers of unseen-speaker lip reading (Assael et al., LipNet, 2016). The literature validates
  on nobody; four training speakers, two men and two women, are set aside for it here.
- ``lip-landmarks``: for GRID's lip landmarks (29 speakers): what ``grid-mini`` tests or validates does not train here.
- ``grid-mini``: for a handful of GRID speakers; whoever is not named trains.
- ``shares``: for any corpus, 70/15/15 % of the speakers, balanced by sex.

All but the last two are closed: another speaker is refused, because the numbers would no longer compare.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal

from avss.corpora.clip import Sex
from avss.corpora.grid_speakers import WITH_VIDEO
from avss.errors import CorpusError

Split = Literal["train", "valid", "test"]

TEST_SHARE = VALID_SHARE = 0.15
SHARES = "shares"


@dataclass(frozen=True)
class NamedSplit:
    """A split by GRID speaker numbers; ``closed`` refuses speakers that GRID has no video of, else they train."""

    valid: frozenset[int]
    test: frozenset[int]
    closed: bool = True

    def of(self, speaker: str) -> Split:
        """The part ``speaker`` belongs to.

        Raises:
            CorpusError: the split is closed and does not know ``speaker``.
        """
        number = _GRID_NUMBERS.get(speaker)
        if number is None and self.closed:
            raise CorpusError(
                f"the split is fixed for GRID and does not know speaker '{speaker}'",
                "speakers s1 … s34 without s21",
                f"use the split '{SHARES}' for this corpus",
            )
        if number in self.valid:
            return "valid"
        return "test" if number in self.test else "train"


_GRID_NUMBERS = {f"s{number}": number for number in WITH_VIDEO}

NAMED: dict[str, NamedSplit] = {
    "avss": NamedSplit(valid=frozenset({1, 4, 11, 25, 27, 30}), test=frozenset({6, 12, 16, 17, 18, 23})),
    "morrone": NamedSplit(valid=frozenset({27, 28, 29, 31}), test=frozenset({30, 32, 33, 34})),
    "lipreading": NamedSplit(valid=frozenset({26, 30, 31, 34}), test=frozenset({1, 2, 20, 22})),
    "lip-landmarks": NamedSplit(valid=frozenset({26, 30}), test=frozenset({3, 12, 22, 28, 31})),
    "grid-mini": NamedSplit(valid=frozenset({30}), test=frozenset({26, 31}), closed=False),
}
SPLITS = (*NAMED, SHARES)


def split_speakers(speakers: Mapping[str, Sex | None], name: str) -> dict[str, Split]:
    """The part of every speaker, in the order given.

    Args:
        speakers: each speaker's sex, ``None`` when unknown.
        name: one of :data:`SPLITS`.

    Raises:
        CorpusError: there is no such split, or it is closed and does not know a speaker.
    """
    if name == SHARES:
        return _by_shares(speakers)
    if name not in NAMED:
        raise CorpusError(f"there is no split '{name}'", f"one of {', '.join(SPLITS)}", "choose one of these")
    return {speaker: NAMED[name].of(speaker) for speaker in speakers}


def _by_shares(speakers: Mapping[str, Sex | None]) -> dict[str, Split]:
    """The first 15 % of :func:`ranking` test, the next 15 % validate, the rest train.

    At least one speaker trains; from two speakers on at least one tests, from three on at least one validates.
    """
    n = len(speakers)
    tests = max(1, round(n * TEST_SHARE)) if n >= 2 else 0
    valids = max(1, round(n * VALID_SHARE)) if n >= 3 else 0
    ranked = ranking(speakers)
    parts: dict[str, Split] = dict.fromkeys(speakers, "train")
    parts.update(dict.fromkeys(ranked[:tests], "test"))
    parts.update(dict.fromkeys(ranked[tests : tests + valids], "valid"))
    return parts


def ranking(speakers: Mapping[str, Sex | None]) -> list[str]:
    """Speakers in an order of which every beginning holds the sexes in their proportion.

    Within a sex the order is by a hash of the name, so that a speaker who joins later moves few others.

    Args:
        speakers: each speaker's sex, ``None`` when unknown.
    """
    places = {}
    for sex in {None, *speakers.values()}:
        group = sorted((speaker for speaker in speakers if speakers[speaker] == sex), key=_hash)
        places |= {speaker: (place + 0.5) / len(group) for place, speaker in enumerate(group)}
    return sorted(speakers, key=lambda speaker: (places[speaker], _hash(speaker)))


def _hash(speaker: str) -> str:
    return sha256(speaker.encode()).hexdigest()
