"""Means, intervals and tables of scores that are known."""

import io
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from rich.console import Console

from avss.evaluation.exam_rows import AUDIO_VISUAL, MIXTURE, ExamRow
from avss.evaluation.exam_table import FIGURES, exam_figures, figures_table, improvement_table, write_figures


@pytest.fixture
def scores() -> pd.DataFrame:
    """Pairs and threes, of 4 sets of speakers with 2 mixtures each, at two levels; the figure tells all of this."""
    rows = []
    for row, gain in ((MIXTURE, 0.0), (AUDIO_VISUAL, 5.0)):
        for K in (2, 3):
            for snr in (None, 0.0):
                for number in range(8):
                    value = gain * (1 + number // 2) - 0.5 * (snr is not None) - K
                    sexes = "same" if number < 4 else "different"
                    rows.append(
                        {
                            "row": row,
                            "id": f"k{K}-{number}",
                            "K": K,
                            "snr": snr,
                            "speakers": f"{number // 2}+x",
                            "sexes": sexes,
                            "si_sdri": value,
                            "confused": 0.25,
                            "leakage": -30.0 if number == 0 and K == 3 else None,
                            "pesq": 2.0 if number == 0 else None,
                        }
                    )
    return pd.DataFrame(rows)


def printed(figures: pd.DataFrame, width: int) -> str:
    console = Console(width=width, record=True, file=io.StringIO())
    console.print(improvement_table(figures, "the exam"), figures_table(figures))
    return console.export_text()


def of(figures: pd.DataFrame, row: str, K: int, snr: float, sexes: str, figure: str) -> pd.Series:
    level = figures.snr.isna() if np.isnan(snr) else figures.snr == snr
    same = (figures.row == row) & (figures.K == K) & level & (figures.sexes == sexes) & (figures.figure == figure)
    return figures[same].iloc[0]


def test_means_are_by_faces_noise_and_sex_with_intervals_over_speakers(scores: pd.DataFrame) -> None:
    figures = exam_figures(scores)
    whole = of(figures, AUDIO_VISUAL, 2, np.nan, "all", "si_sdri")
    assert (whole.value, whole.groups, whole.mixtures) == (10.5, 4, 8)
    assert whole.low < 10.5 < whole.high
    assert of(figures, AUDIO_VISUAL, 2, 0.0, "all", "si_sdri").value == 10.0
    assert of(figures, AUDIO_VISUAL, 3, np.nan, "all", "si_sdri").value == 9.5
    assert of(figures, AUDIO_VISUAL, 2, np.nan, "same", "si_sdri").value == 5.5
    assert of(figures, AUDIO_VISUAL, 2, np.nan, "different", "si_sdri").value == 15.5


def test_what_is_not_known_is_left_out(scores: pd.DataFrame) -> None:
    figures = exam_figures(scores)
    assert set(figures.figure) == {"si_sdri", "confused", "pesq", "leakage"}
    listened = of(figures, AUDIO_VISUAL, 2, np.nan, "all", "pesq")
    assert (listened.value, listened.mixtures) == (2, 1)
    assert np.isnan(listened.low)
    assert set(figures[figures.figure == "leakage"].K) == {3}


def test_the_tables_show_each_row_with_its_interval(scores: pd.DataFrame) -> None:
    figures = exam_figures(scores)
    shown = printed(figures, 150)
    main = of(figures, AUDIO_VISUAL, 2, np.nan, "all", "si_sdri")
    assert f"{main.value:.1f} {main.low:.1f}…{main.high:.1f}" in shown
    for text in ("the exam", "audio-visual", "noise: none", "noise: 0 dB", "2 faces, same sex", "15.5", "2.00", "PESQ"):
        assert text in shown
    assert shown.count("different sex") == 1 and "3 faces, " not in shown


def test_the_tables_of_a_whole_exam_are_whole_in_a_narrow_terminal(scores: pd.DataFrame) -> None:
    """As many rows, levels and figures as stage 4 has; means as long as they come."""
    levels = pd.concat([scores.assign(snr=snr, si_sdri=scores.si_sdri - 20) for snr in (None, 10.0, 0.0, -5.0)])
    others = [levels[levels.row == AUDIO_VISUAL].assign(row=name) for name in ("ideal complex mask", "frozen frontend")]
    every = pd.concat([levels, *others])
    every = every.assign(**{figure: every[figure].fillna(-100) if figure in every else -99.9 for figure in FIGURES})
    narrow, wide = (printed(exam_figures(every), width) for width in (80, 300))
    assert max(map(len, narrow.splitlines())) <= 80
    assert sorted(narrow.replace("─", "").split()) == sorted(wide.replace("─", "").split())


def test_an_exam_with_noise_alone_has_its_tables(scores: pd.DataFrame) -> None:
    figures = exam_figures(scores[scores.snr == 0])
    assert "0 dB" in str(figures_table(figures).title)
    assert improvement_table(figures, "").row_count == 2 * 4  # a line for what it is about before each line of figures
    assert "noise: none" not in printed(figures, 80)


def test_what_is_written_can_be_read_anywhere(scores: pd.DataFrame, tmp_path: Path) -> None:
    figures = exam_figures(scores)
    about = {"run": "runs/a", "part": "test", "store": "data/made"}
    write_figures(tmp_path, figures, [ExamRow(AUDIO_VISUAL, lambda m: m.voices, "abc")], {"audio-only": "why"}, about)
    told = json.loads((tmp_path / "exam.json").read_text(), parse_constant=pytest.fail)
    assert {name: told[name] for name in about} == about
    assert (told["rows"], told["missing"]) == ({AUDIO_VISUAL: "abc"}, {"audio-only": "why"})
    assert len(told["figures"]) == len(figures) == len(pd.read_csv(tmp_path / "figures.csv"))
    assert told["figures"][0] | {"low": 0, "high": 0} == {
        "row": MIXTURE, "K": 2, "snr": None, "sexes": "all", "figure": "si_sdri", "value": -2.0, "low": 0, "high": 0,
        "groups": 4, "mixtures": 8,
    }  # fmt: skip
