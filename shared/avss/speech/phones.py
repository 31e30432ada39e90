"""The sounds of English, written in one way: ARPAbet, 39 phones and silence.

Every source of phone labels is mapped to this inventory. Here is the map from espeak-ng, whose mnemonics
(``phsource/phonemes`` of eSpeak NG, as seen in its phoneme events) stand for British, American or Scottish
sounds; one mnemonic may be two phones, as in ``i@`` of British "zero". The nearest phone is taken where
ARPAbet has none: ``x`` of "loch" is K, the glottal stop and the flap of "button" and "butter" are T.

Phones that look alike on the lips share a viseme. The classes are those of Potamianos, Neti, Gravier, Garg
and Senior, "Recent advances in the automatic recognition of audiovisual speech", Proc. IEEE 91(9), 2003.

>>> from_espeak("'i@", "en"), from_espeak("tS", "en-us")
(('IH', 'AH'), ('CH',))
"""

from avss.errors import AvssError

SILENCE = "SIL"

VISEMES: dict[str, tuple[str, ...]] = {
    "silence": (SILENCE,),
    "rounded vowel": ("AO", "AH", "AA", "ER", "OY", "AW", "HH"),
    "close rounded vowel": ("UW", "UH", "OW"),
    "open spread vowel": ("AE", "EH", "EY", "AY"),
    "close spread vowel": ("IH", "IY"),
    "alveolar semivowel": ("L", "R", "Y"),
    "alveolar fricative": ("S", "Z"),
    "alveolar": ("T", "D", "N"),
    "palato-alveolar": ("SH", "ZH", "CH", "JH"),
    "bilabial": ("P", "B", "M"),
    "dental": ("TH", "DH"),
    "labio-dental": ("F", "V"),
    "velar": ("NG", "K", "G", "W"),
}
VISEME_OF: dict[str, str] = {phone: viseme for viseme, phones in VISEMES.items() for phone in phones}

PHONES: tuple[str, ...] = (SILENCE, *sorted(set(VISEME_OF) - {SILENCE}))

STOPS = frozenset({"P", "B", "T", "D", "K", "G"})
AFFRICATES = frozenset({"CH", "JH"})
BILABIALS = frozenset(VISEMES["bilabial"])
LABIALS = frozenset({*BILABIALS, *VISEMES["labio-dental"], "W"})


class UnknownPhoneError(AvssError):
    """A phone symbol that no map knows; guessing would put wrong labels under the picture."""


ACCENTS: tuple[str, ...] = ("en", "en-us", "en-gb-x-rp", "en-gb-scotland")
_RHOTIC = ("en-us", "en-gb-scotland")

# espeak marks stress before a mnemonic and pauses as "_" with a length.
_STRESS = "',%="
_PAUSES = ("_", "_:", "_|", "_!", "__")

_CONSONANTS = {
    **{symbol: (symbol.upper(),) for symbol in ("p", "b", "t", "d", "k", "g", "m", "n", "f", "v", "s", "z")},
    **{symbol: (symbol.upper(),) for symbol in ("l", "r", "w")},
    "tS": ("CH",), "dZ": ("JH",), "S": ("SH",), "Z": ("ZH",), "T": ("TH",), "D": ("DH",),
    "N": ("NG",), "j": ("Y",), "h": ("HH",), "x": ("K",), "?": ("T",), "t#": ("T",), "t2": ("T",),
    ";": ("Y",), "r-": ("R",), "w#": ("W",), "n-": ("N",), "m-": ("M",), "l-": ("L",), "@L": ("AH", "L"),
}  # fmt: skip
_VOWELS = {
    "i": ("IY",), "i:": ("IY",), "I": ("IH",), "I2": ("IH",), "I#": ("IH",), "E": ("EH",), "E2": ("EH",),
    "a": ("AE",), "a/": ("AE",), "a#": ("AH",), "@": ("AH",), "@2": ("AH",), "@5": ("AH",), "@-": ("AH",),
    "V": ("AH",), "A:": ("AA",), "O:": ("AO",), "O": ("AO",), "O2": ("AO",), "U": ("UH",), "u": ("UW",),
    "u:": ("UW",), "3:": ("ER",), "VR": ("ER",), "IR": ("ER",),
    "eI": ("EY",), "aI": ("AY",), "aI2": ("AY",), "OI": ("OY",), "aU": ("AW",), "oU": ("OW",), "oU#": ("OW",),
    "aI@": ("AY", "AH"), "aU@": ("AW", "AH"), "aI3": ("AY", "ER"),
}  # fmt: skip
# "bird" keeps its r in America and Scotland and loses it in the South of England.
_BEFORE_R = {"i@": "IH", "i@3": "IH", "e@": "EH", "U@": "UH"}
_LONG_BEFORE_R = {"A@": "AA", "o@": "AO", "O@": "AO"}


def _table(accent: str) -> dict[str, tuple[str, ...]]:
    tail = "R" if accent in _RHOTIC else "AH"
    vowels: dict[str, tuple[str, ...]] = {symbol: (vowel, tail) for symbol, vowel in _BEFORE_R.items()}
    for symbol, vowel in _LONG_BEFORE_R.items():
        vowels[symbol] = (vowel, "R") if tail == "R" else (vowel,)
    vowels["3"] = ("ER",) if tail == "R" else ("AH",)
    vowels["0"] = ("AA",) if accent == "en-us" else ("AO",)
    vowels["aa"] = ("AE",) if accent in _RHOTIC else ("AA",)
    return _CONSONANTS | _VOWELS | vowels | dict.fromkeys(_PAUSES, (SILENCE,))


_TABLES = {accent: _table(accent) for accent in ACCENTS}


def from_espeak(mnemonic: str, accent: str) -> tuple[str, ...]:
    """The ARPAbet phones of one espeak-ng phoneme event.

    Args:
        mnemonic: such as ``"b"``, ``"'i@"`` (stressed) or ``"_:"`` (a pause).
        accent: the espeak language it was spoken in, one of :data:`ACCENTS`.

    Raises:
        UnknownPhoneError: a mnemonic or an accent that is not known.
    """
    if accent not in _TABLES:
        raise UnknownPhoneError(f"accent {accent!r}", f"one of {', '.join(ACCENTS)}", "choose another accent")
    symbol = mnemonic.lstrip(_STRESS)
    if symbol not in _TABLES[accent]:
        raise UnknownPhoneError(
            f"espeak phoneme {mnemonic!r} of accent {accent}",
            "a mnemonic in avss.speech.phones",
            "add it to the table there with its ARPAbet phones",
        )
    return _TABLES[accent][symbol]
