"""espeak-ng, the speech synthesiser in a wheel, with the exact time of every phone.

espeak takes a voice as an *accent* (a language file it ships) and a *variant*, a short text file that bends
pitch, formants and timbre. Variants are looked up in the data folder only: so each process has one
:class:`Espeak` with a data folder of its own, made of links to the shipped data and the variant written here,
and removed at exit.

The library keeps the phase of its oscillators, its flutter and its dice in global variables from one text to
the next, so that the same text never sounds the same twice. It is therefore loaded afresh for every text
(0.4 ms) and forgotten afterwards: what is said is a pure function of text, accent, variant and rate.

Source: ``speak_lib.h`` of eSpeak NG; ``docs/voices.md`` there describes variant files.
"""

import _ctypes
import ctypes
import tempfile
import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import espeakng_loader
import numpy as np

from avss.errors import PartMissingError

ESPEAK_RATE = 22_050

_SHARED_DATA = ("phontab", "phonindex", "phondata", "intonations", "en_dict", "lang")

# Constants of speak_lib.h.
_OUTPUT_SYNCHRONOUS, _PHONEME_EVENTS, _DONT_EXIT = 2, 0x0001, 0x8000
_CHARS_UTF8, _PHONEME_INPUT = 0x0001, 0x0100
_POSITION_CHARACTER = 1
_EVENT_END, _EVENT_WORD, _EVENT_PHONEME = 0, 1, 7
_PARAMETER_RATE = 1
_SEED = 1

# Overwritten for every text: espeak reads at most 350 files. A name that begins with a digit would be taken
# as the number of a variant, and the file silently ignored.
_VARIANT = "speaker"


class _EventId(ctypes.Union):
    _fields_ = (("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8))


class _Event(ctypes.Structure):
    _fields_ = (
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", _EventId),
    )


_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event))


@dataclass(frozen=True)
class SpokenPhone:
    """A phoneme event: espeak's ``mnemonic`` and the ``sample`` it starts at. For a stop that is the burst; the
    closure is the 40–50 ms before it."""

    sample: int
    mnemonic: str


@dataclass(frozen=True)
class Speech:
    """What espeak said.

    Attributes:
        wave: float32 [S] at :data:`ESPEAK_RATE`, in [−1, 1].
        words: the phones of each word in the order of the text.
        end: the sample at which the last word ends.
    """

    wave: np.ndarray
    words: tuple[tuple[SpokenPhone, ...], ...]
    end: int


