"""A trained model in two files that rebuild it alone, and say where it comes from.

::

    weights.safetensors     the numbers, and nothing that could run
    model.json              format, class, constructor arguments, checksum of the numbers, version, corpus, split, notes

A model keeps each argument of its constructor as an attribute of the same name, as scikit-learn's estimators do. Then
``model.json`` can be written from the model, and a model made of models (the frontend) is described part by part.
Only classes of ``avss.models`` are rebuilt, so a file from elsewhere cannot name other code to run.

>>> save_model(pca, Path("runs/1_1_pca/quick"), corpus="generated", split=store.speakers)  # doctest: +SKIP
>>> pca = load_model(Path("runs/1_1_pca/quick"), MouthPCA)                            # doctest: +SKIP
"""

import hashlib
import importlib
import inspect
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeVar, cast

from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor, nn

from avss.errors import ModelError
from avss.files import writing

FORMAT = 1
WEIGHTS, DESCRIPTION = "weights.safetensors", "model.json"

_PACKAGE = "avss.models."
_AGAIN = "train and export the model again"

Model = TypeVar("Model", bound=nn.Module)


@dataclass(frozen=True)
class ModelDescription:
    """What ``model.json`` holds.

    Attributes:
        format: of these two files.
        model: class and constructor arguments, parts included.
        sha256: checksum of the weights file.
        avss: version of the package that wrote it.
        corpus: what the model learned from.
        split: the speakers of each part ("train", "valid", "test"), so that nobody is tested on whom it learned from.
        notes: anything else worth knowing, as JSON.
    """

    format: int
    model: dict[str, Any]
    sha256: str
    avss: str
    corpus: str
    split: dict[str, list[str]]
    notes: dict[str, Any]


def save_model(
    model: nn.Module,
    folder: Path,
    *,
    corpus: str,
    split: Mapping[str, Sequence[str]],
    notes: Mapping[str, Any] | None = None,
    half: bool = False,
) -> None:
    """Write ``model`` into ``folder``; an older model there is replaced.

    Args:
        model: keeps its constructor's arguments as attributes.
        folder: where to, usually the run folder.
        corpus: what it learned from.
        split: the speakers of each part, such as ``PreparedStore.speakers``.
        notes: anything else worth knowing, as JSON.
        half: keep the weights in half precision, in half the size; they are loaded in single precision again.

    Raises:
        ModelError: a weight is NaN or infinite, or too large for half precision.
        OutputError: the folder cannot be written.
    """
    state = {name: tensor.detach().cpu().contiguous() for name, tensor in model.state_dict().items()}
    if half:
        state = {name: tensor.half() if tensor.is_floating_point() else tensor for name, tensor in state.items()}
    _check_finite(state, f"the {type(model).__name__} for {folder}")
    weights = save(state)
    checksum = hashlib.sha256(weights).hexdigest()
    parts = {part: list(speakers) for part, speakers in split.items()}
    description = ModelDescription(
        FORMAT, _describe(model), checksum, version("avss"), corpus, parts, dict(notes or {})
    )
    with writing(folder / WEIGHTS) as path:
        path.write_bytes(weights)
    with writing(folder / DESCRIPTION) as path:
        path.write_text(json.dumps(asdict(description), indent=2) + "\n")


def load_model(folder: Path, expected: type[Model]) -> Model:
    """Rebuild the model in ``folder``, on the CPU and in evaluation mode.

    Raises:
        ModelError: there is none, it is of another class or version, its dimensions do not fit, or it is damaged.
    """
    description = read_description(folder)
    path = folder / WEIGHTS
    try:
        weights = path.read_bytes()
        if hashlib.sha256(weights).hexdigest() != description.sha256:
            raise ModelError(f"{path} is not the file that {DESCRIPTION} describes", "the two as exported", _AGAIN)
        state = load(weights)
    except (OSError, SafetensorError) as error:
        raise ModelError(f"{path} is missing or damaged", "the weights as exported", _AGAIN) from error
    _check_finite(state, str(path))
    model = _build(description.model, folder)
    if not isinstance(model, expected):
        what = f"{folder} holds a {type(model).__name__}"
        raise ModelError(what, f"a {expected.__name__}", "name the folder of such a model")
    try:
        model.load_state_dict(state)
    except RuntimeError as error:
        what = f"{path} does not fit {type(model).__name__}: {' '.join(str(error).split())}"
        raise ModelError(what, "weights of this version of the model", _AGAIN) from error
    return model.eval()


def read_description(folder: Path) -> ModelDescription:
    """What is known of the model in ``folder``.

    Raises:
        ModelError: there is none, or it is damaged or of another version.
    """
    path = folder / DESCRIPTION
    if not path.is_file():
        raise ModelError(f"there is no model in {folder}", f"a folder with {DESCRIPTION}", "train the model first")
    try:
        content = json.loads(path.read_text())
        found = content["format"]
        if found != FORMAT:
            raise ModelError(f"the model in {folder} has format {found}", f"format {FORMAT}", _AGAIN)
        return ModelDescription(**content)
    except (ValueError, TypeError, KeyError) as error:
        raise ModelError(f"{path} is damaged", "the description as exported", _AGAIN) from error


def untrained(model: Model) -> Model:
    """A new model of the same class, made with the same arguments: its weights are drawn anew."""
    return cast(Model, _build(_describe(model), Path()))


def _describe(model: nn.Module) -> dict[str, Any]:
    kind = type(model)
    arguments = {name: getattr(model, name) for name in inspect.signature(kind).parameters}
    return {
        "class": f"{kind.__module__}.{kind.__qualname__}",
        "arguments": {
            name: _describe(value) if isinstance(value, nn.Module) else value for name, value in arguments.items()
        },
    }


def _build(description: dict[str, Any], folder: Path) -> nn.Module:
    try:
        name = description["class"]
        module, _, kind = name.rpartition(".")
        if not module.startswith(_PACKAGE):
            raise ModelError(f"{folder} asks for the class {name}", f"a class of {_PACKAGE[:-1]}", "do not trust it")
        arguments = {
            key: _build(value, folder) if isinstance(value, dict) and "class" in value else value
            for key, value in description["arguments"].items()
        }
        model = getattr(importlib.import_module(module), kind)(**arguments)
    except (ImportError, AttributeError, KeyError, TypeError, ValueError) as error:
        what = f"the model in {folder} cannot be rebuilt: {error}"
        raise ModelError(what, "a model of this version", _AGAIN) from error
    if not isinstance(model, nn.Module):
        raise ModelError(f"{name} in {folder} is not a model", "a class of models", "do not trust it")
    return model


def _check_finite(state: Mapping[str, Tensor], name: str) -> None:
    bad = [key for key, tensor in state.items() if not tensor.isfinite().all()]
    if bad:
        what = f"{name} has NaN or infinite numbers in {', '.join(bad)}"
        raise ModelError(what, "finite weights", "look for bad input, or train again with a lower rate")
