"""Stage 1.1, third step: how much of a mouth the PCA keeps, and what its numbers mean.

Written are a table of the error of every speaker, and four pictures: explained variance and error over the number of
components, the eigenmouths, mouths beside their reconstructions, and what ±3 standard deviations of a component do.

    python evaluate.py --config evaluate_quick.yaml       the generated corpus
    python evaluate.py --config evaluate.yaml             all of GRID
"""

from pathlib import Path

from jsonargparse.typing import PositiveInt
from rich.console import Console
from rich.table import Table

from avss.data.store import PreparedStore
from avss.drawing import save_figure
from avss.evaluation.mouth_pictures import (
    eigenmouths_figure,
    explained_figure,
    extremes_figure,
    reconstructions_figure,
)
from avss.evaluation.mouths import PARTS, mouth_errors, over_speakers
from avss.files import writing
from avss.models.mouth_pca import MouthPCA
from avss.models.weights import load_model, read_description
from avss.terminal import run_script
from avss.training.eigenmouths import check_same_mouths


def evaluate(run: Path, store: Path, out: Path | None = None, every: PositiveInt = 1) -> None:
    """Evaluate a mouth PCA on the speakers of a prepared store.

    Args:
        run: run folder of the PCA.
        store: folder of the prepared store; another one than the PCA learned from is welcome.
        out: where table and pictures go; the run folder when left out.
        every: use every so many frames.
    """
    prepared, model, out = PreparedStore(store), load_model(run, MouthPCA), out or run
    check_same_mouths(read_description(run), prepared)
    errors = mouth_errors(model, prepared, every=every)
    with writing(out / "reconstruction.csv") as path:
        errors.to_csv(path, index=False, float_format="%.4f")
    kept = f"Mouths, and beneath them what {model.n_components} numbers keep"
    figures = {
        "explained": explained_figure(errors, "What is kept of mouths, by number of components"),
        "eigenmouths": eigenmouths_figure(model, "Eigenmouths: the mean mouth, and what mouths differ in"),
        "extremes": extremes_figure(model, "One component at a time, −3 … +3 standard deviations"),
        "reconstructions": reconstructions_figure(model, prepared, kept),
    }
    for name, figure in figures.items():
        save_figure(figure, out / f"{name}.png")

    explained, error = over_speakers(errors, "explained"), over_speakers(errors, "error")
    table = Table("part", "speakers", "explained", "error (grey levels)", title=f"{model.n_components} components")
    for part in PARTS:
        if (part, model.n_components) in explained:
            share = explained[part, model.n_components]
            table.add_row(part, str(share.groups), str(share), str(error[part, model.n_components]))
    console = Console()
    console.print(table)
    console.print(f"table and pictures in {out}", soft_wrap=True, markup=False, highlight=False)


if __name__ == "__main__":
    run_script(evaluate)
