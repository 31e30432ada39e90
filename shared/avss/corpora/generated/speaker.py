"""A generated person: one draw of sex and size that voice and face share, and all that hangs on it."""

from dataclasses import dataclass, replace

import numpy as np

from avss.corpora.clip import Sex
from avss.corpora.generated.articulation_style import ArticulationStyle, draw_articulation_style
from avss.corpora.generated.draws import named_generators, pick
from avss.corpora.generated.face_traits import FaceTraits, draw_face_traits
from avss.corpora.generated.voice_traits import VoiceTraits, draw_voice_traits


@dataclass(frozen=True)
class Speaker:
    """One person of the corpus of ``seed``.

    Attributes:
        seed: of the corpus.
        number: from 1; the folder of the speaker's clips is ``s<number>``.
        sex: of voice and face.
        size: of the body, in standard deviations from the mean of the sex, within ±2.2.
        voice, face, style: everything else.
        face_draw: 0 for the first face drawn, more when earlier ones could not be tracked.
    """

    seed: int
    number: int
    sex: Sex
    size: float
    voice: VoiceTraits
    face: FaceTraits
    style: ArticulationStyle
    face_draw: int = 0

    @property
    def name(self) -> str:
        """The name of the speaker's folder, as in ``"s1"``."""
        return f"s{self.number}"

    def with_next_face(self) -> "Speaker":
        """The same person with the next face of the same sex and size."""
        draw = self.face_draw + 1
        return replace(self, face_draw=draw, face=_draw_face(self.seed, self.number, self.sex, self.size, draw))


def draw_speaker(seed: int, number: int) -> Speaker:
    """The speaker of that number, a pure function of ``seed`` and ``number``, both non-negative."""
    child = named_generators(seed, number)
    sexes: dict[Sex, float] = {"m": 0.5, "f": 0.5}
    sex = pick(child, "sex", sexes)
    size = float(np.clip(child("size").normal(), -2.2, 2.2))
    return Speaker(
        seed=seed,
        number=number,
        sex=sex,
        size=size,
        voice=draw_voice_traits(child, sex, size),
        face=_draw_face(seed, number, sex, size, draw=0),
        style=draw_articulation_style(child),
    )


def _draw_face(seed: int, number: int, sex: Sex, size: float, draw: int) -> FaceTraits:
    return draw_face_traits(named_generators(seed, number, draw), sex, size)
