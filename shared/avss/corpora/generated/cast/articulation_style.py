"""How one person moves the lips and another does not: the manner of speaking, drawn apart from voice and face.

The spreads are set so that generated speakers differ in opening, speed and rest as real ones of GRID do
(:mod:`avss.corpora.generated.lips.realism` measures that).
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from avss.corpora.generated.cast.draws import Child, log_normal, normal, uniform
from avss.speech.phones import SILENCE, VISEMES


@dataclass(frozen=True)
class ArticulationStyle:
    """One manner of speaking.

    Attributes:
        opening, spreading, rounding: how far lips open, spread and protrude, relative to the average speaker.
        clarity: 1 reaches every target; below, lips stay near a middle position (mumbling).
        sluggishness: how long a sound goes on shaping its neighbours, relative to the average speaker.
        lead: seconds by which the lips move before the sound.
        seal: how far the jaw opens before the lips part; thick or lazy lips stay closed on narrow sounds.
        rest: aperture between sentences; some people keep the lips apart.
        teeth: how much more, or less, of the teeth shows.
        restlessness: how much one and the same sound differs from one time to the next, as a share.
        offsets: for each viseme, what this speaker adds to (aperture, width, protrusion).
    """

    opening: float
    spreading: float
    rounding: float
    clarity: float
    sluggishness: float
    lead: float
    seal: float
    rest: float
    teeth: float
    restlessness: float
    offsets: Mapping[str, tuple[float, float, float]]


def draw_articulation_style(child: Child) -> ArticulationStyle:
    """Draw the manner of a speaker; ``child`` gives the generator of a named attribute."""
    return ArticulationStyle(
        opening=log_normal(child, "style.opening", 1, 0.26),
        spreading=log_normal(child, "style.spreading", 1, 0.25),
        rounding=log_normal(child, "style.rounding", 0.9, 0.2),
        clarity=uniform(child, "style.clarity", 0.6, 1.05),
        sluggishness=log_normal(child, "style.sluggishness", 1, 0.2),
        lead=uniform(child, "style.lead", -0.01, 0.03),
        seal=uniform(child, "style.seal", 0.0, 0.1),
        rest=max(0.0, normal(child, "style.rest", 0.02, 0.03)),
        teeth=normal(child, "style.teeth", 0, 0.15),
        restlessness=uniform(child, "style.restlessness", 0.1, 0.25),
        offsets={viseme: _offset(child, viseme) for viseme, phones in VISEMES.items() if phones != (SILENCE,)},
    )


def _offset(child: Child, viseme: str) -> tuple[float, float, float]:
    aperture, width, protrusion = np.clip(child(f"style.offset.{viseme}").normal(size=3), -2, 2)
    return 0.05 * float(aperture), 0.12 * float(width), 0.08 * float(protrusion)
