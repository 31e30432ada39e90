"""What acceptance measured, against what is wanted, as tables for the terminal."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from rich.console import Group
from rich.table import Table

from avss.corpora.generated.lips.realism import LipStatistics, Spread, spread_of

LEAST_TRACKED = 0.99
LEAST_MEDIAN_CORRELATION = 0.9
MOST_SECONDS = 1.0

_WORST = 5
_LIP_FIGURES = {
    "opening": "widest opening / eyes to chin",
    "middle": "median / widest opening",
    "speed": "change per frame / range",
    "rest": "share of frames nearly closed",
    "variety": "widest opening, spread between clips",
}


@dataclass(frozen=True)
class Cost:
    """CPU seconds of one clip: voice and movement, rendering, encoding and writing."""

    voice: float
    render: float
    encode: float

    @property
    def total(self) -> float:
        """All three, in seconds."""
        return self.voice + self.render + self.encode


@dataclass(frozen=True)
class Identity:
    """What was measured of one speaker.

    Attributes:
        number: of the speaker.
        rejections: why faces drawn before were turned down, one reason each.
        tracked: share of frames in which the face was found.
        correlation: of measured and true aperture over all its clips.
        painting: CPU seconds to paint the face, once per speaker.
        costs: of each clip.
        drawn_lips: how the lips truly move.
        shown_lips: how they move by their landmarks; ``None`` when a single clip was filmed.
    """

    number: int
    rejections: tuple[str, ...]
    tracked: float
    correlation: float
    painting: float
    costs: tuple[Cost, ...]
    drawn_lips: LipStatistics
    shown_lips: LipStatistics | None


@dataclass(frozen=True)
class AcceptanceReport:
    """The measurement of a population, and the ``real`` spread of each lip figure to compare with.

    Printing it with rich shows the tables; ``failures`` are speakers that could not be measured, with reasons.
    """

    identities: Sequence[Identity]
    failures: Sequence[str]
    real: Mapping[str, Spread]

    @property
    def tracked(self) -> float:
        """Share of all frames in which the face was found."""
        return float(np.mean([identity.tracked for identity in self.identities]))

    @property
    def correlations(self) -> np.ndarray:
        """Correlation of measured and true aperture [identities]."""
        return np.array([identity.correlation for identity in self.identities])

    @property
    def seconds(self) -> float:
        """Median CPU seconds of a clip."""
        return float(np.median([cost.total for identity in self.identities for cost in identity.costs]))

    @property
    def accepted(self) -> bool:
        """Whether everything wanted was reached, by every speaker asked for."""
        return bool(
            self.identities
            and not self.failures
            and self.tracked >= LEAST_TRACKED
            and np.median(self.correlations) >= LEAST_MEDIAN_CORRELATION
            and self.seconds <= MOST_SECONDS
        )

    def __rich__(self) -> Group:
        if not self.identities:
            return Group("no identity could be measured", *self.failures)
        return Group(self._figures(), self._lips(), *(f"not measured: {failure}" for failure in self.failures))

    def _figures(self) -> Table:
        table = Table(title=f"{len(self.identities)} generated identities, encoded files", title_justify="left")
        table.add_column("figure")
        table.add_column("measured", justify="right")
        table.add_column("wanted", justify="right")
        r = self.correlations
        worst = sorted(self.identities, key=lambda identity: identity.correlation)[:_WORST]
        costs = [cost for identity in self.identities for cost in identity.costs]
        voice, render, encode = (
            np.median([getattr(cost, part) for cost in costs]) for part in ("voice", "render", "encode")
        )
        turned_down = sum(len(identity.rejections) for identity in self.identities)
        for row in (
            ("frames with a face found", f"{self.tracked:.2%}", f"≥ {LEAST_TRACKED:.0%}"),
            ("aperture, measured × true: median r", f"{np.median(r):.3f}", f"≥ {LEAST_MEDIAN_CORRELATION}"),
            ("… mean, 5th percentile", f"{r.mean():.3f}, {np.percentile(r, 5):.3f}", ""),
            ("… worst", ", ".join(f"s{identity.number} {identity.correlation:.2f}" for identity in worst), ""),
            ("faces turned down", f"{turned_down} of {turned_down + len(self.identities)}", ""),
            ("CPU seconds a clip, median", f"{self.seconds:.2f}", f"≤ {MOST_SECONDS:.0f}"),
            ("… voice, render, encode", f"{voice:.2f}, {render:.2f}, {encode:.2f}", ""),
            ("… once per face", f"{np.median([identity.painting for identity in self.identities]):.2f}", ""),
        ):
            table.add_row(*row)
        return table

    def _lips(self) -> Table:
        table = Table(title="lips: median over speakers (10th–90th percentile)", title_justify="left")
        table.add_column("figure")
        columns = {"generated, drawn": spread_of([identity.drawn_lips for identity in self.identities])}
        shown = [identity.shown_lips for identity in self.identities if identity.shown_lips is not None]
        if shown:
            columns["generated, by landmarks"] = spread_of(shown)
        columns["real, by landmarks"] = dict(self.real)
        for title in columns:
            table.add_column(title, justify="right")
        for name, meaning in _LIP_FIGURES.items():
            table.add_row(meaning, *(_range(spreads[name]) for spreads in columns.values()))
        return table


def _range(spread: Spread) -> str:
    return f"{spread.median:.3f} ({spread.low:.3f}–{spread.high:.3f})"
