"""Where the figures come from: the command, the commit and the machine of each run."""

from collections.abc import Sequence

from avss.report.document import Section, Table
from avss.report.runs import Run
from avss.training.environment import UNKNOWN

_OF_RUN = ("started", "commit", "command")
_COMMIT = 12  # letters that are shown


def origins_section(runs: Sequence[Run]) -> Section:
    """A table of the runs, and one of the machines and versions they ran on."""
    machines: dict[tuple[tuple[str, str], ...], list[str]] = {}
    rows = []
    for run in runs:
        told = {name: run.environment.get(name, UNKNOWN) for name in _OF_RUN}
        commit, dirty, _ = told["commit"].partition("-dirty")
        rows.append([run.title, told["started"], commit[:_COMMIT] + (dirty and " and changes"), told["command"]])
        machine = tuple((name, value) for name, value in run.environment.items() if name not in _OF_RUN)
        machines.setdefault(machine, []).append(run.title)
    known = [
        Table(
            f"Machine and versions of {', '.join(names)}",
            ["", ""],
            [list(pair) for pair in machine],
        )
        for machine, names in machines.items()
        if machine
    ]
    note = "Unknown: made before runs kept it."
    columns = ["run", "started", "commit", "command"]
    return Section("Runs", [Table("What made the figures", columns, rows, note), *known])
