"""Stage 1.1, second step: find the eigenmouths of the training speakers.

A mouth of 32 × 48 grey levels becomes a few numbers. They are found with scikit-learn and exported as a layer that
later stages load, and that the third stage trains further.

    python fit_pca.py --config fit_pca_quick.yaml         the generated corpus, seconds
    python fit_pca.py --config fit_pca.yaml               all of GRID
"""

from pathlib import Path

import numpy as np
from jsonargparse.typing import PositiveInt
from rich.console import Console

from avss.data.store import PreparedStore
from avss.models.mouth_pca import MouthPCA
from avss.models.weights import DESCRIPTION, save_model
from avss.terminal import run_script
from avss.training.eigenmouths import fit_eigenmouths, mouth_settings
from avss.training.run import CONFIG, claim_run
from avss.vision.mouth import CROP


def fit_pca(store: Path, out: Path, components: PositiveInt = 32, every: PositiveInt = 1) -> None:
    """Fit the mouth PCA to the training speakers of a prepared store.

    Args:
        store: folder of the prepared store.
        out: run folder, such as runs/1_1_pca/quick; a PCA of the same settings and clips that is there is kept, for
            what has learned from it goes on with no other one.
        components: how many numbers a mouth becomes.
        every: use every so many frames; neighbours resemble each other.
    """
    console = Console(soft_wrap=True, highlight=False)
    settings = {"store": store, "out": out, "components": int(components), "every": int(every)}
    if (out / DESCRIPTION).is_file() and (out / CONFIG).is_file():
        claim_run(out, settings)
        console.print(f"{out} is there already", markup=False)
        return
    prepared = PreparedStore(store)
    fitted = fit_eigenmouths(prepared, components, every=every)
    frames, explained = int(fitted.n_samples_seen_), float(np.asarray(fitted.explained_variance_ratio_).sum())

    claim_run(out, settings)
    save_model(
        MouthPCA.from_sklearn(fitted, CROP),
        out,
        corpus=str(store),
        split=prepared.speakers,
        notes={
            "mouths": mouth_settings(prepared),
            "frames": frames,
            "every": every,
            "explained_variance": explained,
        },
    )
    summary = f"{components} components of {frames} mouths explain {explained:.1%} of their variance"
    console.print(f"{summary} · {out}", markup=False)


if __name__ == "__main__":
    run_script(fit_pca)
