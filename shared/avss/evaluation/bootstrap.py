"""How far a figure can be trusted: 95 % intervals by drawing whole speakers again.

The clips of one speaker resemble each other, so a thousand clips of seven speakers say little more about an eighth
speaker than seven numbers do. The *cluster bootstrap* respects this: a resample is a draw with replacement of whole
groups (speakers, or pairs of speakers) with everything that belongs to them, and the interval holds the middle 95 %
of the figure over many resamples. With few groups it is somewhat too narrow; it says so by the number of groups.

Source: A. C. Davison and D. V. Hinkley, "Bootstrap Methods and their Application", 1997, section 3.8.
"""

import math
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

import numpy as np

_LEVEL = 0.95


@dataclass(frozen=True)
class Interval:
    """A figure with its 95 % interval.

    Attributes:
        value: the figure over all data.
        low, high: the ends of the interval; NaN when a single group tells nothing about others.
        groups: how many groups were drawn from.
    """

    value: float
    low: float
    high: float
    groups: int

    def __str__(self) -> str:
        if math.isnan(self.low):
            return f"{self.value:.3f} (no interval: too few groups)"
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"


def bootstrap_mean(
    values: np.ndarray, groups: Sequence[Hashable] | np.ndarray, *, resamples: int = 2000, seed: int = 0
) -> Interval:
    """The mean of ``values`` [N] with its interval over ``groups`` [N].

    Every value counts alike, so that a group with more of them weighs more.

    Args:
        values: finite numbers or truth values.
        groups: the group of each value.
        resamples: how often groups are drawn.
        seed: of the draws.

    Raises:
        ValueError: no values, a value that is not finite, or not one group per value.
    """
    values = np.asarray(values, np.float64)
    members = _members(groups, len(values))
    if not np.isfinite(values).all():
        raise ValueError(f"{np.count_nonzero(~np.isfinite(values))} values are not finite; leave them out first")
    sums = np.array([values[rows].sum() for rows in members])
    counts = np.array([len(rows) for rows in members])
    draws = _draws(len(members), resamples, seed)
    return _interval(float(values.mean()), sums[draws].sum(axis=1) / counts[draws].sum(axis=1), len(members))


def bootstrap(
    statistic: Callable[[np.ndarray], float],
    groups: Sequence[Hashable] | np.ndarray,
    *,
    resamples: int = 500,
    seed: int = 0,
) -> Interval:
    """Any ``statistic`` with its interval over ``groups`` [N].

    Args:
        statistic: maps row numbers int [M], which repeat in a resample, to a figure; NaN where it is undefined
            (an AUC of one class alone), and such resamples are left out.
        groups: the group of each row.
        resamples: how often groups are drawn.
        seed: of the draws.

    Raises:
        ValueError: there are no rows.
    """
    members = _members(groups, len(groups))
    resampled = np.array(
        [
            statistic(np.concatenate([members[group] for group in draw]))
            for draw in _draws(len(members), resamples, seed)
        ]
    )
    return _interval(statistic(np.arange(len(groups))), resampled[np.isfinite(resampled)], len(members))


def _members(groups: Sequence[Hashable] | np.ndarray, count: int) -> list[np.ndarray]:
    """Row numbers of each group, in the order the groups first appear."""
    if count == 0 or len(groups) != count:
        raise ValueError(f"{count} values in {len(groups)} groups; one group per value, and at least one, is needed")
    rows: dict[Hashable, list[int]] = {}
    for row, group in enumerate(groups):
        rows.setdefault(group, []).append(row)
    return [np.array(numbers) for numbers in rows.values()]


def _draws(groups: int, resamples: int, seed: int) -> np.ndarray:
    return np.random.default_rng([seed]).integers(0, groups, (resamples, groups))


def _interval(value: float, resampled: np.ndarray, groups: int) -> Interval:
    if groups < 2 or not len(resampled):
        return Interval(value, math.nan, math.nan, groups)
    tail = (1 - _LEVEL) / 2
    low, high = np.quantile(resampled, (tail, 1 - tail))
    return Interval(value, float(low), float(high), groups)
