"""What pictures share: their ink, their title, and how they are written."""

import textwrap
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from avss.files import writing

INK, FAINT = "#22303c", "#8795a1"
BLUE, RED = "#2f7fb8", "#e4572e"

_LETTERS_PER_INCH = 8  # of a title
_FAST = 1  # compression of PNG files


def new_figure(size: tuple[float, float], title: str) -> Figure:
    """An empty figure of ``size`` in inches, with its title at the top left."""
    figure = Figure(figsize=size, dpi=110, facecolor="white", layout="constrained")
    wrapped = textwrap.fill(title, round(_LETTERS_PER_INCH * size[0]))
    figure.suptitle(wrapped, x=0.01, ha="left", fontsize=12, color=INK, weight="bold")
    return figure


def plain(axes: Axes) -> None:
    """Leave of ``axes`` only what is needed to read it: no frame, no tick marks, faint labels."""
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0, labelcolor=INK)


def caption(axes: Axes, text: str) -> None:
    """Say above ``axes``, faintly, how to read them."""
    axes.set_title(text, fontsize=9, color=FAINT, loc="left")


def save_figure(figure: Figure, path: Path) -> None:
    """Write ``figure`` to the PNG file ``path``.

    Raises:
        OutputError: ``path`` cannot be written.
    """
    with writing(path) as unfinished:
        figure.savefig(unfinished, pil_kwargs={"compress_level": _FAST})
