"""A picture of what was found in a clip, to look at: are the points on the face, and is the mouth in the crop?"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes

from avss.drawing import BLUE, FAINT, INK, RED, new_figure, save_figure
from avss.rates import FRAME_RATE
from avss.vision.landmarks import INNER_LIP, OUTER_LIP
from avss.vision.mouth import apertures

_MOUTHS = 12
_UNSEEN = "#f4c7b8"


def draw_contact_sheet(
    path: Path,
    title: str,
    picture: np.ndarray,
    shown: int,
    landmarks: np.ndarray,
    mouth: np.ndarray,
    valid: np.ndarray,
    face: np.ndarray,
    words: Sequence[tuple[float, float, str]] = (),
) -> None:
    """Draw one clip of T frames as a PNG.

    Args:
        path: the PNG file.
        title: what stands above it.
        picture: the frame number ``shown``, uint8 [H,W,3].
        shown: number of that frame.
        landmarks: [T,68,2] in pixels of ``picture``.
        mouth: uint8 [T,32,48].
        valid: bool [T].
        face: uint8 [64,64,3].
        words: start, end (seconds) and label of what is said.

    Raises:
        OutputError: ``path`` cannot be written.
    """
    figure = new_figure((12, 5.6), title)
    grid = figure.add_gridspec(3, 2, width_ratios=(1.0, 1.45), height_ratios=(1.0, 1.0, 1.25))
    _draw_face(figure.add_subplot(grid[:, 0]), picture, landmarks[shown])
    top = grid[0, 1].subgridspec(1, 2, width_ratios=(1, 3))
    _show(figure.add_subplot(top[0]), face, "neutral face")
    _draw_lips(figure.add_subplot(top[1]), landmarks[shown], picture)
    times = np.linspace(0, len(mouth) - 1, _MOUTHS).round().astype(int)
    _show(figure.add_subplot(grid[1, 1]), _tiled(mouth[times]), f"inside of the mouth, frames {times[0]} … {times[-1]}")
    _draw_aperture(figure.add_subplot(grid[2, 1]), landmarks, valid, words)
    save_figure(figure, path)


def _draw_face(axes: Axes, picture: np.ndarray, points: np.ndarray) -> None:
    _show(axes, picture, "landmarks")
    axes.scatter(*points.T, s=7, c=BLUE, linewidths=0)
    for lip in (OUTER_LIP, INNER_LIP):
        axes.plot(*np.vstack([points[lip], points[lip][:1]]).T, color=RED, linewidth=1)


def _draw_lips(axes: Axes, points: np.ndarray, picture: np.ndarray) -> None:
    lips = points[OUTER_LIP.start : INNER_LIP.stop]
    centre, half = lips.mean(axis=0), np.ptp(lips[:, 0]) * 0.85
    _draw_face(axes, picture, points)
    axes.set_title("lips", fontsize=9, color=FAINT, loc="left")
    axes.set(
        xlim=(centre[0] - half * 1.6, centre[0] + half * 1.6), ylim=(centre[1] + half * 0.62, centre[1] - half * 0.62)
    )


def _draw_aperture(
    axes: Axes, landmarks: np.ndarray, valid: np.ndarray, words: Sequence[tuple[float, float, str]]
) -> None:
    seconds = np.arange(len(valid)) / FRAME_RATE
    opening = apertures(landmarks)
    top = max(0.2, float(opening.max()) * 1.25)
    axes.fill_between(seconds, 0, top, where=~valid, color=_UNSEEN, step="mid", linewidth=0, label="face not seen")
    axes.plot(seconds, opening, color=RED, linewidth=1.6)
    for start, end, label in words:
        axes.axvline(start, color=FAINT, linewidth=0.5)
        place = ((start + end) / 2, top * 0.97)
        axes.text(*place, label, ha="center", va="top", fontsize=8, color=INK, clip_on=True).set_in_layout(False)
    axes.set(xlim=(0, len(valid) / FRAME_RATE), ylim=(0, top))
    axes.set_xlabel("seconds", fontsize=8, color=FAINT)
    axes.set_title(
        "opening of the mouth, in widths between the eyes' outer corners", fontsize=9, color=FAINT, loc="left"
    )
    axes.tick_params(labelsize=8, colors=FAINT)
    axes.spines[["top", "right"]].set_visible(False)
    if not valid.all():
        axes.legend(loc="lower right", fontsize=8, frameon=False)


def _tiled(crops: np.ndarray) -> np.ndarray:
    """Crops [12,32,48] as two rows of six with white gaps, [68,300]."""
    framed = np.pad(crops, ((0, 0), (1, 1), (1, 1)), constant_values=255)
    return np.vstack([np.hstack(list(row)) for row in np.split(framed, 2)])


def _show(axes: Axes, picture: np.ndarray, title: str) -> None:
    axes.imshow(picture, cmap="gray" if picture.ndim == 2 else None, vmin=0, vmax=255, interpolation="bilinear")
    axes.set_title(title, fontsize=9, color=FAINT, loc="left")
    axes.set_anchor("NW")
    axes.set_axis_off()
