"""Scores are kept as long as what they depend on is the same."""

from pathlib import Path

import numpy as np
import pytest

from avss.errors import StoreError
from avss.evaluation.score_book import ScoreBook

WANTED = {("a", "k2-0000"): "1", ("a", "k2-0001+0dB"): "2", ("b", "k2-0000"): "3"}


def filled(path: Path) -> ScoreBook:
    book = ScoreBook(path, WANTED)
    for number, pair in enumerate(WANTED):
        book.add(pair, {"snr": None if number else 0.1, "speakers": "007", "si_sdr": np.pi * number})
    book.write()
    return book


def test_scores_come_back_and_in_the_order_that_is_wanted(tmp_path: Path) -> None:
    written = filled(tmp_path / "scores.csv").table()
    reversed_wanted = dict(reversed(WANTED.items()))
    read = ScoreBook(tmp_path / "scores.csv", reversed_wanted)
    assert not read.missing
    assert read.table().si_sdr.tolist() == pytest.approx(written.si_sdr.tolist()[::-1], rel=1e-12)
    assert read.table().id.tolist() == ["k2-0000", "k2-0001+0dB", "k2-0000"]
    assert set(read.table().speakers) == {"007"}
    assert read.table().snr.isna().sum() == 2


def test_what_depends_on_something_new_or_is_new_is_missing(tmp_path: Path) -> None:
    filled(tmp_path / "scores.csv")
    book = ScoreBook(tmp_path / "scores.csv", WANTED | {("b", "k2-0000"): "4", ("c", "k2-0000"): "5"})
    assert book.missing == {("b", "k2-0000"), ("c", "k2-0000")}
    assert len(book.table()) == 2


def test_what_is_not_wanted_is_forgotten(tmp_path: Path) -> None:
    filled(tmp_path / "scores.csv")
    ScoreBook(tmp_path / "scores.csv", {("a", "k2-0000"): "1"}).write()
    assert ScoreBook(tmp_path / "scores.csv", WANTED).missing == set(list(WANTED)[1:])


@pytest.mark.parametrize("content", ["", "a,b\n1,2\n", 'row,id\n"x'])
def test_a_damaged_file_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "scores.csv").write_text(content)
    with pytest.raises(StoreError, match="remove it"):
        ScoreBook(tmp_path / "scores.csv", WANTED)
