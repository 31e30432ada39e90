"""Finding a face for a speaker: the first one drawn that facial landmarks can follow."""

from dataclasses import dataclass

from avss.corpora.generated.cast.identity_check import check_identity
from avss.corpora.generated.cast.speaker import Speaker, draw_speaker
from avss.errors import FaceError

_MOST_DRAWS = 20


@dataclass(frozen=True)
class Casting:
    """A speaker, and for each face that was drawn before why it was turned down."""

    speaker: Speaker
    reasons: tuple[str, ...]


def cast_speaker(seed: int, number: int) -> Casting:
    """The speaker of that number with a face that can be tracked; a pure function of the arguments.

    Raises:
        FaceError: none of the first 20 faces can be tracked.
        PartMissingError: the landmark model is not installed.
    """
    reasons: list[str] = []
    for draw in range(_MOST_DRAWS):
        speaker = draw_speaker(seed, number, draw)
        try:
            check_identity(speaker.face)
        except FaceError as error:
            reasons.append(error.what)
        else:
            return Casting(speaker, tuple(reasons))
    raise FaceError(
        f"no face for speaker {number} of seed {seed} in {_MOST_DRAWS} draws; the last: {reasons[-1]}",
        "faces that landmarks can follow",
        "use another seed, and report this",
    )
