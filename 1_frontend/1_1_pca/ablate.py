"""Stage 1.1, ablations: how many components, how large a window, how fine a picture.

Each file of ``ablations/`` asks one question. Every variant is fitted to the training speakers and measured on those of
another part; the error is always that of the whole mouth of 32 × 48, so that variants compare.

    python ablate.py --config ablate_quick.yaml           the generated corpus, minutes on one core
    python ablate.py --plan true                          what would be measured
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from avss.data.mouths import MouthView
from avss.data.store import PreparedStore
from avss.evaluation.ablation_picture import draw_ablations
from avss.evaluation.mouths import mouth_errors, over_speakers
from avss.models.mouth_pca import MouthPCA
from avss.terminal import run_script
from avss.training.ablation import read_ablations, run_ablations, show_answers, show_plan
from avss.training.eigenmouths import fit_eigenmouths


@dataclass(frozen=True)
class Variant:
    """What an ablation may change: the settings of the PCA and of the view it has of the mouth."""

    components: int = 32
    every: int = 3
    height: int = 32
    width: int = 48
    shrink: int = 1


def ablate(
    store: Path = Path("data/generated/prepared"),
    out: Path = Path("runs/1_1_pca/ablations"),
    ablations: Path = Path(__file__).parent / "ablations",
    base: Variant = Variant(),
    part: Literal["valid", "test"] = "valid",
    plan: bool = False,
) -> None:
    """Measure what the settings of the mouth PCA are worth.

    Args:
        store: folder of the prepared store.
        out: where table and figure go; rows that are there are kept.
        ablations: folder of the questions.
        base: the settings that the questions change.
        part: the speakers to measure on; choose on valid, report on test.
        plan: show what would be measured, and end.
    """
    questions = read_ablations(ablations, base)
    if plan:
        show_plan(questions)
        return
    prepared = PreparedStore(store)

    def measure(variant: Variant) -> dict[str, float]:
        view = MouthView(variant.height, variant.width, variant.shrink)
        fitted = fit_eigenmouths(prepared, variant.components, every=variant.every, view=view)
        model = MouthPCA.from_sklearn(fitted, view.size)
        counts = [variant.components]
        errors = mouth_errors(model, prepared, parts=[part], counts=counts, every=base.every, view=view)
        figures = {}
        for column in ("explained", "error"):
            interval = over_speakers(errors, column)[part, variant.components]
            figures |= {column: interval.value, f"{column}_low": interval.low, f"{column}_high": interval.high}
        return figures

    data = f"{part} speakers of {store} ({len(prepared)} clips)"
    rows = run_ablations(questions, base, measure, out, data=data)
    draw_ablations(out / "ablations.png", questions, rows, "error")
    show_answers(out)


if __name__ == "__main__":
    run_script(ablate)
