"""Pictures of a mouth PCA, to look at: what it keeps, what it loses, and what each of its numbers means."""

from pathlib import Path

import numpy as np
import pandas as pd
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from avss.data.store import PreparedStore
from avss.evaluation.mouths import PARTS, over_speakers
from avss.files import writing
from avss.models.mouth_pca import MouthPCA
from avss.vision.mouth import apertures

_INK, _FAINT = "#22303c", "#8795a1"
_COLOURS = dict(zip(PARTS, ("#8795a1", "#2f7fb8", "#e4572e"), strict=True))
_COLUMNS = 8


def draw_explained(path: Path, errors: pd.DataFrame, title: str) -> None:
    """Draw explained variance and error over the number of components, for each part of the split.

    Args:
        path: the PNG file.
        errors: what :func:`~avss.evaluation.mouths.mouth_errors` found.
        title: what stands above it.

    Raises:
        OutputError: ``path`` cannot be written.
    """
    figure = _figure((10, 4.2), title)
    for column, label, axes in zip(
        ("explained", "error"), ("explained share", "error, grey levels"), figure.subplots(1, 2), strict=True
    ):
        intervals = over_speakers(errors, column)
        counts = sorted({count for _, count in intervals})
        for part in (part for part in PARTS if part in set(errors.part)):
            of_part = [intervals[part, count] for count in counts]
            label_of_part = f"{part} ({of_part[0].groups})"
            axes.plot(counts, [i.value for i in of_part], "o-", ms=4, color=_COLOURS[part], label=label_of_part)
            ends = [i.low for i in of_part], [i.high for i in of_part]
            axes.fill_between(counts, *ends, color=_COLOURS[part], alpha=0.15, linewidth=0)
        axes.set_xscale("log", base=2)
        axes.set_xticks(counts, counts)
        axes.set_ylim(bottom=0)
        axes.set_xlabel("components", color=_INK)
        axes.set_title(label, fontsize=10, color=_INK, loc="left")
        axes.grid(alpha=0.3)
        axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, title="part (speakers)")
    _save(figure, path)


def draw_eigenmouths(path: Path, model: MouthPCA, title: str) -> None:
    """Draw the mean mouth and the components, blue where a component darkens and red where it lightens.

    Raises:
        OutputError: ``path`` cannot be written.
    """
    components = model.components.detach().unflatten(-1, model.crop).numpy()
    scales = 255 * model.scale.detach().numpy()
    rows = -(-(len(components) + 1) // _COLUMNS)
    figure = _figure((1.5 * _COLUMNS, 1.3 * rows + 0.4), title)
    panels = figure.subplots(rows, _COLUMNS, squeeze=False).ravel()
    _show(panels[0], model.mean.detach().unflatten(-1, model.crop).numpy(), "mean")
    for number, (axes, component) in enumerate(zip(panels[1:], components, strict=False), start=1):
        limit = np.abs(component).max()
        _show(axes, component, f"{number} · σ {scales[number - 1]:.0f}", cmap="RdBu_r", vmin=-limit, vmax=limit)
    for axes in panels[len(components) + 1 :]:
        axes.set_axis_off()
    _save(figure, path)


def draw_extremes(path: Path, model: MouthPCA, title: str, shown: int = 8) -> None:
    """Draw the mean mouth with one component at −3 … +3 standard deviations, a row for each of the first ``shown``.

    A row is as bright as its brightest mouth is white.

    Raises:
        OutputError: ``path`` cannot be written.
    """
    deviations = (-3, -2, -1, 0, 1, 2, 3)
    rows = min(shown, model.n_components)
    figure = _figure((1.5 * len(deviations), 1.1 * rows + 0.6), title)
    panels = figure.subplots(rows, len(deviations), squeeze=False)
    for number, row in enumerate(panels):
        features = torch.zeros(len(deviations), model.n_components)
        features[:, number] = torch.tensor(deviations, dtype=torch.float32)
        with torch.inference_mode():
            mouths = model.reconstruct(features).numpy()
        for axes, mouth, deviation in zip(row, mouths, deviations, strict=True):
            _show(axes, mouth, f"{deviation:+d}σ" if number == 0 and deviation else "", vmax=mouths.max())
        row[0].set_ylabel(f"{number + 1}", rotation=0, labelpad=12, color=_INK, va="center")
    _save(figure, path)


def draw_reconstructions(path: Path, model: MouthPCA, store: PreparedStore, title: str) -> None:
    """Draw the widest open mouth of up to eight speakers of each part, and its reconstruction beneath it.

    Both are as bright as the brightest pixel of the mouth is white.

    Raises:
        OutputError: ``path`` cannot be written.
    """
    examples = {part: _widest_mouths(store, speakers) for part, speakers in store.speakers.items()}
    parts = [part for part in PARTS if examples.get(part)]
    figure = _figure((1.5 * _COLUMNS, 2.3 * len(parts) + 0.4), title)
    panels = figure.subplots(2 * len(parts), _COLUMNS, squeeze=False)
    for axes in panels.ravel():
        axes.set_axis_off()
    for number, part in enumerate(parts):
        for column, (speaker, mouth) in enumerate(examples[part]):
            with torch.inference_mode():
                back = model.reconstruct(model(torch.from_numpy(mouth))).numpy()
            _show(panels[2 * number, column], mouth / 255, f"{part} · {speaker}", vmax=mouth.max() / 255)
            _show(panels[2 * number + 1, column], back, "", vmax=mouth.max() / 255)
    _save(figure, path)


def _widest_mouths(store: PreparedStore, speakers: list[str]) -> list[tuple[str, np.ndarray]]:
    found = []
    for speaker in speakers[:_COLUMNS]:
        clip = store[store.clips.index[store.clips.speaker == speaker][0]]
        if clip.valid.any():
            found.append((speaker, clip.mouth[(apertures(clip.landmarks) * clip.valid).argmax()].copy()))
    return found


def _figure(size: tuple[float, float], title: str) -> Figure:
    figure = Figure(figsize=size, dpi=110, facecolor="white", layout="constrained")
    figure.suptitle(title, x=0.01, ha="left", fontsize=12, color=_INK, weight="bold")
    return figure


def _show(axes: Axes, picture: np.ndarray, title: str, cmap: str = "gray", vmin: float = 0, vmax: float = 1) -> None:
    axes.set_axis_on()
    axes.imshow(picture, cmap=cmap, vmin=vmin, vmax=vmax, interpolation="nearest")
    axes.set_title(title, fontsize=8, color=_FAINT, loc="left")
    axes.set_xticks([])
    axes.set_yticks([])
    axes.spines[:].set_visible(False)


def _save(figure: Figure, path: Path) -> None:
    with writing(path) as unfinished:
        figure.savefig(unfinished)
