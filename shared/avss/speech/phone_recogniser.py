"""Hearing phones with Allosaurus, the way of the thesis.

Allosaurus is a universal phone recogniser: MFCCs, a bidirectional LSTM trained with CTC, and an inventory of phones
per language. CTC tells the phones and about when each is *noticed*, a spike every 30 ms at best; it does not tell how
long they last, and the durations Allosaurus prints are all the same. Each phone is therefore taken to last until the
next one, but no longer than a long vowel does, and every edge to be uncertain by a video frame.

Source: Li et al., "Universal phone recognition with a multilingual allophone system", ICASSP 2020,
github.com/xinjli/allosaurus. Its model is downloaded separately, see :func:`find_model`.
"""

import importlib.util
import pickle
import re
import tempfile
import wave
from argparse import Namespace
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from avss.errors import PartMissingError
from avss.rates import SAMPLE_RATE
from avss.speech.ipa import from_ipa, joined
from avss.speech.phone_labels import LabelError, Timeline
from avss.speech.phones import SILENCE, UnknownPhoneError

if TYPE_CHECKING:
    from allosaurus.app import Recognizer

_FILES = ("am_config.json", "pm_config.json", "lm_config.json", "phone.txt", "inventory/index.json", "model.pt")
_LANGUAGE = "eng"

# Seconds.
_LONGEST = 0.2
_DOUBT = 0.04
_HALVES_WITHIN = 0.15

_LINE = re.compile(r"(\d+\.\d+) (\d+\.\d+) (\S+)")


@dataclass(frozen=True)
class HeardPhone:
    """An IPA phone and the time in seconds at which it was noticed."""

    time: float
    symbol: str


def find_model(models: Path | None) -> Path:
    """The folder of Allosaurus' model.

    Args:
        models: the folder that holds the model as ``latest``; ``None`` is the place where the package puts it.

    Raises:
        PartMissingError: there is no model, or a file of it is missing.
    """
    if models is None:
        package = importlib.util.find_spec("allosaurus")
        if package is None or package.origin is None:
            raise PartMissingError("allosaurus is not installed", "the package", "pip install allosaurus")
        home = Path(package.origin).parent / "pretrained"
        model = next(iter(sorted((path for path in home.glob("*") if path.is_dir()), reverse=True)), home / "uni2005")
    else:
        model = models / "latest"
    missing = [name for name in _FILES if not (model / name).is_file()]
    if missing:
        raise PartMissingError(
            f"Allosaurus' model is not whole in {model}: no {missing[0]}" if model.is_dir() else f"there is no {model}",
            "the model of Allosaurus, which is not part of its package",
            "where there is internet run 'python -m allosaurus.bin.download_model -m uni2005', which puts it into the "
            "folder allosaurus/pretrained/uni2005 of that installation; elsewhere copy that folder to the place above",
        )
    return model


def hear(audio: np.ndarray, model: Path) -> list[HeardPhone]:
    """The phones that Allosaurus hears.

    Args:
        audio: int16 [S] at 16 kHz.
        model: as :func:`find_model` gives it.

    Raises:
        LabelError: there is no sound, or no phone was heard in it.
        PartMissingError: the model is damaged or knows no English.
    """
    if np.ptp(audio) == 0:  # its features are divided by their deviation
        raise LabelError("the sound is silent throughout", "speech", "leave the clip out or record it again")
    with tempfile.NamedTemporaryFile(suffix=".wav") as file:
        with wave.open(file, "wb") as sound:
            sound.setnchannels(1)
            sound.setsampwidth(2)
            sound.setframerate(SAMPLE_RATE)
            sound.writeframes(np.ascontiguousarray(audio, "<i2").tobytes())
        file.flush()
        heard = parse_heard(_recogniser(model).recognize(file.name, _LANGUAGE, timestamp=True))
    if not heard:
        raise LabelError("no phone was heard", "speech", "leave the clip out or record it again")
    return heard


def parse_heard(text: str) -> list[HeardPhone]:
    """Phones from lines ``start duration phone``; the duration, which is always the same, is dropped.

    Raises:
        LabelError: a line is not of this form, or earlier than the one before.
    """
    heard: list[HeardPhone] = []
    for line in text.splitlines():
        match = _LINE.fullmatch(line)
        if match is None or (heard and float(match[1]) < heard[-1].time):
            do = "install allosaurus 1.0.2, whose output is known"
            raise LabelError(f"Allosaurus wrote {line!r}", "lines 'start duration phone' in order of time", do)
        heard.append(HeardPhone(float(match[1]), match[3]))
    return heard


def spread(heard: Sequence[HeardPhone]) -> tuple[Timeline, tuple[str, ...]]:
    """Phones with begin and end from at least one phone with one time, and the symbols that nothing English is near.

    The latter keep their place in the timeline as sounds that have no label.
    """
    sounds: list[tuple[float, tuple[str | None, ...]]] = []
    unknown: list[str] = []
    for phone in heard:
        said = _nearest(phone.symbol)
        if said == (None,):
            unknown.append(phone.symbol)
        if sounds and phone.time - sounds[-1][0] <= _HALVES_WITHIN:
            (start, (*others, half)), (other_half, *rest) = sounds[-1], said
            if whole := joined(half, other_half):
                sounds[-1] = (start, (*others, whole, *rest))
                continue
        sounds.append((phone.time, said))

    phones: list[str | None] = []
    edges = [sounds[0][0]]
    for (start, said), until in zip(sounds, [*(start for start, _ in sounds[1:]), np.inf], strict=True):
        if start > edges[-1]:
            phones.append(SILENCE)
            edges.append(start)
        phones += said
        edges += np.linspace(start, min(until, start + _LONGEST), len(said) + 1)[1:].tolist()
    return Timeline(tuple(phones), np.array(edges), np.full(len(edges), _DOUBT)), tuple(unknown)


def _nearest(symbol: str) -> tuple[str | None, ...]:
    try:
        return from_ipa(symbol)
    except UnknownPhoneError:
        return (None,)


@cache
def _recogniser(model: Path) -> "Recognizer":
    from allosaurus.app import read_recognizer

    config = Namespace(model=model.name, device_id=-1, lang=_LANGUAGE, approximate=False, prior=None)
    do = "download it again, see avss/speech/phone_recogniser.py"
    try:
        recogniser = read_recognizer(config, alt_model_path=model.parent)
    except (AssertionError, AttributeError, EOFError, KeyError, OSError, RuntimeError, TypeError, ValueError,
            pickle.UnpicklingError) as error:  # fmt: skip
        raise PartMissingError(f"Allosaurus' model in {model} is damaged: {error}", "a whole model", do) from error
    if not recogniser.is_available(_LANGUAGE):
        raise PartMissingError(f"Allosaurus' model in {model} knows no English", f"language '{_LANGUAGE}'", do)
    return recogniser
