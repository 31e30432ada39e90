"""Stage 4, ablations: whether the order of the levels matters, when to leave one, and whether to come back to it.

Each file of ``ablations/`` asks one question. Every variant starts from the separator of stage 3, learns for equally
many steps, and is judged on the same mixtures, few faces and many, with and without noise, of speakers of another part.
Nets are kept, so a run that was killed goes on where it stopped.

    python ablate.py --config ablate_quick.yaml                         the generated corpus, minutes on two cores
    python ablate.py --config ablate_quick.yaml --only '[order]'        one of the questions
    python ablate.py --plan true                                        what would be measured
"""

from pathlib import Path

from avss.data.store import PreparedStore
from avss.evaluation.ablation_picture import draw_ablations
from avss.terminal import run_script
from avss.training.ablation import of_names, read_ablations, run_ablations, show_answers, show_plan
from avss.training.precision import Precision
from avss.training.separation_laboratories import CurriculumLaboratory
from avss.training.separation_variants import CurriculumVariant
from avss.training.variant_bench import VariantBench, Yardstick
from avss.training.variant_gain import FIGURE

_BASE, _YARDSTICK = CurriculumVariant(), Yardstick(faces=(2, 3, 4, 6), levels=(None, 0.0))


def ablate(
    store: Path = Path("data/generated/prepared"),
    start: Path = Path("runs/3_fine_tuning/avss_quick"),
    out: Path = Path("runs/4_curriculum_learning/ablations"),
    ablations: Path = Path(__file__).parent / "ablations",
    only: list[str] | None = None,
    base: CurriculumVariant = _BASE,
    yardstick: Yardstick = _YARDSTICK,
    device: str = "auto",
    precision: Precision = "32-true",
    plan: bool = False,
) -> None:
    """Measure what the curriculum is worth.

    Args:
        store: folder of the prepared store.
        start: run folder of stage 3, or of stage 2.
        out: where table, figure and nets go; rows and nets that are there are kept.
        ablations: folder of the questions.
        only: names of questions to ask; of the others, what is known stays in the tables.
        base: the settings that the questions change.
        yardstick: what all variants are judged by.
        device: cpu, gpu, mps or auto.
        precision: of the activations in training.
        plan: show what would be measured, and end.
    """
    questions = read_ablations(ablations, base)
    asked = of_names(questions, only or ())
    if plan:
        show_plan(asked)
        return
    bench = VariantBench(PreparedStore(store), [start], yardstick, out / "nets", device, precision)
    laboratory = CurriculumLaboratory(bench, start)
    rows = run_ablations(asked, base, laboratory.measure, out, data=bench.data, beside=questions, compare=bench.gain)
    draw_ablations(out / "ablations.png", questions, rows, FIGURE)
    show_answers(out)


if __name__ == "__main__":
    run_script(ablate)
