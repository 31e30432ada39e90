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
from avss.report.model_card import write_model_card
from avss.report.runs import RunError


@pytest.fixture
def run(runs: Path, tmp_path: Path) -> Path:
    return shutil.copytree(runs / "curriculum", tmp_path / "run")


def test_a_card_holds_split_figures_limits_and_origin(run: Path, tmp_path: Path) -> None:
    write_model_card(run, tmp_path / "MODEL_CARD.md", "small")
    card = (tmp_path / "MODEL_CARD.md").read_text()
    page = MarkdownIt().enable("table").render(card)
    assert page.count("<table>") >= 3
    assert "<td>2: x, y</td>" in page
    assert "research only" in card and "half precision" not in card
    assert json.loads((run / "environment.json").read_text())["torch"] in card
    told = json.loads((run / "exam" / "exam.json").read_text())["figures"]
    mine = next(f for f in told if (f["row"], f["figure"], f["sexes"]) == ("audio-visual", "si_sdri", "all"))
    assert f"{mine['value']:.1f}".replace("-", "−") in card


def test_a_card_counts_those_who_joined_from_another_corpus(run: Path, tmp_path: Path) -> None:
    path = run / "model.json"
    told = json.loads(path.read_text())
    told["split"]["train"] = ["x", "s1@made", "s2@made"]
    path.write_text(json.dumps(told))
    write_model_card(run, tmp_path / "MODEL_CARD.md", "small", data="Voices of *nobody*.")
    card = (tmp_path / "MODEL_CARD.md").read_text()
    assert "| train | 1: x; 2 of the corpus made |" in card
    assert "Voices of *nobody*." in card


def test_a_card_of_rounded_weights_says_so(run: Path, tmp_path: Path) -> None:
    write_model_card(run, tmp_path / "MODEL_CARD.md", "small", rounded=True)
    assert read_description(run).sha256 in (tmp_path / "MODEL_CARD.md").read_text()


def test_a_run_becomes_a_model_of_the_package(run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("avss.inference.shipped.SHIPPED", tmp_path / "shipped")
    (tmp_path / "data.md").write_text("Voices of *nobody*.")
    assert main(["weights", "ship", str(run), "small", "--data", str(tmp_path / "data.md")]) == 0
    assert {path.name for path in (tmp_path / "shipped" / "small").iterdir()} == {
        "MODEL_CARD.md", "model.json", "weights.safetensors"
    }  # fmt: skip
    assert "Voices of *nobody*." in (tmp_path / "shipped" / "small" / "MODEL_CARD.md").read_text()
    assert verify_shipped(tmp_path / "shipped") == {"small": ""}


def test_a_run_without_an_exam_says_that_nothing_is_known(run: Path, tmp_path: Path) -> None:
    shutil.rmtree(run / "exam")
    write_model_card(run, tmp_path / "MODEL_CARD.md", "small")
    assert "no exam yet" in (tmp_path / "MODEL_CARD.md").read_text()


def test_an_exam_of_other_weights_is_refused(run: Path, tmp_path: Path) -> None:
    path = run / "exam" / "exam.json"
    path.write_text(path.read_text().replace(read_description(run).sha256, "0" * 64))
    with pytest.raises(RunError, match="sat with other weights"):
        write_model_card(run, tmp_path / "MODEL_CARD.md", "small")
    assert not (tmp_path / "MODEL_CARD.md").exists()


def test_a_run_that_has_not_ended_has_no_card(run: Path, tmp_path: Path) -> None:
    (run / "model.json").unlink()
    with pytest.raises(ModelError, match="there is no model"):
        write_model_card(run, tmp_path / "MODEL_CARD.md", "small")
