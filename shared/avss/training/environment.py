"""What a training, an ablation or an exam ran on, kept beside it in ``environment.json``, so that its figures can be
understood and made again.
"""

import json
import os
import platform
import shlex
import subprocess
import sys
import time
from importlib.metadata import version
from pathlib import Path

import torch

from avss.files import writing

ENVIRONMENT = "environment.json"
UNKNOWN = "unknown"

_PACKAGES = ("avss", "torch", "pytorch-lightning", "asteroid", "numpy")


def describe_environment() -> dict[str, str]:
    """Date, command, commit, machine and versions, each as a text; "unknown" for what cannot be found out."""
    return {
        "started": time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime()),
        "command": shlex.join(["python", *map(_from_here, sys.argv)]),
        "commit": _commit(Path(__file__).parent),
        "system": platform.platform(),
        "processor": f"{_processor()}, {os.cpu_count()} cores",
        "GPU": torch.cuda.get_device_name() if torch.cuda.is_available() else "none",
        "python": platform.python_version(),
        **{name: version(name) for name in _PACKAGES},
    }


def write_environment(folder: Path) -> None:
    """Write ``environment.json`` into ``folder``; what goes on elsewhere tells where it did last.

    Raises:
        OutputError: it cannot be written.
    """
    with writing(folder / ENVIRONMENT) as path:
        path.write_text(json.dumps(describe_environment(), indent=2) + "\n")


def _from_here(argument: str) -> str:
    """A path below the working directory as one seen from there; anything else as it is."""
    return argument.removeprefix(f"{Path.cwd()}/")


def _commit(folder: Path) -> str:
    """Commit of the checkout that ``folder`` is kept in, with "-dirty" after it where something is changed."""
    git = ["git", "-C", str(folder)]
    try:
        # A package that is installed into a folder which git ignores belongs to no commit of the checkout around it.
        subprocess.run([*git, "ls-files", "--error-unmatch", "."], capture_output=True, check=True)
        told = subprocess.run(
            [*git, "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*"],
            capture_output=True,
            check=True,
            text=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return UNKNOWN
    return told.stdout.strip()


def _processor() -> str:
    """Name of the processor, which Linux tells in a file of its own."""
    told = Path("/proc/cpuinfo")
    lines = told.read_text().splitlines() if told.is_file() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return next(iter(names), "") or platform.processor() or platform.machine() or UNKNOWN
