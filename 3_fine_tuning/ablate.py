"""Stage 3, ablations: which parts of the frontend should learn from the separation, how fast, and from when on.

Each file of ``ablations/`` asks one question. Every variant starts from the separator of stage 2, learns for equally
many steps, and is judged on the same mixtures of speakers of another part; beside it stands what it forgot of reading
lips. Nets are kept, so a run that was killed goes on where it stopped.

    python ablate.py --config ablate_quick.yaml                         the generated corpus, minutes on two cores
    python ablate.py --config ablate_quick.yaml --only '[parts]'        one of the questions
    python ablate.py --plan true                                        what would be measured
"""

from pathlib import Path

from avss.data.store import PreparedStore
from avss.evaluation.ablation_picture import draw_ablations
from avss.terminal import run_script
from avss.training.ablation import of_names, read_ablations, run_ablations, show_answers, show_plan
from avss.training.precision import Precision
from avss.training.separation_laboratories import TuningLaboratory
from avss.training.separation_variants import SeparationVariant
from avss.training.variant_bench import VariantBench, Yardstick
from avss.training.variant_gain import FIGURE

_BASE, _YARDSTICK = SeparationVariant(), Yardstick()


def ablate(
    store: Path = Path("data/generated/prepared"),
    start: Path = Path("runs/2_avss_main/avss_quick"),
    out: Path = Path("runs/3_fine_tuning/ablations"),
    ablations: Path = Path(__file__).parent / "ablations",
    only: list[str] | None = None,
    base: SeparationVariant = _BASE,
    yardstick: Yardstick = _YARDSTICK,
    device: str = "auto",
    precision: Precision = "32-true",
    labels: str = "exact",
    plan: bool = False,
) -> None:
    """Measure what it is worth that the frontend learns along.

    Args:
        store: folder of the prepared store.
        start: run folder of stage 2.
        out: where table, figures and nets go; rows and nets that are there are kept.
        ablations: folder of the questions.
        only: names of questions to ask; of the others, what is known stays in the tables.
        base: the settings that the questions change.
        yardstick: what all variants are judged by.
        device: cpu, gpu, mps or auto.
        precision: of the activations in training.
        labels: source of the store's phone labels, which lip reading is measured by.
        plan: show what would be measured, and end.
    """
    questions = read_ablations(ablations, base)
    asked = of_names(questions, only or ())
    if plan:
        show_plan(asked)
        return
    bench = VariantBench(PreparedStore(store), [start], yardstick, out / "nets", device, precision)
    laboratory = TuningLaboratory(bench, start, labels)
    rows = run_ablations(asked, base, laboratory.measure, out, data=bench.data, beside=questions, compare=bench.gain)
    draw_ablations(out / "ablations.png", questions, rows, FIGURE)
    draw_ablations(out / "ablations_phones.png", questions, rows, "phones")
    show_answers(out)


if __name__ == "__main__":
    run_script(ablate)