class Espeak:
    """The synthesiser of this process; get it from :func:`espeak`."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._folder = tempfile.TemporaryDirectory(prefix="avss-espeak-")
        self._variants = Path(self._folder.name) / "voices" / "!v"
        self._variants.mkdir(parents=True)
        self._link_data()

    def speak(self, text: str, *, accent: str, variant: str, rate: int) -> Speech:
        """Say ``text``; equal arguments give equal samples.

        Args:
            text: words; ``[[...]]`` holds espeak mnemonics.
            accent: an espeak language such as ``"en-us"``.
            variant: content of a variant file without ``language`` and ``name``.
            rate: words a minute, 80 to 450.

        Raises:
            PartMissingError: the library does not load or does not start.
            ValueError: espeak has no such accent, or the text has no words.
        """
        recording = _Recording()
        callback = _Callback(recording.collect)
        with self._lock, self._fresh_library() as library:
            (self._variants / _VARIANT).write_text(f"language variant\nname {_VARIANT}\n{variant}", encoding="utf-8")
            if library.espeak_SetVoiceByName(f"{accent}+{_VARIANT}".encode()) != 0:
                raise ValueError(f"espeak-ng has no accent {accent!r}")
            library.espeak_SetSynthCallback(callback)
            library.espeak_SetParameter(_PARAMETER_RATE, rate, 0)
            data = text.encode() + b"\0"
            flags = _CHARS_UTF8 | _PHONEME_INPUT
            library.espeak_Synth(data, len(data), 0, _POSITION_CHARACTER, 0, flags, None, None)
        return recording.as_speech(text)

    @contextmanager
    def _fresh_library(self) -> Generator[ctypes.CDLL]:
        library = _load_library()
        try:
            rate = library.espeak_Initialize(
                _OUTPUT_SYNCHRONOUS, 0, self._folder.name.encode(), _PHONEME_EVENTS | _DONT_EXIT
            )
            if rate != ESPEAK_RATE:
                raise _missing(f"espeak-ng does not start with its data in {espeakng_loader.get_data_path()}")
            library.espeak_ng_SetRandSeed(_SEED)  # else its noise is seeded by the clock
            yield library
        finally:
            library.espeak_Terminate()
            _ctypes.dlclose(library._handle)

    def _link_data(self) -> None:
        source = Path(espeakng_loader.get_data_path())
        for name in _SHARED_DATA:
            if not (source / name).exists():
                raise _missing(f"espeak-ng's data file {source / name} is missing")
            (Path(self._folder.name) / name).symlink_to(source / name)


class _Recording:
    """Gathers what espeak hands over while it speaks: sound in pieces, and events."""

    def __init__(self) -> None:
        self._pieces: list[np.ndarray] = []
        self._events: list[tuple[int, int, str]] = []

    def collect(self, samples: "ctypes._Pointer[ctypes.c_short]", count: int, events: "ctypes._Pointer[_Event]") -> int:
        """The callback of ``espeak_SetSynthCallback``; 0 means go on."""
        if samples and count > 0:
            self._pieces.append(np.ctypeslib.as_array(samples, (count,)).copy())
        for event in iter(events):
            if event.type == _EVENT_END:
                break
            mnemonic = bytes(event.id.string).decode() if event.type == _EVENT_PHONEME else ""
            self._events.append((event.type, event.sample, mnemonic))
        return 0

    def as_speech(self, text: str) -> Speech:
        """Group the phones by word; the pause that espeak puts after the last word gives the end."""
        wave = np.concatenate(self._pieces).astype(np.float32) / 32768 if self._pieces else np.zeros(0, np.float32)
        words: list[list[SpokenPhone]] = []
        end = len(wave)
        for kind, sample, mnemonic in self._events:
            if kind == _EVENT_WORD:
                words.append([])
            elif kind == _EVENT_PHONEME and not mnemonic.startswith("_"):
                words[-1].append(SpokenPhone(sample, mnemonic))
                end = len(wave)
            elif kind == _EVENT_PHONEME:
                end = min(end, sample)
        if not words:
            raise ValueError(f"there is nothing to say in {text!r}")
        return Speech(wave, tuple(tuple(word) for word in words), end)


@cache
def espeak() -> Espeak:
    """The one synthesiser of this process.

    Raises:
        PartMissingError: its data is not installed.
    """
    return Espeak()


def _load_library() -> ctypes.CDLL:
    path = espeakng_loader.get_library_path()
    try:
        library = ctypes.CDLL(path)
    except OSError as error:
        raise _missing(f"the espeak-ng library {path} cannot be loaded: {error}") from error
    library.espeak_Initialize.argtypes = [ctypes.c_int, ctypes.c_int, ctypes.c_char_p, ctypes.c_int]
    library.espeak_SetSynthCallback.argtypes = [_Callback]
    library.espeak_SetVoiceByName.argtypes = [ctypes.c_char_p]
    library.espeak_ng_SetRandSeed.argtypes = [ctypes.c_long]
    library.espeak_SetParameter.argtypes = [ctypes.c_int, ctypes.c_int, ctypes.c_int]
    library.espeak_Synth.argtypes = [
        ctypes.c_char_p, ctypes.c_size_t, ctypes.c_uint, ctypes.c_int, ctypes.c_uint, ctypes.c_uint,
        ctypes.POINTER(ctypes.c_uint), ctypes.c_void_p,
    ]  # fmt: skip
    return library


def _missing(what: str) -> PartMissingError:
    return PartMissingError(what, "the library and data of the espeakng-loader wheel", "pip install espeakng-loader")
