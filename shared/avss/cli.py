"""The ``avss`` command: its subcommands stand in :mod:`avss.commands`, each of which calls one part of the library."""

import argparse
import sys
from collections.abc import Sequence

from avss.commands.corpus import add_corpus
from avss.commands.demo import add_demo
from avss.commands.doctor import add_doctor
from avss.commands.mix import add_mix
from avss.commands.report import add_report
from avss.commands.separate import add_separate
from avss.commands.sweep import add_sweep
from avss.commands.weights import add_weights
from avss.terminal import exit_status


def main(arguments: Sequence[str] | None = None) -> int:
    """Run ``avss``; the exit status is 0, 1 after an error (told in one sentence) or 130 after Ctrl-C."""
    options = _parser().parse_args(arguments)
    return exit_status("avss", lambda: options.run(options))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("avss", description="Audio-visual speech separation, from lips to voices.")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for add in (add_separate, add_mix, add_demo, add_doctor, add_sweep, add_report, add_weights, add_corpus):
        add(commands)
    return parser


if __name__ == "__main__":
    sys.exit(main())
