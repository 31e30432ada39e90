"""The GRID grammar: 64 000 sentences, their stems and their numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avss.corpora.sentence import SENTENCES, Sentence
from avss.errors import CorpusError

NUMBERS = st.integers(0, SENTENCES - 1)


def test_a_stem_is_the_sentence():
    sentence = Sentence.from_stem("bbaf2n")
    assert sentence.words == ("bin", "blue", "at", "f", "two", "now")
    assert str(sentence) == "bin blue at f two now"


def test_zero_is_written_z():
    assert Sentence.from_stem("swwzzs").words == ("set", "white", "with", "z", "zero", "soon")


def test_there_are_64000_sentences_with_different_stems():
    stems = {Sentence.from_number(number).stem for number in range(SENTENCES)}
    assert SENTENCES == len(stems) == 64_000


@given(NUMBERS)
def test_number_stem_and_sentence_give_each_other(number):
    sentence = Sentence.from_number(number)
    assert sentence.number == number
    assert Sentence.from_stem(sentence.stem) == sentence


@given(st.text(max_size=8))
def test_any_text_is_a_stem_or_a_corpus_error(text):
    try:
        assert Sentence.from_stem(text).stem == text
    except CorpusError as error:
        assert text in str(error)


@pytest.mark.parametrize(
    ("stem", "named"),
    [
        ("", "0 characters"),
        ("bbaf2", "5 characters"),
        ("bbaf2nn", "7 characters"),
        ("xbaf2n", "no command"),
        ("bbaw2n", "no letter"),
        ("bbaf0n", "no digit"),
        ("BBAF2N", "no command"),
    ],
)
def test_a_wrong_stem_names_the_slot(stem, named):
    with pytest.raises(CorpusError, match=named):
        Sentence.from_stem(stem)


@pytest.mark.parametrize("number", [-1, SENTENCES])
def test_a_number_out_of_range_is_refused(number):
    with pytest.raises(CorpusError, match="from 0 to 63999"):
        Sentence.from_number(number)


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (("bin", "blue"), "2 words"),
        (("bin", "blue", "at", "w", "two", "now"), "'w' .* is not a letter"),
        (("blue", "bin", "at", "f", "two", "now"), "'blue' .* is not a command"),
    ],
)
def test_words_outside_the_grammar_are_refused(words, named):
    with pytest.raises(CorpusError, match=named):
        Sentence(words)
