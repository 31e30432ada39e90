"""Stage 2, exam: what the separator is worth on a frozen frontend, among people it never met.

Mixtures of two to six of them, with and without noise, are separated by it, by its twin that sees nothing, by itself
with deceived eyes, and by ideal masks. Every figure comes with its interval over sets of speakers. The list of mixtures
is drawn once, and a stage whose settings name the same list sits the same exam.

    python evaluate.py --config evaluate_quick.yaml       the generated corpus
    python evaluate.py --config evaluate.yaml             all of GRID
"""

from pathlib import Path

from avss.evaluation.exam_paper import ExamSettings
from avss.evaluation.separation_exam import examine
from avss.terminal import run_script


def evaluate(run: Path, exam: ExamSettings, out: Path | None = None) -> None:
    """Examine the separator of stage 2.

    Args:
        run: run folder of train.py.
        exam: what is asked, and of whom.
        out: where tables go; ``exam`` in the run folder when left out. The same command goes on with a stopped exam.
    """
    examine(exam, run, out or run / "exam", earlier={})


if __name__ == "__main__":
    run_script(evaluate)
