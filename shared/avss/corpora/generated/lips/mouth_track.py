"""How a mouth moves: eight numbers a frame, which the articulation writes and the face draws.

The columns are shares of what a person's mouth can do, not pixels, so that the same movement fits every
face. The face turns them into lips, teeth and tongue of its own size.
"""

from dataclasses import dataclass

import numpy as np

COLUMNS = ("aperture", "width", "protrusion", "upper_teeth", "lower_teeth", "tongue", "tuck", "closure")


@dataclass(frozen=True)
class MouthTrack:
    """Mouth movement of one clip, one row a video frame.

    Attributes:
        values: float32 [T, 8], columns as in :data:`COLUMNS`:

            * ``aperture``: opening between the inner lips; 0 closed, 1 an open "ah" of an average speaker;
              may go above 1 in a lively one;
            * ``width``: −1 drawn in, 0 at rest, 1 spread as in "ee";
            * ``protrusion``: 0 flat, 1 lips pushed forward and rounded as in "oo";
            * ``upper_teeth``, ``lower_teeth``: 0 hidden, 1 fully in sight;
            * ``tongue``: 0 low, 1 tip between the teeth;
            * ``tuck``: 0 free, 1 lower lip under the upper teeth as in "f";
            * ``closure``: 0 loose, 1 lips pressed together as in "p".

    Raises:
        ValueError: the values are not finite float32 [T, 8], or out of the ranges above (−1.5 … 1.5 for
            width, 0 … 2 for aperture, 0 … 1 for the others).
    """

    values: np.ndarray

    def __post_init__(self) -> None:
        v = self.values
        if v.ndim != 2 or v.shape[1] != len(COLUMNS) or v.dtype != np.float32:
            raise ValueError(f"a mouth track is float32 [T, {len(COLUMNS)}], not {v.dtype} {list(v.shape)}")
        if not np.all((v >= LOWEST) & (v <= HIGHEST)):
            raise ValueError(f"a mouth track has values that are not finite or not within {LOWEST} … {HIGHEST}")

    def __len__(self) -> int:
        return len(self.values)

    @property
    def aperture(self) -> np.ndarray:
        """Float32 [T]."""
        return self.values[:, 0]

    @property
    def width(self) -> np.ndarray:
        """Float32 [T]."""
        return self.values[:, 1]

    @property
    def protrusion(self) -> np.ndarray:
        """Float32 [T]."""
        return self.values[:, 2]

    @property
    def upper_teeth(self) -> np.ndarray:
        """Float32 [T]."""
        return self.values[:, 3]

    @property
    def lower_teeth(self) -> np.ndarray:
        """Float32 [T]."""
        return self.values[:, 4]

    @property
    def tongue(self) -> np.ndarray:
        """Float32 [T]."""
        return self.values[:, 5]

    @property
    def tuck(self) -> np.ndarray:
        """Float32 [T]."""
        return self.values[:, 6]

    @property
    def closure(self) -> np.ndarray:
        """Float32 [T]."""
        return self.values[:, 7]


LOWEST = np.array([0, -1.5, 0, 0, 0, 0, 0, 0], dtype=np.float32)
HIGHEST = np.array([2, 1.5, 1, 1, 1, 1, 1, 1], dtype=np.float32)
