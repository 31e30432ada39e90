"""Where the figures come from: the command, the commit and the machine of each run, and of each of its exams."""

from collections.abc import Sequence

from avss.report.document import Section, Table
from avss.report.exams import Exam
from avss.report.runs import Run
from avss.training.environment import UNKNOWN

_OF_RUN = ("started", "commit", "command")
_COMMIT = 12  # letters that are shown


def origins_section(runs: Sequence[Run], exams: Sequence[Exam]) -> Section:
    """A table of the runs and exams, and one of the machines and versions they ran on."""
    origins = [(run.title, run.environment) for run in runs]
    origins += [(f"{exam.folder.name} of {exam.run.title}", exam.environment) for exam in exams]
    machines: dict[tuple[tuple[str, str], ...], list[str]] = {}
    rows = []
    for title, environment in origins:
        told = {name: environment.get(name, UNKNOWN) for name in _OF_RUN}
        commit, dirty, _ = told["commit"].partition("-dirty")
        rows.append([title, told["started"], commit[:_COMMIT] + (dirty and " and changes"), told["command"]])
        machine = tuple((name, value) for name, value in environment.items() if name not in _OF_RUN)
        machines.setdefault(machine, []).append(title)
    known = [
        Table(
            f"Machine and versions of {', '.join(names)}",
            ["", ""],
            [list(pair) for pair in machine],
        )
        for machine, names in machines.items()
        if machine
    ]
    note = "Unknown: made before it was kept."
    columns = ["run", "started", "commit", "command"]
    return Section("Runs", [Table("What made the figures", columns, rows, note), *known])
