"""Random attributes that do not disturb each other.

Each attribute of a speaker or clip is drawn from a generator of its own, found by name. Adding an attribute
therefore leaves everything that was ever generated as it was, apart from the attribute itself.
"""

import zlib
from collections.abc import Callable, Mapping
from typing import TypeVar

import numpy as np

Option = TypeVar("Option")
Child = Callable[[str], np.random.Generator]


def named_generators(*key: int) -> Child:
    """A function from attribute names to generators; equal keys and names give equal generators.

    Args:
        key: non-negative integers, such as seed and speaker number.
    """
    return lambda name: np.random.default_rng([*key, zlib.crc32(name.encode())])


def normal(child: Child, name: str, mean: float, spread: float) -> float:
    """A value around ``mean`` with standard deviation ``spread``, never further than twice that."""
    return float(mean + spread * np.clip(child(name).normal(), -2, 2))


def log_normal(child: Child, name: str, mean: float, spread: float) -> float:
    """A positive value around ``mean``; ``spread`` is relative: 0.2 means a fifth more or less."""
    return float(mean * np.exp(normal(child, name, 0, spread)))


def uniform(child: Child, name: str, low: float, high: float) -> float:
    """Any value from ``low`` to ``high``."""
    return float(child(name).uniform(low, high))


def pick(child: Child, name: str, weights: Mapping[Option, float]) -> Option:
    """One of the options, each as likely as its weight says."""
    options = list(weights)
    shares = np.array([weights[option] for option in options])
    return options[int(child(name).choice(len(options), p=shares / shares.sum()))]
