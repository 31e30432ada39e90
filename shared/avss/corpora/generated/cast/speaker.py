"""A generated person: a body that voice and face share, and all that hangs on it."""

from dataclasses import dataclass

from avss.corpora.generated.cast.articulation_style import ArticulationStyle, draw_articulation_style
from avss.corpora.generated.cast.body import Body, draw_body
from avss.corpora.generated.cast.draws import named_generators
from avss.corpora.generated.cast.face_population import draw_face_traits
from avss.corpora.generated.cast.face_traits import FaceTraits
from avss.corpora.generated.cast.voice_traits import VoiceTraits, draw_voice_traits


@dataclass(frozen=True)
class Speaker:
    """One person of the corpus of ``seed``.

    Attributes:
        seed: of the corpus.
        number: from 1; the folder of the speaker's clips is ``s<number>``.
        face_draw: 0 for the first face drawn, more when earlier ones could not be tracked.
        body: what voice and face share.
        voice, face, style: everything else.
    """

    seed: int
    number: int
    face_draw: int
    body: Body
    voice: VoiceTraits
    face: FaceTraits
    style: ArticulationStyle

    @property
    def name(self) -> str:
        """The name of the speaker's folder, as in ``"s1"``."""
        return f"s{self.number}"


def draw_speaker(seed: int, number: int, face_draw: int = 0) -> Speaker:
    """The speaker of that number, a pure function of the arguments, all non-negative.

    Another ``face_draw`` gives the same person another face of the same body.
    """
    child = named_generators(seed, number)
    body = draw_body(child)
    return Speaker(
        seed=seed,
        number=number,
        face_draw=face_draw,
        body=body,
        voice=draw_voice_traits(child, body),
        face=draw_face_traits(named_generators(seed, number, face_draw), body),
        style=draw_articulation_style(child),
    )
