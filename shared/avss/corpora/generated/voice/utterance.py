"""A sentence as a generated speaker says it: three seconds of sound, and when each word and phone is spoken."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy.signal import resample_poly

from avss.corpora.clip import Segment
from avss.corpora.generated.cast.voice_traits import VoiceTraits
from avss.corpora.sentence import Sentence
from avss.rates import SAMPLE_RATE, samples_in
from avss.speech.espeak import ESPEAK_RATE, Speech, espeak
from avss.speech.lexicon import spelled
from avss.speech.phones import from_espeak
from avss.speech.stops import phone_starts

FRAMES = 75
SECONDS = 3.0

_SPEECH_STARTS = (0.3, 0.6)
_LEAST_TAIL = 0.1
# Root mean square and peak; the room may raise them by a few decibels.
_LEVEL, _CEILING = 0.05, 0.5


@dataclass(frozen=True)
class Utterance:
    """What was said.

    Attributes:
        wave: float32 [S], S = 48 000.
        words: the six words; they follow each other without gaps.
        phones: ARPAbet phones, without silence; they follow each other without gaps. A stop starts with
            its closure.
    """

    wave: np.ndarray
    words: tuple[Segment, ...]
    phones: tuple[Segment, ...]


def say(sentence: Sentence, voice: VoiceTraits, rng: np.random.Generator) -> Utterance:
    """Let a voice say a sentence, at a slightly different pace and moment each time.

    Raises:
        UnknownPhoneError: espeak used a sound that has no ARPAbet phone.
        ValueError: the sentence does not fit into three seconds.
    """
    rate = voice.rate + int(rng.integers(-6, 7))
    speech = espeak().speak(spelled_out(sentence), accent=voice.accent, variant=voice.variant(), rate=rate)
    start = rng.uniform(*_SPEECH_STARTS)
    latest = SECONDS - _LEAST_TAIL - speech.end / ESPEAK_RATE
    if latest < 0:
        raise ValueError(f"'{sentence}' at {rate} words a minute does not fit into {SECONDS} s")
    lead = round(min(start, latest) * SAMPLE_RATE)
    words, phones = _segments(speech, sentence, voice.accent, lead / SAMPLE_RATE)
    return Utterance(_placed(speech.wave, lead), words, phones)


def spelled_out(sentence: Sentence) -> str:
    """The sentence as espeak reads it right."""
    return " ".join(map(spelled, sentence.words))


def _placed(wave: np.ndarray, lead: int) -> np.ndarray:
    """``wave`` at 16 kHz and a common level, ``lead`` samples into three seconds of silence."""
    spoken = resample_poly(wave, SAMPLE_RATE // 50, ESPEAK_RATE // 50)
    spoken *= min(_LEVEL / np.sqrt(np.mean(spoken**2)), _CEILING / np.abs(spoken).max())
    placed = np.zeros(samples_in(FRAMES), dtype=np.float32)
    room = len(placed) - lead
    placed[lead : lead + len(spoken)] = spoken[:room]
    return placed


def _segments(
    speech: Speech, sentence: Sentence, accent: str, lead: float
) -> tuple[tuple[Segment, ...], tuple[Segment, ...]]:
    """Words and phones in seconds; an espeak phone that is several in ARPAbet is shared out evenly."""
    symbols = [[from_espeak(phone.mnemonic, accent) for phone in word] for word in speech.words]
    times = phone_starts(speech, [phones for word in symbols for phones in word], lead)
    words, phones, index = [], [], 0
    for label, word in zip(sentence.words, symbols, strict=True):
        words.append(Segment(times[index], times[index + len(word)], label))
        for labels in word:
            edges = np.linspace(times[index], times[index + 1], len(labels) + 1).tolist()
            phones += [Segment(*span, phone) for span, phone in zip(pairwise(edges), labels, strict=True)]
            index += 1
    return tuple(words), tuple(phones)
