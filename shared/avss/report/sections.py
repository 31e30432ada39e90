"""What the page says of each kind of run: what it was asked, how it went, what it is worth, and what it still lacks."""

import shlex
from collections.abc import Sequence
from pathlib import Path

from avss.report.document import Missing, Section, Table, number
from avss.report.exam_blocks import exam_blocks
from avss.report.examples import run_examples
from avss.report.exams import Exam
from avss.report.frontends import of_lips, of_mouths, of_voices
from avss.report.progress import training_curves
from avss.report.runs import CURRICULUM, FACE, FRONTEND, LIPS, PCA, TWINS, Run
from avss.training.run import CONFIG
from avss.training.trained_models import SCORE

_THESIS = Path("data/grid/prepared")  # also the store of the preset grid, whose run folders are named after it
_SPLIT = {"train": "learned from", "valid": "validated on", "test": "tested on"}
_EVALUATED = {PCA: of_mouths, LIPS: of_lips, FACE: of_voices, FRONTEND: of_lips}


def frontend_section(run: Run) -> Section:
    """A run of stage 1."""
    blocks, missing = _EVALUATED[run.kind](run)
    evaluated = bool(blocks) or run.kind in (LIPS, FACE)  # these two are judged when they are joined
    if run.description and not evaluated:
        command = _python(run, "evaluate.py", "--run", run.folder, "--store", run.description.corpus)
        missing = [Missing("It has not been evaluated yet.", command)]
    return Section(run.title, [*training_curves(run), *blocks], _facts(run), [*_unfinished(run), *missing])


def separation_section(run: Run, exams: Sequence[Exam]) -> Section:
    """A run of stages 2 to 4."""
    examples = run_examples(run)
    missing = _unfinished(run)
    for exam in exams:
        missing += [Missing(f"{exam.folder.name}: {name} is missing, for {why}.") for name, why in exam.missing.items()]
        if exam.outdated:
            missing.append(Missing(f"{exam.folder.name}: of other weights than the run has now.", _exam(run)))
    if run.description and not exams and run.kind not in TWINS.values():
        missing.append(Missing("It has not sat an exam yet.", _exam(run)))
    if run.description and not examples:
        missing.append(Missing("It holds no examples to listen to; its training writes them at its end."))
    of_exams = [block for exam in exams for block in exam_blocks(exam)]
    blocks = [*training_curves(run), *_levels(run), *_drift(run), *of_exams, *examples]
    return Section(run.title, blocks, _facts(run), missing)


def _facts(run: Run) -> dict[str, str]:
    facts = {"folder": str(run.folder)}
    if run.description:
        split = run.description.split
        facts["corpus"] = run.description.corpus
        facts["speakers"] = ", ".join(f"{did} {len(split[part])}" for part, did in _SPLIT.items() if split.get(part))
        reached = run.description.notes.get("valid", {})
        if SCORE in reached:
            facts["SI-SDRi of the model in validation"] = f"{number(reached[SCORE], 2)} dB"
    if not run.metrics.empty:
        last = run.metrics.iloc[-1]
        facts["epochs"] = f"{int(last.epoch) + 1} of {run.config.get('epochs', '?')}, {int(last.step)} steps"
        if "steps_per_second" in last:
            facts["speed"] = f"{run.metrics.steps_per_second.median():.2g} steps a second"
        if last.get("bad_batches"):
            facts["batches left out"] = f"{int(last.bad_batches)}, whose loss was no number"
    return facts


def _unfinished(run: Run) -> list[Missing]:
    """That the training has not come to its end, and how it goes on."""
    if run.description:
        return []
    done = 0 if run.metrics.empty else int(run.metrics.epoch.iloc[-1]) + 1
    what = f"Its training has not ended: {done} of {run.config.get('epochs', '?')} epochs are done. It goes on by:"
    return [Missing(what, _python(run, run.kind.train, "--config", run.folder / CONFIG))]


def _exam(run: Run) -> str:
    settings = f"{run.kind.scripts}/evaluate{_preset(run)}.yaml"
    return _python(run, "evaluate.py", "--config", settings, "--run", run.folder)


def _preset(run: Run) -> str:
    """How the names of settings of its preset end, told by the names that each preset gives to folders."""
    before = Path(run.config.get("start") or run.config.get("frontend") or "")
    if any(folder.name.endswith("_grid") for folder in (run.folder, before)):
        return "_grid"
    return "" if Path(run.config.get("store", "")) == _THESIS else "_quick"


def _python(run: Run, script: str, *options: str | Path) -> str:
    return shlex.join(["python", f"{run.kind.scripts}/{script}", *map(str, options)])


def _levels(run: Run) -> list[Table]:
    """The curriculum that the run was asked to climb."""
    if run.kind is not CURRICULUM:
        return []
    rows = []
    for place, level in enumerate(run.config["levels"], start=1):
        noise, share = level.get("snr_range"), 100 * level.get("noise", 1)
        rows.append(
            [
                str(place),
                "–".join(map(str, dict.fromkeys(level["speakers"]))),
                "none" if noise is None else f"{number(noise[1], 0)} to {number(noise[0], 0)} dB, in {share:.0f} %",
                f"{100 * level.get('silent_faces', 0):.0f} %",
            ]
        )
    return [Table("The curriculum", ["level", "faces", "voices above the noise", "silent faces"], rows)]


def _drift(run: Run) -> list[Table]:
    """What the frontend still reads of lips after it learned to separate."""
    reading = run.description.notes.get("lip_reading") if run.description else None
    if not reading:
        return []
    figures = [
        ("phones", "frames with the right phone"),
        ("visemes", "frames with the right viseme"),
        ("speaking", "speaking, area under the curve"),
    ]
    rows = [[name, *(_known(reading[when].get(figure)) for when in ("before", "after"))] for figure, name in figures]
    note = "Of the validation speakers. What falls was given up for the separation."
    return [Table("Lip reading, before and after", ["", "before", "after"], rows, note)]


def _known(value: float | None) -> str:
    return "–" if value is None else number(value, 3)
