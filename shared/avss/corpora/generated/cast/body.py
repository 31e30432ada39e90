"""What voice and face of a generated person share, so that a face tells something about its voice."""

from dataclasses import dataclass

import numpy as np

from avss.corpora.clip import Sex
from avss.corpora.generated.cast.draws import Child, pick

_MOST = 2.2
_SEXES: dict[Sex, float] = {"m": 0.5, "f": 0.5}


@dataclass(frozen=True)
class Body:
    """A body; its numbers are standard deviations from the mean of its sex, within ±2.2.

    Attributes:
        sex: of voice and face.
        size: a large body has a long face, a low pitch and a long vocal tract.
        build: a broad one has a broad jaw and nose, and a dark voice.
    """

    sex: Sex
    size: float
    build: float


def draw_body(child: Child) -> Body:
    """Draw the body of a speaker; ``child`` gives the generator of a named attribute."""
    size, build = (float(np.clip(child(name).normal(), -_MOST, _MOST)) for name in ("size", "build"))
    return Body(pick(child, "sex", _SEXES), size, build)
