"""The subcommand ``avss report``. Imports stand inside it, so that ``avss --help`` answers at once."""

import argparse
from pathlib import Path

from rich.console import Console


def add_report(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the subcommand to those of ``avss``."""
    parser = commands.add_parser("report", help="write one page about runs: tables, curves, pictures, sounds")
    parser.add_argument("runs", type=Path, nargs="+", metavar="RUN", help="run folder of a stage, or of an ablation")
    parser.add_argument("--out", type=Path, default=Path("report.html"), help="file to write (%(default)s)")
    parser.set_defaults(run=_report)


def _report(options: argparse.Namespace) -> None:
    from avss.report.page import write_report

    page = write_report(options.runs, options.out)
    Console().print(f"{page} ({page.stat().st_size / 1e6:.1f} MB)", soft_wrap=True, markup=False, highlight=False)
