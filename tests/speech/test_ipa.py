"""From IPA to ARPAbet: every phone of English, the nearest for others, and never a guess."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avss.speech.ipa import from_ipa, joined
from avss.speech.phones import PHONES, SILENCE, UnknownPhoneError

# What Allosaurus' command list_phone prints for English, from the README of its repository.
ENGLISH = """
a aː b d d̠ e eː e̞ f h i iː j k kʰ l m n o oː p pʰ r s t tʰ t̠ u uː v w x z æ ð øː ŋ ɐ ɐː ɑ ɑː ɒ ɒː ɔ ɔː ɘ ə əː
ɛ ɛː ɜː ɡ ɪ ɪ̯ ɯ ɵː ɹ ɻ ʃ ʉ ʉː ʊ ʌ ʍ ʒ ʔ θ
"""


def test_every_english_phone_of_allosaurus_is_known():
    heard = {phone for symbol in ENGLISH.split() for phone in from_ipa(symbol)}
    halves = {joined(a, b) for a in heard for b in heard} - {None}
    assert heard | halves == set(PHONES) - {SILENCE}


@pytest.mark.parametrize(
    ("symbol", "phones"),
    [
        ("tʰ", ("T",)), ("e̞", ("EY",)), ("ɪ̯", ("IH",)), ("ã", ("AE",)), ("ç", ("SH",)), ("c", ("K",)),
        ("ɸ", ("F",)), ("β", ("V",)), ("y", ("UW",)), ("t̠ʃ", ("CH",)), ("t͡s", ("T", "S")), ("d͡ʒ", ("JH",)),
        ("k͡p", ("K", "P")), ("ʀ", ("R",)), ("ɲ", ("N",)), ("g", ("G",)), ("ɡ", ("G",)),
    ],
)  # fmt: skip
def test_a_narrow_or_foreign_phone_is_its_nearest_english_one(symbol, phones):
    assert from_ipa(symbol) == phones


@pytest.mark.parametrize("symbol", ["ǃ", "ǀ", "ʘ", "˥", "<blk>", "", "ː", "B", "sil"])
def test_what_is_near_nothing_in_english_is_refused(symbol):
    with pytest.raises(UnknownPhoneError, match=f"'{symbol}'"):
        from_ipa(symbol)


@given(st.text(max_size=4))
def test_any_symbol_is_known_or_refused_and_never_silence(symbol):
    try:
        phones = from_ipa(symbol)
    except UnknownPhoneError as error:
        assert repr(symbol) in str(error)
    else:
        assert phones
        assert set(phones) <= set(PHONES) - {SILENCE}


@pytest.mark.parametrize(
    ("first", "second", "whole"),
    [("AE", "IH", "AY"), ("OW", "UH", "OW"), ("T", "SH", "CH"), ("SH", "T", None), (None, "T", None)],
)
def test_the_halves_of_diphthongs_and_affricates_are_joined(first, second, whole):
    assert joined(first, second) == whole
