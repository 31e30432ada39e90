"""How a word is pronounced, and how its duration is shared out among its phones: as espeak-ng would say it.

>>> pronounce("bin", "en").phones
('B', 'IH', 'N')
>>> pronounce("z", "en").phones, pronounce("z", "en-us").phones
(('Z', 'EH', 'D'), ('Z', 'IY'))

The shares are those of the word with one other word after it; among other words and by a person it is said
differently, which is for the user of a pronunciation to allow for.
"""

from dataclasses import dataclass
from functools import cache
from itertools import chain

import numpy as np

from avss.speech.espeak import espeak
from avss.speech.phones import ACCENTS, UnknownPhoneError, from_espeak
from avss.speech.stops import phone_starts

# espeak's own pace; slow enough that it drops no sound.
_WORDS_A_MINUTE = 160
# Said after the word, whose last sound would else be lengthened, or its end not be told.
_AFTER = "now"
# Silence before the word, in seconds; room for the closure of a stop.
_LEAD = 0.1


@dataclass(frozen=True)
class Pronunciation:
    """The ARPAbet phones of a word, and the share of the word that each of them lasts; the shares add up to 1."""

    phones: tuple[str, ...]
    shares: tuple[float, ...]


@cache
def pronounce(word: str, accent: str) -> Pronunciation:
    """The pronunciation of ``word``; a single character is a letter, as in GRID.

    Args:
        word: one word.
        accent: one of :data:`~avss.speech.phones.ACCENTS`.

    Raises:
        UnknownPhoneError: the word has no sound, a sound without an ARPAbet phone, or the accent is not known.
        PartMissingError: espeak-ng is not installed.
    """
    try:
        speech = espeak().speak(f"{spelled(word)} {_AFTER}", accent=accent, variant="", rate=_WORDS_A_MINUTE)
    except ValueError as error:
        raise UnknownPhoneError(f"accent {accent!r}", f"one of {', '.join(ACCENTS)}", "choose another") from error
    *of_word, _ = said = [[from_espeak(phone.mnemonic, accent) for phone in part] for part in speech.words]
    sounds = list(chain.from_iterable(of_word))
    if not sounds:
        raise UnknownPhoneError(f"the word {word!r} has no sound", "a word or a letter", "repair the text of the clip")
    durations = np.diff(phone_starts(speech, list(chain.from_iterable(said)), _LEAD))[: len(sounds)]
    # A sound of espeak that is several phones is shared out evenly.
    counts = [len(phones) for phones in sounds]
    shares = np.repeat(durations / durations.sum() / counts, counts)
    return Pronunciation(tuple(chain.from_iterable(sounds)), tuple(shares.tolist()))


def spelled(word: str) -> str:
    """A word as espeak reads it right: a letter as a capital, and "a" by its sound, not as the article."""
    return "[['eI]]" if word == "a" else word.upper() if len(word) == 1 else word
