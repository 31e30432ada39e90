"""Spectrograms below each other, on one scale of loudness and one of time, to see what went where."""

import math
from collections.abc import Iterable

import numpy as np
import torch
from matplotlib.figure import Figure

from avss.drawing import caption, new_figure, plain
from avss.models.separators.spectrum import Spectrum
from avss.rates import SAMPLE_RATE

_WINDOW, _HOP = 512, 128
_DYNAMICS = 70  # dB that are shown
_HEIGHT = 1.5  # inches
_COLUMNS = 2000  # more than that no screen shows


def draw_spectrograms(waves: Iterable[tuple[str, np.ndarray]], title: str, *, width: float = 7) -> Figure:
    """A spectrogram of each wave, one below the other.

    Args:
        waves: names and float32 [S] at 16 kHz, all of one length, at least one; held one at a time.
        title: of the picture.
        width: of the picture, inches.
    """
    levels, seconds = {}, 0.0
    for name, wave in waves:
        levels[name], seconds = _levels(wave), len(wave) / SAMPLE_RATE
    loudest = max(level.max() for level in levels.values())
    figure = new_figure((width, _HEIGHT * len(levels)), title)
    panels = figure.subplots(len(levels), sharex=True, squeeze=False)[:, 0]
    for axes, (name, level) in zip(panels, levels.items(), strict=True):
        axes.imshow(
            level,
            origin="lower",
            aspect="auto",
            extent=(0, seconds, 0, SAMPLE_RATE / 2000),
            vmin=loudest - _DYNAMICS,
            vmax=loudest,
            cmap="magma",
            interpolation="nearest",
        )
        plain(axes)
        caption(axes, f"{name}, kHz")
    panels[-1].set_xlabel("s")
    return figure


def _levels(wave: np.ndarray) -> np.ndarray:
    """Levels of a wave [S] in dB, [F,L]; of a long one, the loudest of each few columns."""
    spectrum = Spectrum(_WINDOW, _HOP).analyse(torch.from_numpy(wave)[None])[0].abs()
    together = math.ceil(spectrum.shape[1] / _COLUMNS)
    loudest = np.maximum.reduceat(spectrum.numpy(), np.arange(0, spectrum.shape[1], together), axis=1)
    return 20 * np.log10(np.maximum(loudest, 1e-6))
