"""The subcommand ``avss doctor``. Imports stand inside it, so that ``avss --help`` answers at once."""

import argparse
from pathlib import Path

from rich.console import Console

from avss.terminal import FAILED


def add_doctor(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the subcommand to those of ``avss``."""
    parser = commands.add_parser("doctor", help="try every part of the installation and say what is missing")
    parser.add_argument("--data", type=Path, default=Path("data"), help="where data will be written (%(default)s)")
    parser.set_defaults(run=_doctor)


def _doctor(options: argparse.Namespace) -> int:
    from avss.doctor import as_table, examine

    findings = examine(options.data)
    Console().print(as_table(findings))
    return FAILED if any(finding.state == "missing" for finding in findings) else 0
