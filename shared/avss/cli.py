"""The ``avss`` command. Each subcommand reads its arguments here and calls one function of the library.

Imports stand inside the subcommands, so that ``avss --help`` answers at once.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from avss.demo.command import add_demo
from avss.terminal import FAILED, exit_status


def main(arguments: Sequence[str] | None = None) -> int:
    """Run ``avss``; the exit status is 0, 1 after an error (told in one sentence) or 130 after Ctrl-C."""
    options = _parser().parse_args(arguments)
    return exit_status("avss", lambda: options.run(options))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("avss", description="Audio-visual speech separation, from lips to voices.")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    _add_separate(commands)
    _add_mix(commands)
    add_demo(commands)
    _add_doctor(commands)
    _add_sweep(commands)
    _add_report(commands)
    weights = commands.add_parser("weights", help="list, try and export the models that come with the package")
    models = weights.add_subparsers(metavar="COMMAND", required=True)
    _add_weights_list(models)
    _add_weights_verify(models)
    _add_weights_export(models)
    corpus = commands.add_parser("corpus", help="make, fetch, list and measure corpora")
    corpora = corpus.add_subparsers(metavar="COMMAND", required=True)
    _add_generate(corpora)
    _add_grid(corpora)
    _add_list(corpora)
    _add_accept(corpora)
    _add_cast(corpora)
    return parser


def _add_separate(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser("separate", help="give each person's voice in a video, as sound and as film")
    parser.add_argument("video", type=Path, help="video of people who speak")
    parser.add_argument("--out", type=Path, help="new folder for voices and films (NAME OF VIDEO.voices)")
    parser.add_argument("--weights", required=True, help="name of a model of the package, or run folder of a separator")
    parser.add_argument("--faces", type=_number_of_faces, default="auto", help="how many people, or auto (%(default)s)")
    parser.add_argument("--no-films", action="store_true", help="write sound only")
    parser.add_argument("--device", default="cpu", help="cpu or cuda (%(default)s)")
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

    out = options.out or options.video.with_suffix(".voices")
    account = separate(
        options.video,
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


def _add_mix(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
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


def _add_doctor(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser("doctor", help="try every part of the installation and say what is missing")
    parser.add_argument("--data", type=Path, default=Path("data"), help="where data will be written (%(default)s)")
    parser.set_defaults(run=_doctor)


def _doctor(options: argparse.Namespace) -> int:
    from avss.doctor import as_table, examine

    findings = examine(options.data)
    Console().print(as_table(findings))
    return FAILED if any(finding.state == "missing" for finding in findings) else 0


def _add_sweep(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
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


def _add_report(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser("report", help="write one page about runs: tables, curves, pictures, sounds")
    parser.add_argument("runs", type=Path, nargs="+", metavar="RUN", help="run folder of a stage, or of an ablation")
    parser.add_argument("--out", type=Path, default=Path("report.html"), help="file to write (%(default)s)")
    parser.set_defaults(run=_report)


def _report(options: argparse.Namespace) -> None:
    from avss.report.page import write_report

    page = write_report(options.runs, options.out)
    Console().print(f"{page} ({page.stat().st_size / 1e6:.1f} MB)", soft_wrap=True, markup=False, highlight=False)


def _add_weights_list(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser("list", help="size, corpus and score of each")
    parser.set_defaults(run=_list_weights)


def _list_weights(options: argparse.Namespace) -> None:
    from avss.inference.shipped import as_table, list_shipped

    Console().print(as_table(list_shipped()))


def _add_weights_verify(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser("verify", help="compare checksums, rebuild each and let it separate a made mixture")
    parser.set_defaults(run=_verify_weights)


def _verify_weights(options: argparse.Namespace) -> int:
    from avss.inference.shipped import verify_shipped

    complaints = verify_shipped()
    for name, complaint in complaints.items():
        Console().print(f"{name}: {complaint or 'sound'}", soft_wrap=True, markup=False, highlight=False)
    return FAILED if any(complaints.values()) else 0


def _add_weights_export(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser("export", help="write a model as an ONNX file or as a folder by itself")
    parser.add_argument("name", help="of a model of the package, or a run folder")
    target = parser.add_mutually_exclusive_group(required=True)
    target.add_argument("--onnx", type=Path, metavar="FILE", help="frontend and separator as one graph")
    target.add_argument("--to", type=Path, metavar="FOLDER", help="new folder, without the rest of the run")
    parser.set_defaults(run=_export_weights)


def _export_weights(options: argparse.Namespace) -> None:
    from avss.inference.onnx_export import export_onnx
    from avss.inference.shipped import export_folder, find_weights
    from avss.models.audio_visual import AudioVisualSeparator
    from avss.models.weights import load_model

    console, folder = Console(soft_wrap=True, highlight=False), find_weights(options.name)
    if options.to:
        export_folder(folder, options.to)
        console.print(str(options.to), markup=False)
    else:
        difference = export_onnx(load_model(folder, AudioVisualSeparator), options.onnx)
        console.print(f"{options.onnx}, which differs from the model by at most {difference:.1e}", markup=False)


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


if __name__ == "__main__":
    sys.exit(main())
