"""Models that come with the package, so that a video can be separated before anything was trained.

::

    avss/weights/NAME/
      weights.safetensors, model.json   as avss.models.weights keeps them, the numbers in half precision
      MODEL_CARD.md                     what it learned from, how well it does, and where it was not tried

Two bytes a number: half as much as in a run, and small enough to lie in the repository. ``avss weights list`` tells how
many there are.
"""

import shutil
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import torch
from rich.table import Table

from avss.errors import AvssError, ModelError, OutputError
from avss.files import writing
from avss.inference.made_party import made_party
from avss.models.audio_visual import AudioVisualSeparator
from avss.models.weights import DESCRIPTION, WEIGHTS, load_model, read_description, save_model
from avss.training.trained_models import SCORE

CARD = "MODEL_CARD.md"
SHIPPED = Path(str(files("avss"))) / "weights"


@dataclass(frozen=True)
class ShippedModel:
    """A model of the package.

    Attributes:
        name: of its folder.
        parameters: how many numbers it holds.
        megabytes: of all its files.
        corpus: what it learned from.
        score: SI-SDRi of the validation speakers, dB; ``None`` where it is not known.
    """

    name: str
    parameters: int
    megabytes: float
    corpus: str
    score: float | None


def find_weights(name: str, shipped: Path = SHIPPED) -> Path:
    """The folder of the model ``name``: of that name in the package, else a run folder.

    Raises:
        ModelError: there is neither; it lists what is there.
    """
    names = shipped_names(shipped)
    if name in names:
        return shipped / name
    if (Path(name) / DESCRIPTION).is_file():
        return Path(name)
    known = f"one of {', '.join(names)}" if names else "no model comes with this version"
    raise ModelError(f"there is no model '{name}'", f"{known}, or a run folder", "name one of them, or train a model")


def shipped_names(shipped: Path = SHIPPED) -> list[str]:
    """Names of the models of the package."""
    return sorted(path.parent.name for path in shipped.glob(f"*/{DESCRIPTION}"))


def list_shipped(shipped: Path = SHIPPED) -> list[ShippedModel]:
    """The models of the package.

    Raises:
        ModelError: one is damaged.
    """
    found = []
    for name in shipped_names(shipped):
        folder = shipped / name
        description = read_description(folder)
        state = load_model(folder, AudioVisualSeparator).state_dict()
        parameters = sum(tensor.numel() for tensor in state.values())
        megabytes = sum(path.stat().st_size for path in folder.iterdir()) / 1e6
        score = description.notes.get("valid", {}).get(SCORE)
        found.append(ShippedModel(name, parameters, megabytes, description.corpus, score))
    return found


def as_table(models: list[ShippedModel]) -> Table:
    """The models as a table for the terminal."""
    table = Table("name", "parameters", "MB", "corpus", "SI-SDRi dB, validation")
    for model in models:
        score = "" if model.score is None else f"{model.score:.1f}"
        table.add_row(model.name, f"{model.parameters:,}", f"{model.megabytes:.1f}", model.corpus, score)
    return table


def verify_shipped(shipped: Path = SHIPPED) -> dict[str, str]:
    """Try every model of the package: its checksum, whether it is rebuilt, and whether it separates a made mixture.

    Returns:
        By name what is wrong, in a sentence; empty where all is well.
    """
    return {name: _complaint(shipped / name) for name in shipped_names(shipped)}


def export_folder(folder: Path, out: Path) -> None:
    """Copy the model in ``folder``, without the rest of a run, into the new folder ``out``.

    Raises:
        ModelError: there is none, or it is damaged.
        OutputError: ``out`` is there already, or cannot be written.
    """
    load_model(folder, AudioVisualSeparator)
    if out.exists():
        raise OutputError(f"{out} is there already", "a new folder", "name another one, or remove it")
    with writing(out) as unfinished:
        unfinished.mkdir()
        for name in (WEIGHTS, DESCRIPTION, CARD):
            if (folder / name).is_file():
                shutil.copyfile(folder / name, unfinished / name)


def ship(run: Path, out: Path) -> float:
    """Write the model of a run in half precision, into a folder such as ``SHIPPED / NAME``.

    Returns:
        How much that changes the voices in a made mixture: the change beside the voices, dB.

    Raises:
        ModelError: there is no such model in ``run``, it is damaged, or its numbers are too large for half precision.
        OutputError: ``out`` cannot be written.
    """
    model, about = load_model(run, AudioVisualSeparator), read_description(run)
    notes = about.notes | {"rounded_from": about.sha256}
    save_model(model, out, corpus=about.corpus, split=about.split, notes=notes, half=True)
    party = made_party(1, 2, 50)
    with torch.inference_mode():
        before = model(*party)
        change = load_model(out, AudioVisualSeparator)(*party) - before
    return 10 * float((change.square().mean() / before.square().mean()).log10())


def _complaint(folder: Path) -> str:
    try:
        model = load_model(folder, AudioVisualSeparator)
        party = made_party(1, 2, 25)
        with torch.inference_mode():
            voices = model(*party)
    except AvssError as error:
        return str(error)
    if voices.shape != (1, 2, party.mixture.shape[1]) or not voices.isfinite().all():
        return f"{folder} makes no voices of a mixture"
    return ""
