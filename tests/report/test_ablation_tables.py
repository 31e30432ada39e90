"""Ablations on the page: questions, answers, and what could not be measured."""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest
from html_page import Page

from avss.evaluation.ablation_picture import draw_ablations
from avss.report.page import write_report
from avss.training.ablation import NotMeasuredError, read_ablations, run_ablations


@dataclass(frozen=True)
class Cooking:
    minutes: int = 5


def taste(cooking: Cooking) -> dict[str, float]:
    if cooking.minutes > 9:
        raise NotMeasuredError("the pot is too small", "a larger one", "buy it")
    return {"taste": 0.25, "taste_low": 0.125, "taste_high": 0.5}


def test_an_ablation_shows_question_answers_intervals_and_reasons(tmp_path: Path) -> None:
    (tmp_path / "long.yaml").write_text("question: How long | at <most>?\nminutes: [5, 10]\n")
    asked = read_ablations(tmp_path, Cooking())
    rows = run_ablations(asked, Cooking(), taste, tmp_path / "out", data="soup & salt")
    draw_ablations(tmp_path / "out" / "ablations.png", asked, rows, "taste")
    page = Page(write_report([tmp_path / "out"], tmp_path / "report.html"))
    assert page.tables[0] == [["minutes", "taste"], ["5", "0.250 [0.125, 0.500]"], ["10", "not measured"]]
    for text in ("How long | at <most>?", "On soup & salt.", "the pot is too small"):
        assert text in page.text
    assert len(page.all("img")) == 1


def test_an_ablation_that_was_killed_is_shown_as_far_as_it_came(tmp_path: Path) -> None:
    def killed(cooking: Cooking) -> dict[str, float]:
        if cooking.minutes > 5:
            raise KeyboardInterrupt
        return taste(cooking)

    (tmp_path / "long.yaml").write_text("question: How long?\nminutes: [5, 10]\n")
    with pytest.raises(KeyboardInterrupt):
        run_ablations(read_ablations(tmp_path, Cooking()), Cooking(), killed, tmp_path / "out", data="soup")
    page = Page(write_report([tmp_path / "out"], tmp_path / "report.html"))
    assert page.tables[0] == [["minutes", "taste"], ["5", "0.250 [0.125, 0.500]"], ["10", "not measured"]]
    assert "its turn has not come" in page.text


def test_runs_exams_and_ablations_tell_where_their_figures_come_from(runs: Path, tmp_path: Path) -> None:
    (tmp_path / "long.yaml").write_text("question: How long?\nminutes: [5, 10]\n")
    run_ablations(read_ablations(tmp_path, Cooking()), Cooking(), taste, tmp_path / "out", data="soup")
    run = Path(shutil.copytree(runs / "tuned", tmp_path / "tuned"))
    path = run / "exam" / "environment.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"commit": "0123456789abcdef-dirty"}))
    page = Page(write_report([run, tmp_path / "out"], tmp_path / "report.html"))
    (table,) = (table for table in page.tables if table[0] == ["run", "started", "commit", "command"])
    assert [row[0] for row in table[1:]] == ["Fine-tuned · tuned", "Ablations · out", "exam of Fine-tuned · tuned"]
    assert "unknown" not in {cell for row in table[1:] for cell in row}
    assert table[3][2] == "0123456789ab and changes"
    path.unlink()
    assert write_report([run], tmp_path / "report.html").read_text().count("unknown") == 3
