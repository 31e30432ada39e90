"""Stage 3, exam: whether a frontend that learns along separates better than the frozen one of stage 2.

Both sit the exam of stage 2, among people neither has met.

    python evaluate.py --config evaluate_quick.yaml       the generated corpus
    python evaluate.py --config evaluate.yaml             all of GRID
"""

from pathlib import Path

from avss.evaluation.exam_paper import ExamSettings
from avss.evaluation.separation_exam import examine
from avss.terminal import run_script


def evaluate(run: Path, exam: ExamSettings, frozen: Path | None = None, out: Path | None = None) -> None:
    """Examine the fine-tuned separator of stage 3.

    Args:
        run: run folder of train.py.
        exam: what is asked, and of whom.
        frozen: run folder of stage 2, to compare with.
        out: where tables go; ``exam`` in the run folder when left out. The same command goes on with a stopped exam.
    """
    examine(exam, run, out or run / "exam", earlier={"frozen frontend": frozen})


if __name__ == "__main__":
    run_script(evaluate)
