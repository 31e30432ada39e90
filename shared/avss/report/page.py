"""From run folders to one page that needs no other file: ``avss report RUN…``."""

import time
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from avss.files import writing
from avss.report.ablation_tables import ablation_section
from avss.report.document import Chapter, Section
from avss.report.embedding import ON_DARK, colour_name
from avss.report.exam_curves import of_all
from avss.report.exams import Exam, of_corpora, read_exams
from avss.report.headline import headlines
from avss.report.origins import origins_section
from avss.report.runs import ABLATIONS, Run, RunError, read_run
from avss.report.sections import frontend_section, separation_section

_TEMPLATE = "page.html.j2"
_STAGES = {
    1: ("Stage 1 · The visual frontend", "What can be heard with the eyes: lips are read, and voices told from faces."),
    2: ("Stage 2 · Separation", "A separator learns to give each face its voice; the frontend stays as it is."),
    3: ("Stage 3 · Fine-tuning", "Frontend and separator learn together, from landmarks and mouths on."),
    4: ("Stage 4 · Curriculum", "From two voices to six, and from a quiet room to a noisy one."),
}


def write_report(runs: Sequence[Path], out: Path) -> Path:
    """Write the page about ``runs``, which may be of any stages, corpora and ablations, finished or not.

    Args:
        runs: run folders.
        out: the HTML file.

    Returns:
        ``out``.

    Raises:
        RunError: there is no run, a folder is none, or a file in it is damaged.
        ModelError: a model is of another version, or its description damaged.
        MediaError: an example cannot be read.
        OutputError: ``out`` cannot be written.
    """
    if not runs:
        raise RunError("no run is named", "at least one run folder", "name the folders that the stages' scripts wrote")
    found = sorted((read_run(folder) for folder in dict.fromkeys(runs)), key=lambda run: run.kind.stage)
    chapters = _chapters(found)
    absent = [title for stage, (title, _) in _STAGES.items() if all(run.kind.stage != stage for run in found)]
    templates = Environment(
        loader=PackageLoader("avss.report", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    page = templates.get_template(_TEMPLATE).render(
        chapters=chapters,
        colours=ON_DARK,
        colour_name=colour_name,
        absent=absent,
        version=version("avss"),
        made=time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime()),
    )
    with writing(out) as unfinished:
        unfinished.write_text(page, encoding="utf-8")
    return out


def _chapters(runs: Sequence[Run]) -> list[Chapter]:
    exams = {run.folder: read_exams(run) for run in runs}
    sat = [exam for of_run in exams.values() for exam in of_run]
    chapters = [_result(sat)]
    for stage, (title, lead) in _STAGES.items():
        sections = [_section(run, exams) for run in runs if run.kind.stage == stage]
        if sections:
            chapters.append(Chapter(f"stage-{stage}", title, lead, sections))
    ablations = [ablation_section(run) for run in runs if run.kind is ABLATIONS]
    if ablations:
        lead = "One question at a time: what changes when one thing is left out or done otherwise."
        chapters.append(Chapter("ablations", "Ablations", lead, ablations))
    lead = "So that every figure can be made again."
    chapters.append(Chapter("origins", "Where the figures come from", lead, [origins_section(runs, sat)]))
    return chapters


def _result(exams: Sequence[Exam]) -> Chapter:
    """The headline of each corpus."""
    sections = []
    for (store, part), of_corpus in of_corpora(exams).items():
        first, *others = headlines(of_corpus)
        sections.append(Section(f"{part} speakers of {store}", [first, of_all(of_corpus[-1]), *others]))
    lead = (
        "How far each stage got where it is easiest and where it is hardest, beside what shows whether its eyes helped."
        if sections
        else "No run of this report has sat an exam yet."
    )
    return Chapter("result", "The result", lead, sections)


def _section(run: Run, exams: Mapping[Path, list[Exam]]) -> Section:
    return frontend_section(run) if run.kind.stage == 1 else separation_section(run, exams[run.folder])
