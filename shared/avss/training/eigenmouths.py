"""Finding the eigenmouths: the principal components of the mouths of all training speakers.

scikit-learn's ``IncrementalPCA`` takes block after block, in memory that does not grow with the corpus.

Source: D. A. Ross et al., "Incremental learning for robust visual tracking", IJCV 2008.
"""

from typing import Any

import numpy as np
from rich.progress import track
from sklearn.decomposition import IncrementalPCA

from avss.data.mouths import MouthView, clips_of, stream_mouths
from avss.data.store import PreparedStore
from avss.errors import ModelError, StoreError
from avss.models.weights import ModelDescription

_BLOCK = 512
# A direction in which mouths differ by less than this (of a white pixel) is noise that whitening would blow up.
_LEAST_DEVIATION = 1e-4


def fit_eigenmouths(
    store: PreparedStore, n_components: int, *, every: int = 1, view: MouthView | None = None
) -> IncrementalPCA:
    """Fit a whitened PCA to the valid mouths, in [0, 1], of the training speakers.

    The clips come in a shuffled order, the same each time, so that a block holds several speakers.

    Args:
        store: what to learn from.
        n_components: C.
        every: use every so many frames; neighbours resemble each other.
        view: how mouths are looked at; by default as they are stored.

    Raises:
        StoreError: too few training frames or pixels for so many components, or mouths that differ in fewer ways.
    """
    view = view or MouthView()
    clips = np.random.default_rng([0]).permutation(clips_of(store, "train")).tolist()
    block = max(_BLOCK, n_components)
    about = store.clips.loc[clips].frames.sum() // every // block
    fitted = IncrementalPCA(n_components, whiten=True)
    stream = stream_mouths(store, clips, block=block, every=every)
    for mouths in track(stream, "fit", total=max(1, about), transient=True):
        _check_enough(len(mouths), n_components, view, store)
        with np.errstate(invalid="ignore"):  # 0/0 where no mouth moves, which is refused below
            fitted.partial_fit(view.of(mouths).reshape(len(mouths), -1) / 255)
    if not hasattr(fitted, "components_"):
        _check_enough(0, n_components, view, store)
    ways = int((np.asarray(fitted.explained_variance_) > _LEAST_DEVIATION**2).sum())
    if ways < n_components:
        what = f"the training mouths of {store.root} differ in {ways} ways only"
        raise StoreError(what, f"{n_components}, one per component", "ask for fewer components, or add clips")
    return fitted


def mouth_settings(store: PreparedStore) -> dict[str, Any]:
    """How the mouths of a store were cut out: what a PCA of them is bound to."""
    settings = store.header.get("settings", {})
    return {name: settings.get(name) for name in ("mouth_crop", "mouth_window")}


def check_same_mouths(description: ModelDescription, store: PreparedStore) -> None:
    """Check that the mouths of ``store`` were cut out as those were its PCA was fitted to.

    Raises:
        ModelError: they were cut out in another way, or by another version.
    """
    learned, found = description.notes.get("mouths"), mouth_settings(store)
    if learned != found:
        what = f"the mouths of {store.root} were prepared with {found}"
        raise ModelError(what, f"{learned}, which the PCA was fitted to", "prepare the corpus again, or fit a new PCA")


def _check_enough(frames: int, n_components: int, view: MouthView, store: PreparedStore) -> None:
    pixels = view.size[0] * view.size[1]
    if min(frames, pixels) < n_components:
        what = f"{store.root} has {frames} valid frames of training speakers, of {pixels} pixels each"
        do = "ask for fewer components, or prepare more clips"
        raise StoreError(what, f"at least {n_components} of both, one per component", do)
