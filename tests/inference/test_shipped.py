"""Models of the package are found, listed, verified, shipped and copied."""

from pathlib import Path

import pytest
import torch

from avss.errors import ModelError, OutputError
from avss.inference.made_party import made_party
from avss.inference.shipped import (
    CARD,
    as_table,
    export_folder,
    find_weights,
    list_shipped,
    ship,
    shipped_names,
    verify_shipped,
)
from avss.models.audio_visual import AudioVisualSeparator
from avss.models.frontend import Frontend
from avss.models.lip2phone import Lip2Phone
from avss.models.separators.families import SeparatorSettings, make_separator
from avss.models.weights import load_model, read_description, save_model

SPLIT = {"train": ["a", "b"], "valid": ["c"]}


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A run folder, with a file that belongs to no model."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        frontend = Frontend(Lip2Phone(hidden=8, features=8))
        model = AudioVisualSeparator(frontend, make_separator(SeparatorSettings(width=16, stages=1), frontend.size))
    save_model(model, tmp_path / "run", corpus="made", split=SPLIT, notes={"valid": {"valid_si_sdri": 4.25}})
    (tmp_path / "run" / "metrics.csv").write_text("epoch\n")
    return tmp_path / "run"


@pytest.fixture
def shipped(run: Path, tmp_path: Path) -> Path:
    """A folder of shipped models, with the one named ``small``."""
    ship(run, tmp_path / "weights" / "small")
    (tmp_path / "weights" / "small" / CARD).write_text("# small\n")
    return tmp_path / "weights"


def test_a_model_is_found_by_name_or_by_folder(run: Path, shipped: Path) -> None:
    assert find_weights("small", shipped) == shipped / "small"
    assert find_weights(str(run), shipped) == run


def test_an_unknown_name_is_answered_with_those_that_are_known(shipped: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"no model 'large'\. Wanted: one of small, or a run folder"):
        find_weights("large", shipped)
    with pytest.raises(ModelError, match="no model comes with this version"):
        find_weights("large", tmp_path / "empty")


def test_a_shipped_model_is_half_as_large_and_separates_nearly_the_same(run: Path, tmp_path: Path) -> None:
    assert ship(run, tmp_path / "half") < -40
    sizes = [(folder / "weights.safetensors").stat().st_size for folder in (run, tmp_path / "half")]
    assert sizes[1] < 0.6 * sizes[0]
    model = load_model(tmp_path / "half", AudioVisualSeparator)
    assert {tensor.dtype for tensor in model.state_dict().values()} == {torch.float32}
    about = read_description(tmp_path / "half")
    assert (about.split, about.notes["rounded_from"]) == (SPLIT, read_description(run).sha256)


def test_numbers_too_large_for_half_precision_are_not_shipped(run: Path, tmp_path: Path) -> None:
    model = load_model(run, AudioVisualSeparator)
    torch.nn.init.constant_(model.frontend.lips.wide.weight, 1e6)
    save_model(model, run, corpus="made", split=SPLIT)
    with pytest.raises(ModelError, match=r"infinite numbers in frontend\.lips\.wide\.weight"):
        ship(run, tmp_path / "half")
    assert not (tmp_path / "half").exists()


def test_the_list_tells_size_corpus_and_a_figure(shipped: Path) -> None:
    (model,) = list_shipped(shipped)
    state = load_model(shipped / "small", AudioVisualSeparator).state_dict()
    assert model.parameters == sum(tensor.numel() for tensor in state.values())
    assert model.megabytes == pytest.approx(2 * model.parameters / 1e6, rel=0.3)
    assert (model.name, model.corpus, model.score) == ("small", "made", 4.25)
    assert as_table([model]).row_count == 1


def test_verification_tells_sound_models_from_damaged_ones(shipped: Path) -> None:
    assert verify_shipped(shipped) == {"small": ""}
    path = shipped / "small" / "weights.safetensors"
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    assert "is not the file that model.json describes" in verify_shipped(shipped)["small"]


def test_all_that_the_package_ships_is_sound_and_small() -> None:
    assert not any(verify_shipped().values())
    assert sum(model.megabytes for model in list_shipped()) <= 8
    assert [model.name for model in list_shipped()] == shipped_names()


def test_an_export_holds_the_model_alone_and_is_not_laid_over_another(run: Path, shipped: Path, tmp_path: Path) -> None:
    export_folder(shipped / "small", tmp_path / "copy")
    assert sorted(path.name for path in (tmp_path / "copy").iterdir()) == [
        CARD, "model.json", "weights.safetensors",
    ]  # fmt: skip
    load_model(tmp_path / "copy", AudioVisualSeparator)
    export_folder(run, tmp_path / "no_card")
    assert not (tmp_path / "no_card" / "metrics.csv").exists()
    with pytest.raises(OutputError, match="is there already"):
        export_folder(run, tmp_path / "copy")


def test_what_is_no_model_is_not_exported(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="there is no model"):
        export_folder(tmp_path, tmp_path / "copy")
    assert not (tmp_path / "copy").exists()


def test_a_made_party_is_the_same_again() -> None:
    first, second = made_party(1, 2, 5), made_party(1, 2, 5)
    assert torch.equal(first.mixture, second.mixture)
    assert all(torch.equal(a, b) for a, b in zip(first.visual, second.visual, strict=True))
