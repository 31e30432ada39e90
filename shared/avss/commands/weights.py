"""The subcommands ``avss weights``. Imports stand inside them, so that ``avss --help`` answers at once."""

import argparse
from pathlib import Path

from rich.console import Console

from avss.errors import ModelError, SettingsError
from avss.terminal import FAILED

USUAL = "base"  # what separates where no other model is named


def add_weights(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the subcommands to those of ``avss``."""
    weights = commands.add_parser("weights", help="list, try, export and make the models that come with the package")
    models = weights.add_subparsers(metavar="COMMAND", required=True)
    _add_list(models)
    _add_verify(models)
    _add_export(models)
    _add_ship(models)


def _add_list(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser("list", help="size, corpus and score of each")
    parser.set_defaults(run=_list)


def _list(options: argparse.Namespace) -> None:
    from avss.inference.shipped import as_table, list_shipped

    Console().print(as_table(list_shipped()))


def _add_verify(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser("verify", help="compare checksums, rebuild each and let it separate a made mixture")
    parser.set_defaults(run=_verify)


def _verify(options: argparse.Namespace) -> int:
    from avss.inference.shipped import verify_shipped

    complaints = verify_shipped()
    if not complaints:
        raise ModelError("no model comes with this version", "one in the package", "install avss again")
    for name, complaint in complaints.items():
        Console().print(f"{name}: {complaint or 'sound'}", soft_wrap=True, markup=False, highlight=False)
    return FAILED if any(complaints.values()) else 0


def _add_export(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser("export", help="write a model as an ONNX file or as a folder by itself")
    parser.add_argument("name", help="of a model of the package, or a run folder")
    target = parser.add_mutually_exclusive_group(required=True)
    target.add_argument("--onnx", type=Path, metavar="FILE", help="frontend and separator as one graph")
    target.add_argument("--to", type=Path, metavar="FOLDER", help="new folder, without the rest of the run")
    parser.set_defaults(run=_export)


def _export(options: argparse.Namespace) -> None:
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


def _add_ship(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser("ship", help="make a run's model one of those that come with the package")
    parser.add_argument("folder", type=Path, metavar="RUN", help="run folder of a separator, with its exams")
    parser.add_argument("name", help="to give it")
    parser.add_argument("--data", type=Path, metavar="FILE", help="Markdown about what it learned from, for its card")
    parser.set_defaults(run=_ship)


def _ship(options: argparse.Namespace) -> None:
    from avss.files import writing
    from avss.inference.shipped import CARD, SHIPPED, ship
    from avss.report.model_card import model_card

    out = SHIPPED / options.name
    data = _read(options.data) if options.data else ""
    card = model_card(options.folder, options.name, data=data, rounded=True)  # refused before weights are replaced
    change = ship(options.folder, out)
    with writing(out / CARD) as path:
        path.write_text(card, encoding="utf-8")
    told = f"{out}: half precision changes the voices of a made mixture by {change:.0f} dB"
    Console().print(told, soft_wrap=True, markup=False, highlight=False)


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeError) as error:
        raise SettingsError(
            f"{file} cannot be read as text", "Markdown in UTF-8", "check the name and its rights"
        ) from error
