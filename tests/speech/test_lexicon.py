"""Pronunciations of words, with the share each phone takes."""

import pytest

from avss.corpora.sentence import SLOTS
from avss.speech.lexicon import pronounce
from avss.speech.phones import ACCENTS, PHONES, SILENCE, UnknownPhoneError

WORDS = sorted({word for choices in SLOTS.values() for word in choices.values()})


@pytest.mark.parametrize("accent", ACCENTS)
def test_every_word_of_grid_has_phones_that_fill_it(accent):
    for word in WORDS:
        said = pronounce(word, accent)
        assert set(said.phones) <= set(PHONES) - {SILENCE}
        assert len(said.phones) == len(said.shares)
        assert sum(said.shares) == pytest.approx(1)
        assert min(said.shares) > 0.02


@pytest.mark.parametrize(
    ("word", "accent", "phones"),
    [
        ("place", "en", ("P", "L", "EY", "S")),
        ("a", "en", ("EY",)),
        ("x", "en", ("EH", "K", "S")),
        ("z", "en", ("Z", "EH", "D")),
        ("z", "en-us", ("Z", "IY")),
        ("four", "en", ("F", "AO")),
        ("four", "en-us", ("F", "AO", "R")),
    ],
)
def test_words_are_said_as_in_their_accent(word, accent, phones):
    assert pronounce(word, accent).phones == phones


def test_a_vowel_lasts_longer_than_the_consonants_around_it():
    said = pronounce("bin", "en")
    assert said.phones == ("B", "IH", "N")
    b, vowel, _ = said.shares
    assert vowel > b


@pytest.mark.parametrize(("word", "accent"), [("...", "en"), ("", "en"), ("bin", "xx"), ("bin", "fr")])
def test_what_cannot_be_said_in_english_is_refused(word, accent):
    with pytest.raises(UnknownPhoneError):
        pronounce(word, accent)
