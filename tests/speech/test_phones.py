"""The phone inventory, and the map to it from espeak-ng's mnemonics."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avss.speech.espeak import espeak
from avss.speech.phones import ACCENTS, PHONES, SILENCE, VISEME_OF, VISEMES, UnknownPhoneError, from_espeak

# Every lexical set of Wells, "Accents of English" (1982), and every consonant.
VOCABULARY = """
kit dress trap lot strut foot bath cloth nurse fleece face palm thought goat goose price choice mouth near square
start north force cure happy letter comma pie buy tie die key guy my no sing for vie thigh thy so zoo shoe vision
chin gin hay yes why run lay button butter little rhythm fire power audio being media loch world bird
"""


def test_inventory_is_arpabet_with_silence_and_each_phone_has_one_viseme():
    assert len(PHONES) == len(set(PHONES)) == 40
    assert PHONES[0] == SILENCE
    assert sorted(phone for phones in VISEMES.values() for phone in phones) == sorted(PHONES)
    assert VISEME_OF["P"] == VISEME_OF["M"] != VISEME_OF["F"]


@pytest.mark.parametrize("accent", ACCENTS)
def test_every_sound_of_english_is_known_in_every_accent(accent):
    speech = espeak().speak(VOCABULARY, accent=accent, variant="", rate=300)
    mnemonics = {phone.mnemonic for word in speech.words for phone in word}
    phones = {phone for mnemonic in mnemonics for phone in from_espeak(mnemonic, accent)}
    assert set(PHONES) - {SILENCE} - phones <= {"ZH", "OY", "UH"}
    assert phones <= set(PHONES) - {SILENCE}


@pytest.mark.parametrize(
    ("mnemonic", "accent", "phones"),
    [
        ("b", "en", ("B",)),
        ("'I", "en", ("IH",)),
        (",i:", "en", ("IY",)),
        ("'i@", "en", ("IH", "AH")),
        ("'i@", "en-us", ("IH", "R")),
        ("'o@", "en", ("AO",)),
        ("'o@", "en-us", ("AO", "R")),
        ("'0", "en", ("AO",)),
        ("'0", "en-us", ("AA",)),
        ("3", "en-gb-x-rp", ("AH",)),
        ("3", "en-gb-scotland", ("ER",)),
        ("_:", "en", (SILENCE,)),
    ],
)
def test_mnemonics_stand_for_the_phones_of_their_accent(mnemonic, accent, phones):
    assert from_espeak(mnemonic, accent) == phones


@given(st.text(max_size=6))
def test_a_mnemonic_is_known_or_refused_but_never_silently_silence(mnemonic):
    try:
        phones = from_espeak(mnemonic, "en")
    except UnknownPhoneError as error:
        assert repr(mnemonic) in str(error)
    else:
        assert phones
        assert set(phones) <= set(PHONES)
        assert (SILENCE in phones) == ("_" in mnemonic)


def test_an_accent_that_has_no_table_is_refused():
    with pytest.raises(UnknownPhoneError, match="'fr'"):
        from_espeak("b", "fr")
