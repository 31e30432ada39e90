"""A model comes back from its two files as it was, and files that are not right are refused by name."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import nn

from avss.errors import ModelError, OutputError
from avss.models.lip2phone import Lip2Phone
from avss.models.mouth_pca import MouthPCA
from avss.models.weights import load_model, read_description, save_model, untrained

SPLIT = {"train": ["s1", "s2"], "test": ["s3"]}


def some_pca(n_components: int = 3) -> MouthPCA:
    torch.manual_seed(0)
    model = MouthPCA(n_components, (4, 6))
    for parameter in model.parameters():
        nn.init.normal_(parameter)
    return model


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    save_model(some_pca(), tmp_path / "run", corpus="generated", split=SPLIT, notes={"frames": 100})
    return tmp_path / "run"


def change(folder: Path, edit: Callable[[dict], None]) -> None:
    description = json.loads((folder / "model.json").read_text())
    edit(description)
    (folder / "model.json").write_text(json.dumps(description))


def test_a_model_is_rebuilt_from_its_files_alone(saved: Path) -> None:
    loaded = load_model(saved, MouthPCA)
    assert not loaded.training
    mouths = torch.rand(5, 4, 6)
    torch.testing.assert_close(loaded(mouths), some_pca()(mouths), rtol=0, atol=0)


def test_an_untrained_model_has_the_shape_of_its_like_and_weights_of_its_own() -> None:
    trained = Lip2Phone(4, hidden=8, features=6)
    made = untrained(trained)
    assert made.state_dict().keys() == trained.state_dict().keys()
    assert made.wide.weight.shape == trained.wide.weight.shape
    assert not torch.equal(made.wide.weight, trained.wide.weight)


def test_the_files_tell_where_the_model_comes_from(saved: Path) -> None:
    description = read_description(saved)
    assert (description.corpus, description.split, description.notes) == ("generated", SPLIT, {"frames": 100})
    assert description.model == {
        "class": "avss.models.mouth_pca.MouthPCA",
        "arguments": {"n_components": 3, "crop": [4, 6]},
    }


def test_a_model_is_replaced_by_the_next_one(saved: Path) -> None:
    save_model(some_pca(5), saved, corpus="generated", split=SPLIT)
    assert load_model(saved, MouthPCA).n_components == 5


def test_a_folder_without_a_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="there is no model in"):
        load_model(tmp_path / "nothing", MouthPCA)


def test_another_class_than_expected_is_refused(saved: Path) -> None:
    with pytest.raises(ModelError, match=r"holds a MouthPCA.*a Linear"):
        load_model(saved, nn.Linear)


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (lambda d: d.update(format=2), "has format 2"),
        (lambda d: d.pop("format"), "damaged"),
        (lambda d: d.pop("corpus"), "damaged"),
        (lambda d: d["model"].pop("class"), "cannot be rebuilt"),
        (lambda d: d["model"].update({"class": "os.system"}), "a class of avss.models"),
        (lambda d: d["model"].update({"class": "avss.models.weights.Path", "arguments": {}}), "is not a model"),
        (lambda d: d["model"].update({"class": "avss.models.mouth_pca.Gone"}), "Gone"),
        (lambda d: d["model"].update({"class": "avss.models.gone.Gone"}), "cannot be rebuilt"),
        (lambda d: d["model"]["arguments"].update(n_components=4), "does not fit MouthPCA.*components"),
        (lambda d: d["model"]["arguments"].update(colour="red"), "cannot be rebuilt.*colour"),
    ],
)
def test_a_description_that_is_not_right_is_refused(saved: Path, edit: Callable[[dict], None], message: str) -> None:
    change(saved, edit)
    with pytest.raises(ModelError, match=message):
        load_model(saved, MouthPCA)


def test_a_description_that_is_no_json_is_refused(saved: Path) -> None:
    (saved / "model.json").write_text("{")
    with pytest.raises(ModelError, match="damaged"):
        read_description(saved)


@pytest.mark.parametrize("keep", [None, 0, 40])
def test_weights_that_are_gone_or_cut_off_are_refused(saved: Path, keep: int | None) -> None:
    path = saved / "weights.safetensors"
    content = path.read_bytes()
    path.unlink()
    if keep is not None:
        path.write_bytes(content[:keep])
    with pytest.raises(ModelError, match=r"weights\.safetensors is"):
        load_model(saved, MouthPCA)


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_weights_that_are_no_numbers_are_not_saved(tmp_path: Path, number: float) -> None:
    model = some_pca()
    nn.init.constant_(model.scale, number)
    with pytest.raises(ModelError, match="NaN or infinite numbers in scale"):
        save_model(model, tmp_path, corpus="generated", split=SPLIT)
    assert not list(tmp_path.iterdir())


def test_a_place_that_cannot_be_written_is_an_output_error(read_only_disk: Path) -> None:
    with pytest.raises(OutputError):
        save_model(some_pca(), read_only_disk / "run", corpus="generated", split=SPLIT)
