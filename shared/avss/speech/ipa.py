"""From the International Phonetic Alphabet, as Allosaurus writes it, to ARPAbet.

Allosaurus knows some 230 phones of the world's languages and writes them narrowly: ``tʰ``, ``e̞``, ``ɪ̯``. Length,
aspiration and other marks are dropped, and what is left is looked up. Sounds that English does not have are mapped to
the nearest one that is made at about the same place with about the same lips, ``ɸ`` to F and ``y`` to UW; those that
resemble nothing in English, clicks and tones, are refused.

>>> from_ipa("tʰ"), from_ipa("e̞"), from_ipa("tʃ")
(('T',), ('EY',), ('CH',))
"""

import unicodedata

from avss.speech.phones import UnknownPhoneError

_SYMBOLS: dict[str, str] = {
    # ARPAbet phone: the IPA symbols it stands for, English ones first
    "AA": "ɑ ɒ", "AE": "æ a", "AH": "ʌ ə ɐ ɘ ɤ", "AO": "ɔ", "EH": "ɛ", "ER": "ɜ ɝ ɚ ɞ ø œ ɶ ɵ", "EY": "e",
    "IH": "ɪ ɨ", "IY": "i", "OW": "o", "UH": "ʊ ɯ ʏ", "UW": "u ʉ y",
    "P": "p", "B": "b ɓ", "T": "t ʈ ʔ ɾ", "D": "d ɖ ɗ", "K": "k q c", "G": "g ɡ ɢ ɣ ɠ ɟ ʄ ʛ ɰ",
    "CH": "tʃ tɕ ʈʂ", "JH": "dʒ dʑ ɖʐ", "F": "f ɸ", "V": "v β ʋ ⱱ", "TH": "θ", "DH": "ð", "S": "s", "Z": "z",
    "SH": "ʃ ɕ ʂ ç", "ZH": "ʒ ʑ ʐ ʝ", "HH": "h ɦ x χ ħ ʕ ʜ ʢ",
    "M": "m ɱ", "N": "n ɳ ɲ", "NG": "ŋ ɴ", "L": "l ɫ ɭ ʎ ʟ ɬ ɮ ɺ", "R": "ɹ ɻ r ʀ ʁ ɽ ʙ", "W": "w ʍ", "Y": "j ɥ",
}  # fmt: skip
_PHONES: dict[str, tuple[str, ...]] = {
    **{symbol: (phone,) for phone, symbols in _SYMBOLS.items() for symbol in symbols.split()},
    "ts": ("T", "S"), "dz": ("D", "Z"), "pf": ("P", "F"), "kp": ("K", "P"), "gb": ("G", "B"), "ɡb": ("G", "B"),
}  # fmt: skip

# Marks that are letters of Unicode, not combining: length, stress, aspiration, rounding and the like.
_MARKS = frozenset("ːˑˈˌʰʱʲʷˠˤⁿˡʼ˞̚")

# Allosaurus hears the two halves of these one after the other.
_JOINED = {
    **dict.fromkeys([("AE", "IH"), ("AA", "IH"), ("AE", "IY"), ("AA", "IY")], "AY"),
    **dict.fromkeys([("AE", "UH"), ("AA", "UH"), ("AE", "UW"), ("AA", "UW")], "AW"),
    **dict.fromkeys([("EY", "IH"), ("EH", "IH"), ("EY", "IY")], "EY"),
    **dict.fromkeys([("OW", "UH"), ("AH", "UH"), ("OW", "UW")], "OW"),
    **dict.fromkeys([("AO", "IH"), ("OW", "IH"), ("AO", "IY")], "OY"),
    ("T", "SH"): "CH",
    ("D", "ZH"): "JH",
}


def from_ipa(symbol: str) -> tuple[str, ...]:
    """The ARPAbet phones of one IPA phone.

    Raises:
        UnknownPhoneError: nothing in English is near it.
    """
    letters = unicodedata.normalize("NFD", symbol)
    base = "".join(letter for letter in letters if not unicodedata.combining(letter) and letter not in _MARKS)
    # ç is c with a cedilla to Unicode, and a sound of its own to phoneticians.
    found = _PHONES.get(symbol) or (("SH",) if "ç" in unicodedata.normalize("NFC", symbol) else _PHONES.get(base))
    if found is None:
        do = "add it to the table in avss/speech/ipa.py with its nearest ARPAbet phone"
        raise UnknownPhoneError(f"the phone {symbol!r}", "an IPA phone that is near one of English", do)
    return found


def joined(first: str | None, second: str | None) -> str | None:
    """The diphthong or affricate that two phones in a row are the halves of, or ``None``.

    >>> joined("T", "SH"), joined("SH", "T")
    ('CH', None)
    """
    return None if first is None or second is None else _JOINED.get((first, second))
