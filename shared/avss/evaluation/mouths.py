"""How much of a mouth its PCA keeps, for speakers it learned from and for speakers it never saw.

Two figures, of a speaker and of the first c components:

- *error*: root mean square difference of mouth and reconstruction, in grey levels (0 … 255), over all 32 × 48 pixels;
- *explained*: the share of the mouths' squared distance from the mean mouth that the reconstruction makes up for.
  The mean is that of the training speakers for everybody, so a face that is merely different costs too.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import torch

from avss.data.mouths import MouthView, stream_mouths
from avss.data.store import PreparedStore
from avss.evaluation.bootstrap import Interval, bootstrap_mean
from avss.models.mouth_pca import MouthPCA

PARTS = ("train", "valid", "test")


def counts_up_to(n_components: int) -> list[int]:
    """Numbers of components to evaluate: 1, 2, 4, 8 … and all.

    >>> counts_up_to(24)
    [1, 2, 4, 8, 16, 24]
    """
    return [2**power for power in range(n_components.bit_length()) if 2**power < n_components] + [n_components]


def mouth_errors(
    model: MouthPCA,
    store: PreparedStore,
    *,
    parts: Sequence[str] = PARTS,
    counts: Sequence[int] | None = None,
    every: int = 1,
    view: MouthView | None = None,
) -> pd.DataFrame:
    """Reconstruct the valid mouths of every speaker.

    Args:
        model: the PCA.
        store: whose mouths.
        parts: of the split.
        counts: numbers of components; by default :func:`counts_up_to` all of them.
        every: use every so many frames.
        view: how the PCA looks at mouths; the error is always that of the whole mouth of the store.

    Returns:
        A row for each speaker and count: ``part, speaker, frames, components, error, explained``. Speakers without
        a valid frame have none.
    """
    view, counts = view or MouthView(), list(counts or counts_up_to(model.n_components))
    rows = []
    of_parts = store.clips[store.clips.split.isin(list(parts))]
    for (part, speaker), clips in of_parts.groupby(["split", "speaker"]):
        squared, from_mean, frames = np.zeros(len(counts)), 0.0, 0
        for mouths in stream_mouths(store, clips.index.tolist(), every=every):
            errors, distance = _squared_errors(model, mouths, counts, view)
            squared, from_mean, frames = squared + errors, from_mean + distance, frames + len(mouths)
        if frames:
            pixels = frames * mouths[0].size
            for count, error in zip(counts, squared, strict=True):
                rows.append((part, speaker, frames, count, 255 * np.sqrt(error / pixels), 1 - error / from_mean))
    return pd.DataFrame(rows, columns=["part", "speaker", "frames", "components", "error", "explained"])


def over_speakers(errors: pd.DataFrame, column: str) -> dict[tuple[str, int], Interval]:
    """Mean of ``column`` over the speakers of each part, for each number of components, with its 95 % interval."""
    intervals: dict[tuple[str, int], Interval] = {}
    for part, count in errors[["part", "components"]].drop_duplicates().itertuples(index=False):
        rows = errors[(errors.part == part) & (errors.components == count)]
        intervals[str(part), int(count)] = bootstrap_mean(rows[column].to_numpy(), rows.speaker.tolist())
    return intervals


def _squared_errors(
    model: MouthPCA, mouths: np.ndarray, counts: Sequence[int], view: MouthView
) -> tuple[np.ndarray, float]:
    """Summed over mouths uint8 [N,32,48] in [0, 1]: squared error per count, squared distance from the mean."""
    whole = mouths.astype(np.float32) / 255
    with torch.inference_mode():
        features = model(torch.from_numpy(view.of(mouths)))
        first = torch.arange(model.n_components)
        errors = [
            np.square(whole - view.back(model.reconstruct(features * (first < count)).numpy())).sum(dtype=np.float64)
            for count in counts
        ]
        mean = view.back(model.reconstruct(torch.zeros(1, model.n_components)).numpy())
    return np.array(errors), float(np.square(whole - mean).sum(dtype=np.float64))
