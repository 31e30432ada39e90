"""Stage 4, final exam: what the curriculum taught about many speakers and much noise, and what each stage added.

The separators of all three stages sit one exam, among people none of them has met: that of stage 2 by the settings of
the thesis, and by the shorter ones a list of its own, with more faces and more levels of noise.

    python evaluate.py --config evaluate_quick.yaml       the generated corpus
    python evaluate.py --config evaluate.yaml             all of GRID
"""

from pathlib import Path

from avss.evaluation.exam_paper import ExamSettings
from avss.evaluation.separation_exam import examine
from avss.terminal import run_script


def evaluate(
    run: Path, exam: ExamSettings, frozen: Path | None = None, tuned: Path | None = None, out: Path | None = None
) -> None:
    """Examine the separator of stage 4.

    Args:
        run: run folder of train.py.
        exam: what is asked, and of whom.
        frozen: run folder of stage 2, to compare with.
        tuned: run folder of stage 3, to compare with.
        out: where tables go; ``exam`` in the run folder when left out. The same command goes on with a stopped exam.
    """
    examine(exam, run, out or run / "exam", earlier={"frozen frontend": frozen, "no curriculum": tuned})


if __name__ == "__main__":
    run_script(evaluate)
