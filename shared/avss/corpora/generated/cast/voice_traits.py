"""What makes one generated voice differ from another, as plain numbers, and how they are drawn.

The body is given: it is also that of the face. A large one has a low pitch and a long vocal tract, which lowers all
formants together; within a sex, size moves the pitch by 2.4 semitones and the formants by 4 % per standard deviation.
A broad one has a dark voice: at 3 kHz, build takes away 4 dB per standard deviation. Both move a voice by more than
anything else that is drawn here, so that they can be heard.
"""

from dataclasses import dataclass

import numpy as np

from avss.corpora.clip import Sex
from avss.corpora.generated.cast.body import Body
from avss.corpora.generated.cast.draws import Child, log_normal, normal, pick, uniform

_FORMANTS = 9
# Weighted so that half the speakers are from the south of England, as most of GRID's are.
_ACCENTS = {"en": 0.4, "en-us": 0.25, "en-gb-x-rp": 0.2, "en-gb-scotland": 0.15}
_PITCH_HZ: dict[Sex, float] = {"m": 112.0, "f": 200.0}
_TRACT: dict[Sex, float] = {"m": 1.0, "f": 1.15}
# The average spectral tilt: corner in Hz, level in per cent of espeak's own, and how much of its log build takes away.
_TONE = ((600, 170, 0.0), (1200, 135, 0.15), (2000, 100, 0.3), (3000, 80, 0.45))


@dataclass(frozen=True)
class VoiceTraits:
    """One voice, in the terms of espeak-ng's variant files.

    Attributes:
        f0_hz: mean pitch, 70–300.
        melody: highest over lowest pitch of a sentence.
        formant_scale: all formants relative to espeak's male voice; a shorter vocal tract has a larger one.
        formants: each formant's own deviation from that, as a factor, [9].
        formant_heights, formant_widths: per cent of espeak's, [9].
        tone: level in per cent at 600, 1200, 2000 and 3000 Hz.
        breath: strength of breath noise around each of the first 8 formants, 0–5.
        flutter: unsteadiness of the pitch, 0–10; ``roughness`` creak, 0–4.
        consonants: level of the consonants in per cent.
        rate: words a minute as espeak counts them.
        accent: espeak language.
    """

    f0_hz: float
    melody: float
    formant_scale: float
    formants: tuple[float, ...]
    formant_heights: tuple[float, ...]
    formant_widths: tuple[float, ...]
    tone: tuple[float, ...]
    breath: tuple[float, ...]
    flutter: int
    roughness: int
    consonants: float
    rate: int
    accent: str

    def variant(self) -> str:
        """The content of espeak's variant file."""
        lowest = self.f0_hz / (1 + 0.55 * (self.melody - 1))
        formants = zip(self.formants, self.formant_heights, self.formant_widths, strict=True)
        lines = [f"pitch {lowest:.0f} {lowest * self.melody:.0f}"]
        lines += [
            f"formant {index} {100 * self.formant_scale * own:.0f} {height:.0f} {width:.0f}"
            for index, (own, height, width) in enumerate(formants)
        ]
        tone = (f"{corner} {level:.0f}" for (corner, _, _), level in zip(_TONE, self.tone, strict=True))
        lines += [
            f"tone {' '.join(tone)}",
            f"breath {' '.join(f'{level:.0f}' for level in self.breath)}",
            f"flutter {self.flutter}",
            f"roughness {self.roughness}",
            f"consonants {self.consonants:.0f} {self.consonants:.0f}",
        ]
        return "\n".join(lines) + "\n"


def draw_voice_traits(child: Child, body: Body) -> VoiceTraits:
    """Draw the voice of a speaker.

    Args:
        child: gives the generator of a named attribute.
        body: whose voice it is.
    """
    sex, size = body.sex, body.size
    semitones = -2.4 * size + normal(child, "voice.f0", 0, 0.9)
    return VoiceTraits(
        f0_hz=_PITCH_HZ[sex] * 2 ** (semitones / 12),
        melody=1.28 + abs(normal(child, "voice.melody", 0, 0.12)),
        formant_scale=_TRACT[sex] * (1 - 0.04 * size) * log_normal(child, "voice.formant_scale", 1, 0.01),
        formants=(1.0, *(log_normal(child, f"voice.formant.{n}", 1, 0.025) for n in range(1, _FORMANTS))),
        formant_heights=tuple(log_normal(child, f"voice.height.{n}", 100, 0.1) for n in range(_FORMANTS)),
        formant_widths=tuple(log_normal(child, f"voice.width.{n}", 100, 0.15) for n in range(_FORMANTS)),
        tone=tuple(
            log_normal(child, f"voice.tone.{corner}", level * np.exp(-darker * body.build), 0.08)
            for corner, level, darker in _TONE
        ),
        breath=tuple(max(0.0, normal(child, f"voice.breath.{n}", 0, 2)) for n in range(1, _FORMANTS)),
        flutter=round(uniform(child, "voice.flutter", 1.5, 7.5)),
        roughness=round(uniform(child, "voice.roughness", -0.5, 3.5)),
        consonants=normal(child, "voice.consonants", 100, 12),
        rate=round(normal(child, "voice.rate", 158, 14)),
        accent=pick(child, "voice.accent", _ACCENTS),
    )
