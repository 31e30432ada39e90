"""The tables to read first: how far each stage gets on a corpus where it is easiest and hardest, beside its controls.

All rows are of one exam, that of the latest stage, which separates the same mixtures by the separators of the stages
before. A separator that did not sit it is taken from its own exam, and marked.
"""

from collections.abc import Sequence

from avss.evaluation.exam_rows import AUDIO_VISUAL, BINARY, COMPLEX, MIXTURE
from avss.evaluation.exam_table import ALL, DIFFERENT, FIGURES, MAIN, SAME
from avss.report.document import Cell, Table, interval
from avss.report.exams import Exam, at, condition
from avss.report.row_names import row_title, rows_in_order

_SEXES = {ALL: "all mixtures", SAME: "same sex", DIFFERENT: "different sex"}
_BOUNDS = {MIXTURE, BINARY, COMPLEX}
_ELSEWHERE = " †"


def headlines(exams: Sequence[Exam]) -> list[Table]:
    """The tables of the exams of one corpus, of which the last is of the latest stage."""
    conditions = exams[-1].conditions()
    return [_headline(exams, *where) for where in dict.fromkeys([conditions[0], conditions[-1]])]


def _headline(exams: Sequence[Exam], K: int, snr: float) -> Table:
    latest = exams[-1]
    rows = {row_title(name, latest): _cells(latest, name, K, snr) for name in rows_in_order(latest)}
    others = [exam for exam in exams[:-1] if exam.weights.get(AUDIO_VISUAL) not in latest.weights.values()]
    for exam in others:
        title = f"{row_title(AUDIO_VISUAL, exam)}, {exam.run.folder.name}{_ELSEWHERE}"
        rows[title] = [*_cells(exam, AUDIO_VISUAL, K, snr)[:-1], ""]
    stage = latest.run.kind.row.partition(" · ")[0]
    note = (
        f"{FIGURES[MAIN].heading}, higher is better; 95 % intervals over sets of speakers. "
        f"The last column compares {stage} with the row on the same mixtures, one by one."
    )
    return Table(
        f"{condition(K, snr)}: {FIGURES[MAIN].heading} ↑",
        ["", *_SEXES.values(), f"{stage} is ahead by"],
        [[title, *cells] for title, cells in rows.items()],
        f"{note}{f'{_ELSEWHERE} From its own exam, not this one.' if others else ''}",
        [list(rows).index(row_title(AUDIO_VISUAL, latest))],
    )


def _cells(exam: Exam, name: str, K: int, snr: float) -> list[Cell]:
    """Improvement of a row on all mixtures and by sex, and how far the separator is ahead of it."""
    means = at(exam.figures, K, snr)
    means = means[(means.row == name) & (means.figure == MAIN)].set_index("sexes")
    digits = FIGURES[MAIN].digits
    cells: list[Cell] = []
    for sexes in _SEXES:
        mean = means.loc[sexes] if sexes in means.index else None
        cells.append("" if mean is None else interval(mean.value, mean.low, mean.high, digits))
    ahead = None if name in {AUDIO_VISUAL, *_BOUNDS} else exam.advantage(name, K, snr)
    return [*cells, interval(ahead.value, ahead.low, ahead.high, digits) if ahead else ""]
