"""The subcommand ``avss mix``. Imports stand inside it, so that ``avss --help`` answers at once."""

import argparse
from pathlib import Path

from rich.console import Console


def add_mix(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the subcommand to those of ``avss``."""
    parser = commands.add_parser("mix", help="make a party video of people side by side, with its truth")
    parser.add_argument("videos", type=Path, nargs="+", metavar="VIDEO", help="of one talking person each")
    parser.add_argument("--out", type=Path, required=True, help="new folder for the party and the true voices")
    parser.add_argument("--snr", type=float, help="add noise this many dB below all voices together")
    parser.add_argument("--noise", type=Path, help="sound file to take the noise from (pink noise)")
    parser.add_argument("--seed", type=int, default=0, help="of gains and noise (%(default)s)")
    parser.set_defaults(run=_mix)


def _mix(options: argparse.Namespace) -> None:
    from avss.inference.party import mix_party

    mix_party(options.videos, options.out, snr=options.snr, noise=options.noise, seed=options.seed)
    Console().print(f"party and true voices in {options.out}", soft_wrap=True, markup=False, highlight=False)
