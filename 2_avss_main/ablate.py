"""Stage 2, ablations: what the separator needs to see, how it should be made, and what keeps it from memorising people.

Each file of ``ablations/`` asks one question. Every variant is trained anew, for equally many steps from the same seed,
and judged on the same mixtures of speakers of another part. Nets are kept, so a run that was killed goes on where it
stopped.

    python ablate.py --config ablate_quick.yaml                         the generated corpus, minutes on two cores
    python ablate.py --config ablate_quick.yaml --only '[sight, video]' two of the questions
    python ablate.py --plan true                                        what would be measured
"""

from pathlib import Path

from avss.data.store import PreparedStore
from avss.evaluation.ablation_picture import draw_ablations
from avss.terminal import run_script
from avss.training.ablation import of_names, read_ablations, run_ablations, show_answers, show_plan
from avss.training.precision import Precision
from avss.training.separation_laboratories import SeparatorLaboratory
from avss.training.separation_variants import SeparatorVariant
from avss.training.variant_bench import VariantBench, Yardstick
from avss.training.variant_gain import FIGURE

_BASE, _YARDSTICK = SeparatorVariant(), Yardstick()


def ablate(
    store: Path = Path("data/generated/prepared"),
    frontend: Path = Path("runs/1_2_frontend_training/frontend_quick"),
    causal_frontend: Path | None = None,
    out: Path = Path("runs/2_avss_main/ablations"),
    ablations: Path = Path(__file__).parent / "ablations",
    only: list[str] | None = None,
    base: SeparatorVariant = _BASE,
    yardstick: Yardstick = _YARDSTICK,
    device: str = "auto",
    precision: Precision = "32-true",
    plan: bool = False,
) -> None:
    """Measure what the settings of the separator are worth.

    Args:
        store: folder of the prepared store.
        frontend: run folder of the frontend.
        causal_frontend: run folder of the one that causal separators are shown; null leaves those out.
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
    starts = [folder for folder in (frontend, causal_frontend) if folder is not None]
    bench = VariantBench(PreparedStore(store), starts, yardstick, out / "nets", device, precision)
    laboratory = SeparatorLaboratory(bench, frontend, causal_frontend)
    rows = run_ablations(asked, base, laboratory.measure, out, data=bench.data, beside=questions, compare=bench.gain)
    draw_ablations(out / "ablations.png", questions, rows, FIGURE)
    show_answers(out)


if __name__ == "__main__":
    run_script(ablate)
