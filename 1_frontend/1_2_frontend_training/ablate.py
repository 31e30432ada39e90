"""Stage 1.2, ablations: what Lip2Phone should read and learn from, and whether it helps to know whose face it is.

Each file of ``ablations/`` asks one question. Every variant is trained anew, for equally many epochs, and judged on the
speakers of another part by the labels of ``base``. Nets are kept, so a run that was killed goes on where it stopped.

    python ablate.py --config ablate_quick.yaml           the generated corpus, minutes on two cores
    python ablate.py --plan true                          what would be measured
"""

from pathlib import Path
from typing import Literal

from avss.data.store import PreparedStore
from avss.evaluation.ablation_picture import draw_ablations
from avss.terminal import run_script
from avss.training.ablation import read_ablations, run_ablations, show_answers, show_plan
from avss.training.lip_variants import LipLaboratory, LipVariant

_BASE = LipVariant()


def ablate(
    store: Path = Path("data/generated/prepared"),
    pca: Path = Path("runs/1_1_pca/quick"),
    face: Path | None = None,
    out: Path = Path("runs/1_2_frontend_training/ablations"),
    ablations: Path = Path(__file__).parent / "ablations",
    base: LipVariant = _BASE,
    part: Literal["valid", "test"] = "valid",
    device: str = "auto",
    plan: bool = False,
) -> None:
    """Measure what the settings of Lip2Phone are worth.

    Args:
        store: folder of the prepared store, with labels.
        pca: run folder of the mouth PCA.
        face: run folder of a FaceToSpeaker, for the question that needs one.
        out: where table, figure and nets go; rows and nets that are there are kept.
        ablations: folder of the questions.
        base: the settings that the questions change; all variants are judged by its labels.
        part: the speakers to measure on; choose on valid, report on test.
        device: cpu, gpu, mps or auto.
        plan: show what would be measured, and end.
    """
    questions = read_ablations(ablations, base)
    if plan:
        show_plan(questions)
        return
    prepared = PreparedStore(store)
    laboratory = LipLaboratory(prepared, pca, face, base.labels, part, out / "nets", device)
    data = f"{part} speakers of {store} ({len(prepared)} clips), PCA {pca}, face net {face}"
    rows = run_ablations(questions, base, laboratory.measure, out, data=data)
    draw_ablations(out / "ablations.png", questions, rows, "phones")
    show_answers(out)


if __name__ == "__main__":
    run_script(ablate)
