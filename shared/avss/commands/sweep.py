"""The subcommand ``avss sweep``. Imports stand inside it, so that ``avss --help`` answers at once."""

import argparse
from pathlib import Path

from rich.console import Console


def add_sweep(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the subcommand to those of ``avss``."""
    parser = commands.add_parser("sweep", help="run a wandb sweep file without a server")
    parser.add_argument("file", type=Path, help="sweep YAML, as for `wandb sweep`")
    parser.add_argument("--count", type=int, default=10, help="trials, those already done included (%(default)s)")
    parser.add_argument("--out", type=Path, help="folder of the trials (runs/sweeps/NAME OF FILE)")
    parser.add_argument("--seed", type=int, default=0, help="of random and bayes (%(default)s)")
    parser.set_defaults(run=_sweep)


def _sweep(options: argparse.Namespace) -> None:
    from avss.training.sweep import as_table, read_sweep, run_sweep

    out = options.out or Path("runs") / "sweeps" / options.file.stem
    console = Console()
    trials = run_sweep(
        options.file,
        options.count,
        out,
        seed=options.seed,
        tell=lambda number, trial: console.print(f"trial {number} {trial.state}: {trial.settings}", markup=False),
    )
    console.print(as_table(trials, read_sweep(options.file)["metric"]))
