"""What every command does at its edges: print an error once, in a sentence, and end with the right exit status."""

import logging
import sys
import warnings
from collections.abc import Callable
from types import FunctionType

from jsonargparse import auto_cli
from rich.console import Console
from rich.text import Text

from avss.errors import AvssError

FAILED, INTERRUPTED = 1, 130

# What Lightning says of itself at each start, and of what is meant to be so: frozen nets are in evaluation mode.
_CHATTER = logging.getLogger("pytorch_lightning.utilities.rank_zero")
_EXPECTED = (r"Found \d+ module\(s\) in eval mode", r"`isinstance\(treespec, LeafSpec\)` is deprecated")


def exit_status(name: str, run: Callable[[], int | None]) -> int:
    """Run a command and return its exit status: 0, 1 after an error, 130 after Ctrl-C.

    Args:
        name: what the command is called, which precedes its error.
        run: the command; it may return a status of its own.
    """
    console = Console(stderr=True, soft_wrap=True)
    try:
        return run() or 0
    except AvssError as error:
        console.print(Text.assemble((f"{name}: ", "bold red"), str(error)))
        return FAILED
    except KeyboardInterrupt:
        console.print(f"{name}: interrupted; the same command goes on where this one stopped")
        return INTERRUPTED


def run_script(function: FunctionType) -> None:
    """Run a stage script: its settings are the typed signature of ``function``, its help that function's docstring.

    Every setting can be given on the command line or in the file named by ``--config``; ``--print_config`` shows
    them all. Ends the process.
    """
    _CHATTER.setLevel(logging.WARNING)
    for message in _EXPECTED:
        warnings.filterwarnings("ignore", message)
    sys.exit(exit_status(function.__name__, lambda: auto_cli(function, as_positional=False)))
