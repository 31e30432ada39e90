"""Everything that one exam has to show, in the order of reading."""

from avss.report.document import Block
from avss.report.exam_curves import by_sex, over_faces, over_noise
from avss.report.exam_tables import easiest, over_conditions
from avss.report.exams import Exam


def exam_blocks(exam: Exam) -> list[Block]:
    """Tables and curves of ``exam``; what it did not ask is left out."""
    return [easiest(exam), *by_sex(exam), *over_faces(exam), *over_noise(exam), *over_conditions(exam)]
