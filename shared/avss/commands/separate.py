"""The subcommand ``avss separate``. Imports stand inside it, so that ``avss --help`` answers at once."""

import argparse
from pathlib import Path

from rich.console import Console

from avss.commands.weights import USUAL


def add_separate(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the subcommand to those of ``avss``."""
    parser = commands.add_parser("separate", help="give each person's voice in a video, as sound and as film")
    parser.add_argument("video", type=Path, help="video of people who speak")
    parser.add_argument("--out", type=Path, help="new folder for voices and films (NAME OF VIDEO.voices)")
    parser.add_argument("--weights", default=USUAL, help="model of the package, or run folder (%(default)s)")
    parser.add_argument("--faces", type=_number_of_faces, default="auto", help="how many people, or auto (%(default)s)")
    parser.add_argument("--no-films", action="store_true", help="write sound only")
    parser.add_argument("--device", default="cpu", help="cpu, cuda, mps or auto (%(default)s)")
    parser.add_argument("--jobs", type=int, default=-1, help="processes; -1 uses every core (%(default)s)")
    parser.set_defaults(run=_separate)


def _number_of_faces(text: str) -> int | None:
    """``auto`` is ``None``."""
    if text == "auto":
        return None
    if text.isdecimal() and int(text) > 0:
        return int(text)
    raise argparse.ArgumentTypeError(f"'{text}' is neither auto nor a number from 1 on")


def _separate(options: argparse.Namespace) -> None:
    from avss.inference.account import as_table
    from avss.inference.separation import separate
    from avss.inference.shipped import find_weights

    video: Path = options.video
    out = options.out or video.parent / f"{video.stem}.voices"
    account = separate(
        video,
        out,
        find_weights(options.weights),
        faces=options.faces,
        films=not options.no_films,
        device=options.device,
        jobs=options.jobs,
    )
    console = Console()
    console.print(as_table(account))
    for doubt in account.doubts:
        console.print(f"doubtful: {doubt.sentence}", soft_wrap=True, markup=False, highlight=False)
    console.print(f"voices in {out}", soft_wrap=True, markup=False, highlight=False)
