"""The grammar of the GRID corpus: six words, each from a small list, and the file name that encodes them.

A sentence is *command colour preposition letter digit adverb*, 4 · 4 · 4 · 25 · 10 · 4 = 64 000 in all. Its
stem holds one character per word, so that a clip's text can be read from its file name.

>>> sentence = Sentence.from_stem("bbaf2n")
>>> str(sentence), sentence.number
('bin blue at f two now', 209)
>>> Sentence.from_number(209) == sentence
True

Source: Cooke, Barker, Cunningham, Shao, "An audio-visual corpus for speech perception and automatic speech
recognition", J. Acoust. Soc. Am. 120 (2006).
"""

import math
from dataclasses import dataclass

from avss.errors import CorpusError

_DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")

# The words of each slot by the character that stands for them in a stem.
SLOTS: dict[str, dict[str, str]] = {
    "command": {"b": "bin", "l": "lay", "p": "place", "s": "set"},
    "colour": {"b": "blue", "g": "green", "r": "red", "w": "white"},
    "preposition": {"a": "at", "b": "by", "i": "in", "w": "with"},
    "letter": {letter: letter for letter in "abcdefghijklmnopqrstuvxyz"},  # "w" has too many syllables
    "digit": {"z": "zero"} | {str(digit): word for digit, word in enumerate(_DIGITS) if digit},
    "adverb": {"a": "again", "n": "now", "p": "please", "s": "soon"},
}
SENTENCES = math.prod(len(words) for words in SLOTS.values())


@dataclass(frozen=True)
class Sentence:
    """One of the 64 000 sentences.

    Args:
        words: six words, one per slot, as in ``("bin", "blue", "at", "f", "two", "now")``.

    Raises:
        CorpusError: the words are not a sentence of the grammar.
    """

    words: tuple[str, ...]

    def __post_init__(self) -> None:
        if len(self.words) != len(SLOTS):
            raise _refusal(f"'{self}' has {len(self.words)} words")
        for word, (slot, choices) in zip(self.words, SLOTS.items(), strict=True):
            if word not in choices.values():
                raise _refusal(f"'{word}' in '{self}' is not a {slot}")

    def __str__(self) -> str:
        return " ".join(self.words)

    @property
    def stem(self) -> str:
        """The file name without suffix, as in ``"bbaf2n"``."""
        return "".join(
            next(code for code, choice in choices.items() if choice == word)
            for word, choices in zip(self.words, SLOTS.values(), strict=True)
        )

    @classmethod
    def from_stem(cls, stem: str) -> "Sentence":
        """The sentence that a file name stands for.

        Raises:
            CorpusError: ``stem`` is not six characters of the six slots.
        """
        if len(stem) != len(SLOTS):
            raise _refusal(f"the file name '{stem}' has {len(stem)} characters")
        for code, (slot, choices) in zip(stem, SLOTS.items(), strict=True):
            if code not in choices:
                raise _refusal(f"'{code}' in the file name '{stem}' stands for no {slot}")
        return cls(tuple(choices[code] for code, choices in zip(stem, SLOTS.values(), strict=True)))

    @property
    def number(self) -> int:
        """The place of the sentence among all 64 000, the adverb counting fastest."""
        number = 0
        for word, choices in zip(self.words, SLOTS.values(), strict=True):
            number = number * len(choices) + list(choices.values()).index(word)
        return number

    @classmethod
    def from_number(cls, number: int) -> "Sentence":
        """The sentence of that :attr:`number`.

        Raises:
            CorpusError: ``number`` is not in 0 … 63 999.
        """
        if not 0 <= number < SENTENCES:
            raise _refusal(f"there is no sentence number {number}; they go from 0 to {SENTENCES - 1}")
        words = []
        for choices in reversed(SLOTS.values()):
            number, place = divmod(number, len(choices))
            words.append(list(choices.values())[place])
        return cls(tuple(reversed(words)))


def _refusal(what: str) -> CorpusError:
    return CorpusError(
        what,
        f"a GRID sentence: {', '.join(SLOTS)}, as in 'bbaf2n', bin blue at f two now",
        "rename or remove the clip; for videos with other names use a folder per speaker without 'alignments'",
    )
