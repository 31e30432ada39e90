"""The card of a model, from the run that made it: what it is, what it learned from, how well it does, its limits."""

from collections import Counter
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from avss.data.store_join import JOINED
from avss.errors import ModelError
from avss.models.audio_visual import AudioVisualSeparator
from avss.models.weights import load_model
from avss.report.document import Cell, Number, Table
from avss.report.exam_tables import easiest, over_conditions
from avss.report.exams import Exam, read_exams
from avss.report.runs import RunError, read_run
from avss.training.trained_models import LEFT_OUT

_TEMPLATE = "model_card.md.j2"
_LEFT_OUT = "train, but not the separator"
_OF_NO_MATTER = {"system", "processor"}  # of a machine that nobody who reads the card has


def model_card(run: Path, name: str, *, data: str = "", rounded: bool = False) -> str:
    """The card of the model in a run folder, with the figures of all exams in that folder, in Markdown.

    Args:
        run: run folder of a separator.
        name: of the model.
        data: Markdown about what it learned from, beside what the run tells.
        rounded: the weights that the card comes with are those of the run in half precision.

    Raises:
        RunError: the folder is no run, a file in it is damaged, or an exam was sat with other weights.
        ModelError: there is no separator in it.
    """
    found = read_run(run)
    if found.description is None:
        raise ModelError(f"there is no model in {run}", "a run whose training has ended", "train the model first")
    model = load_model(run, AudioVisualSeparator)
    exams = read_exams(found)
    for exam in exams:
        if exam.outdated:
            what = f"the exam in {exam.folder} was sat with other weights"
            raise RunError(what, "an exam of the weights in the run", "sit it again with evaluate.py")
    about = found.description
    parts = about.split | ({_LEFT_OUT: left_out} if (left_out := about.notes.get(LEFT_OUT)) else {})
    templates = Environment(
        loader=PackageLoader("avss.report", "."), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return templates.get_template(_TEMPLATE).render(
        name=name,
        model=type(model.separator.net).__name__,
        parameters=sum(tensor.numel() for tensor in model.state_dict().values()),
        version=version("avss"),
        corpus=about.corpus,
        split={part: _people(speakers) for part, speakers in parts.items()},
        data=data,
        exams=[{"part": exam.part, "store": exam.store, "tables": _tables(exam)} for exam in exams],
        rounded=about.sha256 if rounded else "",
        environment={name: value for name, value in found.environment.items() if name not in _OF_NO_MATTER},
    )


def _people(speakers: Sequence[str]) -> str:
    """How many there are; the names of those of the corpus itself, and how many joined from others."""
    named = [name for name in speakers if JOINED not in name]
    joined = Counter(name.partition(JOINED)[2] for name in speakers if JOINED in name)
    return "; ".join([f"{len(named)}: {', '.join(named)}", *(f"{n} of the corpus {of}" for of, n in joined.items())])


def _tables(exam: Exam) -> list[Table]:
    """Tables of Markdown."""
    return [
        Table(table.caption, table.columns, [[_text(cell) for cell in row] for row in table.rows], table.note)
        for table in (easiest(exam), *over_conditions(exam))
    ]


def _text(cell: Cell) -> str:
    return " ".join(filter(None, cell)) if isinstance(cell, Number) else cell
