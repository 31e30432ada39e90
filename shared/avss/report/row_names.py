"""The rows of an exam as a reader of the page knows them, in the order in which they are shown."""

from avss.evaluation.exam_rows import (
    ACTIVITY,
    AUDIO_ONLY,
    AUDIO_VISUAL,
    BINARY,
    COMPLEX,
    MIXTURE,
    OTHER_LIPS,
    TOGETHER,
    TURNED_AWAY,
)
from avss.report.exams import Exam
from avss.report.runs import SEPARATOR, TUNED

# What the stages' evaluate.py call the separators of the stages before.
FROZEN, NO_CURRICULUM = "frozen frontend", "no curriculum"

_TITLES = {
    MIXTURE: "the mixture itself",
    AUDIO_ONLY: "audio-only twin",
    OTHER_LIPS: "shown other lips",
    ACTIVITY: "told only who speaks when",
    TURNED_AWAY: "seen only half of the time",
    TOGETHER: "averaged with the twin",
    FROZEN: SEPARATOR.row,
    NO_CURRICULUM: TUNED.row,
    AUDIO_VISUAL: "",  # by the stage of the run
    BINARY: "ideal binary mask",
    COMPLEX: "ideal complex mask",
}


def row_title(name: str, exam: Exam) -> str:
    """What the row ``name`` of ``exam`` is called on the page."""
    return _TITLES.get(name, name) or exam.run.kind.row


def rows_in_order(exam: Exam) -> list[str]:
    """Names of the rows of ``exam``: what is known by title first."""
    found = exam.figures.row.unique()
    return [name for name in _TITLES if name in found] + [name for name in found if name not in _TITLES]
