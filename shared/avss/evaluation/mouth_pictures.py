"""Pictures of a mouth PCA, to look at: what it keeps, what it loses, and what each of its numbers means."""

import numpy as np
import pandas as pd
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from avss.data.store import PreparedStore
from avss.drawing import BLUE, FAINT, INK, RED, new_figure
from avss.evaluation.mouths import PARTS, over_speakers
from avss.models.mouth_pca import MouthPCA
from avss.vision.mouth import apertures

_COLOURS = dict(zip(PARTS, (FAINT, BLUE, RED), strict=True))
_COLUMNS = 8


def explained_figure(errors: pd.DataFrame, title: str) -> Figure:
    """Draw explained variance and error over the number of components, for each part of the split.

    Args:
        errors: what :func:`~avss.evaluation.mouths.mouth_errors` found.
        title: what stands above it.
    """
    figure = new_figure((10, 4.2), title)
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
        axes.set_xlabel("components", color=INK)
        axes.set_title(label, fontsize=10, color=INK, loc="left")
        axes.grid(alpha=0.3)
        axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, title="part (speakers)")
    return figure


def eigenmouths_figure(model: MouthPCA, title: str) -> Figure:
    """Draw the mean mouth and the components, blue where a component darkens and red where it lightens."""
    components = model.components.detach().unflatten(-1, model.crop).numpy()
    scales = 255 * model.scale.detach().numpy()
    rows = -(-(len(components) + 1) // _COLUMNS)
    figure = new_figure((1.5 * _COLUMNS, 1.3 * rows + 0.4), title)
    panels = figure.subplots(rows, _COLUMNS, squeeze=False).ravel()
    _show(panels[0], model.mean.detach().unflatten(-1, model.crop).numpy(), "mean")
    for number, (axes, component) in enumerate(zip(panels[1:], components, strict=False), start=1):
        limit = np.abs(component).max()
        _show(axes, component, f"{number} · σ {scales[number - 1]:.0f}", cmap="RdBu_r", vmin=-limit, vmax=limit)
    for axes in panels[len(components) + 1 :]:
        axes.set_axis_off()
    return figure


def extremes_figure(model: MouthPCA, title: str, shown: int = 8) -> Figure:
    """Draw the mean mouth with one component at −3 … +3 standard deviations, a row for each of the first ``shown``.

    A row is as bright as its brightest mouth is white.
    """
    deviations = (-3, -2, -1, 0, 1, 2, 3)
    rows = min(shown, model.n_components)
    figure = new_figure((1.5 * len(deviations), 1.1 * rows + 0.6), title)
    panels = figure.subplots(rows, len(deviations), squeeze=False)
    for number, row in enumerate(panels):
        features = torch.zeros(len(deviations), model.n_components)
        features[:, number] = torch.tensor(deviations, dtype=torch.float32)
        with torch.inference_mode():
            mouths = model.reconstruct(features).numpy()
        for axes, mouth, deviation in zip(row, mouths, deviations, strict=True):
            _show(axes, mouth, f"{deviation:+d}σ" if number == 0 and deviation else "", vmax=mouths.max())
        row[0].set_ylabel(f"{number + 1}", rotation=0, labelpad=12, color=INK, va="center")
    return figure


def reconstructions_figure(model: MouthPCA, store: PreparedStore, title: str) -> Figure:
    """Draw the widest open mouth of up to eight speakers of each part, and its reconstruction beneath it.

    Both are as bright as the brightest pixel of the mouth is white.
    """
    examples = {part: _widest_mouths(store, speakers) for part, speakers in store.speakers.items()}
    parts = [part for part in PARTS if examples.get(part)]
    figure = new_figure((1.5 * _COLUMNS, 2.3 * len(parts) + 0.4), title)
    panels = figure.subplots(2 * len(parts), _COLUMNS, squeeze=False)
    for axes in panels.ravel():
        axes.set_axis_off()
    for number, part in enumerate(parts):
        for column, (speaker, mouth) in enumerate(examples[part]):
            with torch.inference_mode():
                back = model.reconstruct(model(torch.from_numpy(mouth))).numpy()
            _show(panels[2 * number, column], mouth / 255, f"{part} · {speaker}", vmax=mouth.max() / 255)
            _show(panels[2 * number + 1, column], back, "", vmax=mouth.max() / 255)
    return figure


def _widest_mouths(store: PreparedStore, speakers: list[str]) -> list[tuple[str, np.ndarray]]:
    found = []
    for speaker in speakers[:_COLUMNS]:
        clip = store[store.clips.index[store.clips.speaker == speaker][0]]
        if clip.valid.any():
            found.append((speaker, clip.mouth[(apertures(clip.landmarks) * clip.valid).argmax()].copy()))
    return found


def _show(axes: Axes, picture: np.ndarray, title: str, cmap: str = "gray", vmin: float = 0, vmax: float = 1) -> None:
    axes.set_axis_on()
    axes.imshow(picture, cmap=cmap, vmin=vmin, vmax=vmax, interpolation="nearest")
    axes.set_title(title, fontsize=8, color=FAINT, loc="left")
    axes.set_xticks([])
    axes.set_yticks([])
    axes.spines[:].set_visible(False)
