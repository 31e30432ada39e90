"""The subcommands ``avss corpus``. Imports stand inside them, so that ``avss --help`` answers at once."""

import argparse
from pathlib import Path

from rich.console import Console

from avss.terminal import FAILED


def add_corpus(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the subcommands to those of ``avss``."""
    corpus = commands.add_parser("corpus", help="make, fetch, list and measure corpora")
    corpora = corpus.add_subparsers(metavar="COMMAND", required=True)
    _add_generate(corpora)
    _add_grid(corpora)
    _add_list(corpora)
    _add_accept(corpora)
    _add_cast(corpora)


def _add_generate(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser("generate", help="make a GRID-like corpus of talking faces by code alone")
    parser.add_argument("--out", type=Path, required=True, help="folder of the corpus; finished clips in it are kept")
    parser.add_argument("--speakers", type=int, default=100, help="number of speakers, at most 640 (%(default)s)")
    parser.add_argument("--clips", type=int, default=10, help="clips of each speaker, at most 100 (%(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="another seed gives other people (%(default)s)")
    parser.add_argument("--jobs", type=int, default=-1, help="processes; -1 uses every core (%(default)s)")
    parser.set_defaults(run=_generate)


def _generate(options: argparse.Namespace) -> int:
    from avss.corpora.generated.corpus import generate_corpus

    generate_corpus(options.out, options.speakers, options.clips, options.seed, options.jobs)
    return _summarise(options.out)


def _add_grid(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser("grid", help="download the real GRID corpus, or take a folder that has it")
    parser.add_argument("--out", type=Path, required=True, help="folder of the corpus")
    parser.add_argument("--speakers", type=int, nargs="+", metavar="N", help="only these speakers, such as 1 2 26")
    parser.add_argument("--from", type=Path, dest="folder", help="folder with the zips or the unzipped corpus")
    parser.set_defaults(run=_grid)


def _grid(options: argparse.Namespace) -> int:
    from avss.corpora.grid_download import fetch_grid, take_grid

    if options.folder:
        take_grid(options.folder, options.out, options.speakers)
    else:
        fetch_grid(options.out, options.speakers)
    return _summarise(options.out)


def _add_list(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser("list", help="count a corpus by speaker, and list its bad clips with reasons")
    parser.add_argument("corpus", type=Path, help="folder in GRID's layout, or FOLDER/SPEAKER/*.mp4")
    parser.set_defaults(run=lambda options: _summarise(options.corpus))


def _summarise(folder: Path) -> int:
    from avss.corpora.opening import open_corpus
    from avss.corpora.summary import summarise

    Console().print(summarise(open_corpus(folder)))
    return 0


def _add_accept(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser("accept", help="measure whether generated faces are tracked and move like real ones")
    parser.add_argument("--speakers", type=int, default=64, help="identities to measure (%(default)s)")
    parser.add_argument("--clips", type=int, default=2, help="clips of each (%(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="of the corpus (%(default)s)")
    parser.add_argument("--jobs", type=int, default=-1, help="processes; -1 uses every core (%(default)s)")
    parser.add_argument("--real", type=Path, metavar="FOLDER", help="real lip landmarks (sN.npz) to compare with")
    parser.set_defaults(run=_accept)


def _accept(options: argparse.Namespace) -> int:
    from avss.corpora.generated.acceptance import measure_acceptance

    report = measure_acceptance(options.speakers, options.clips, options.seed, options.jobs, options.real)
    Console().print(report)
    return 0 if report.accepted else FAILED


def _add_cast(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser("cast", help="draw the people of a generated corpus, shape by shape of their mouths")
    parser.add_argument("picture", type=Path, help="file to write, .png or .jpg")
    parser.add_argument("--speakers", type=int, nargs="+", default=[1, 2, 3, 4, 5, 6], metavar="N")
    parser.add_argument("--seed", type=int, default=0, help="of the corpus (%(default)s)")
    parser.set_defaults(run=_cast)


def _cast(options: argparse.Namespace) -> None:
    from avss.corpora.generated.cast.casting import cast_speaker
    from avss.corpora.generated.cast.face_sheet import draw_face_sheet

    draw_face_sheet(options.picture, [cast_speaker(options.seed, number).speaker.face for number in options.speakers])
