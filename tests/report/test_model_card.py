"""The card of a model tells what its run tells."""

import json
import shutil
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from avss.cli import main
from avss.errors import ModelError
from avss.inference.shipped import verify_shipped
from avss.models.weights import read_description
from avss.report.model_card import model_card
from avss.report.runs import RunError


@pytest.fixture
def run(runs: Path, tmp_path: Path) -> Path:
    return shutil.copytree(runs / "curriculum", tmp_path / "run")


def test_a_card_holds_split_figures_limits_and_origin(run: Path) -> None:
    card = model_card(run, "small")
    page = MarkdownIt().enable("table").render(card)
    assert page.count("<table>") >= 3
    assert "<td>2: x, y</td>" in page
    assert "research only" in card and "half precision" not in card
    assert json.loads((run / "environment.json").read_text())["torch"] in card
    told = json.loads((run / "exam" / "exam.json").read_text())["figures"]
    mine = next(f for f in told if (f["row"], f["figure"], f["sexes"]) == ("audio-visual", "si_sdri", "all"))
    assert f"{mine['value']:.1f}".replace("-", "−") in card


def test_a_card_counts_those_who_joined_from_another_corpus(run: Path) -> None:
    path = run / "model.json"
    told = json.loads(path.read_text())
    told["split"]["train"] = ["x", "s1@made", "s2@made"]
    path.write_text(json.dumps(told))
    card = model_card(run, "small", data="Voices of *nobody*.")
    assert "| train | 1: x; 2 of the corpus made |" in card
    assert "Voices of *nobody*." in card


def test_a_card_names_those_whom_the_separator_did_not_learn_from(run: Path) -> None:
    assert "but not the separator" not in model_card(run, "small")
    path = run / "model.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"notes": {"left_out": ["y"]}}))
    assert "| train, but not the separator | 1: y |" in model_card(run, "small")


def test_a_card_of_rounded_weights_says_so(run: Path) -> None:
    assert read_description(run).sha256 in model_card(run, "small", rounded=True)


def test_a_run_becomes_a_model_of_the_package(run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("avss.inference.shipped.SHIPPED", tmp_path / "shipped")
    (tmp_path / "data.md").write_text("Voices of *nobody*.")
    assert main(["weights", "ship", str(run), "small", "--data", str(tmp_path / "data.md")]) == 0
    assert {path.name for path in (tmp_path / "shipped" / "small").iterdir()} == {
        "MODEL_CARD.md", "model.json", "weights.safetensors"
    }  # fmt: skip
    assert "Voices of *nobody*." in (tmp_path / "shipped" / "small" / "MODEL_CARD.md").read_text()
    assert verify_shipped(tmp_path / "shipped") == {"small": ""}


def test_a_run_whose_card_is_refused_replaces_nothing(
    run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("avss.inference.shipped.SHIPPED", tmp_path / "shipped")
    assert main(["weights", "ship", str(run), "small"]) == 0
    before = {path: path.read_bytes() for path in (tmp_path / "shipped" / "small").iterdir()}
    assert main(["weights", "ship", str(run), "small", "--data", str(tmp_path / "none.md")]) == 1
    assert "none.md cannot be read as text" in capsys.readouterr().err
    path = run / "model.json"
    path.write_text(path.read_text().replace(read_description(run).corpus, "another"))
    path = run / "exam" / "exam.json"
    path.write_text(path.read_text().replace(read_description(run).sha256, "0" * 64))
    assert main(["weights", "ship", str(run), "small"]) == 1
    assert {path: path.read_bytes() for path in (tmp_path / "shipped" / "small").iterdir()} == before


def test_a_run_without_an_exam_says_that_nothing_is_known(run: Path) -> None:
    shutil.rmtree(run / "exam")
    assert "no exam yet" in model_card(run, "small")


def test_an_exam_of_other_weights_is_refused(run: Path) -> None:
    path = run / "exam" / "exam.json"
    path.write_text(path.read_text().replace(read_description(run).sha256, "0" * 64))
    with pytest.raises(RunError, match="sat with other weights"):
        model_card(run, "small")


def test_a_run_that_has_not_ended_has_no_card(run: Path) -> None:
    (run / "model.json").unlink()
    with pytest.raises(ModelError, match="there is no model"):
        model_card(run, "small")
