"""Sitting an exam: every mixture is judged once for each row, whatever happens in between."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
import torch
from torch import Tensor

from avss.data.exam_list import draw_exam
from avss.data.mixing import Mixtures
from avss.data.mixture_recipe import Sources
from avss.data.noise import coloured_noise
from avss.data.voice_bank import VoiceBank
from avss.errors import ModelError, StoreError
from avss.evaluation.exam import MIXTURES, sit_exam
from avss.evaluation.exam_rows import ExamRow


@pytest.fixture(scope="module")
def sources(seen_bank: VoiceBank) -> Sources:
    return Sources(seen_bank, noise=coloured_noise(seconds=5))


@pytest.fixture(scope="module")
def exam(sources: Sources) -> pd.DataFrame:
    return draw_exam(sources, faces=(2, 3), levels=(None, 0.0), mixtures=3, silent=2)


class Separating:
    """Gives out the true voices with a little of the mixture, and counts what it is asked."""

    def __init__(self, change: Callable[[Tensor], Tensor] = lambda voices: voices) -> None:
        self.asked, self.change = 0, change

    def __call__(self, mixtures: Mixtures) -> Tensor:
        self.asked += len(mixtures.mixture)
        return self.change(mixtures.voices + 0.05 * mixtures.mixture[:, None])


def sit(exam, sources, rows, folder: Path, listened: int = 0, batch: int = 4) -> pd.DataFrame:
    return sit_exam(exam, sources, rows, folder, listened=listened, batch=batch, jobs=1)


def test_every_mixture_is_judged_for_every_row_that_can(exam, sources, tmp_path: Path) -> None:
    rows = [ExamRow("any", Separating()), ExamRow("two", Separating(), most_faces=2)]
    scores = sit(exam, sources, rows, tmp_path, listened=1)
    assert scores[scores.row == "any"].id.tolist() == exam.id.tolist()
    assert scores[scores.row == "two"].id.tolist() == exam.id[exam.K == 2].tolist()
    assert scores.si_sdri.min() > 10
    silent = exam[exam.filter(like="face_").eq("rests").any(axis=1)].id
    assert set(scores.id[scores.leakage.notna()]) == set(scores.id[scores.si_sdri.isna()]) == set(silent)
    assert scores.leakage.dropna().between(-27, -25).all()
    heard = scores[(scores.row == "any") & scores.pesq.notna()]
    assert heard.id.tolist() == ["k2-0000", "k2-0000+0dB", "k3-0000", "k3-0000+0dB"]
    assert heard.pesq.between(1, 4.7).all()
    assert heard.estoi.between(0, 1).all()
    assert heard.pesq.iloc[0] > heard.pesq.iloc[1]


def test_scores_do_not_depend_on_the_batch(exam, sources, tmp_path: Path) -> None:
    one, many = (
        sit(exam, sources, [ExamRow("any", Separating())], tmp_path / f"{batch}", batch=batch) for batch in (1, 12)
    )
    pd.testing.assert_frame_equal(one, many, rtol=1e-6)


def test_an_exam_that_was_stopped_goes_on_where_it_was(exam, sources, tmp_path: Path) -> None:
    class Stopped(Separating):
        def __call__(self, mixtures: Mixtures) -> Tensor:
            if self.asked == 4:
                raise KeyboardInterrupt
            return super().__call__(mixtures)

    with pytest.raises(KeyboardInterrupt):
        sit(exam, sources, [ExamRow("any", Stopped())], tmp_path)
    assert len(pd.read_csv(tmp_path / MIXTURES)) == 4
    again = Separating()
    scores = sit(exam, sources, [ExamRow("any", again)], tmp_path)
    assert again.asked == len(exam) - 4
    pd.testing.assert_frame_equal(scores, sit(exam, sources, [ExamRow("any", Separating())], tmp_path / "whole"))


def test_only_what_changed_is_judged_again(exam, sources, tmp_path: Path) -> None:
    first, second = Separating(), Separating()

    def asked(exam: pd.DataFrame, sources: Sources, weights: str) -> tuple[int, int]:
        first.asked = second.asked = 0
        sit(exam, sources, [ExamRow("first", first), ExamRow("second", second, weights)], tmp_path)
        return first.asked, second.asked

    n = len(exam)
    assert asked(exam, sources, "1") == (n, n)
    assert asked(exam, sources, "1") == (0, 0)
    assert asked(exam, sources, "2") == (0, n)
    louder = exam.assign(gain_1=exam.gain_1.where(exam.index > 0, 9.0))
    assert asked(louder, sources, "2") == (1, 1)
    bank = replace(sources.bank, audio=sources.bank.audio.flip(1))
    assert asked(louder, replace(sources, bank=bank), "2") == (n, n)


def test_a_separator_of_nan_is_named_with_the_mixture(exam, sources, tmp_path: Path) -> None:
    broken = ExamRow("broken", Separating(lambda voices: torch.where(voices > 0.1, torch.nan, voices)))
    with pytest.raises(ModelError, match="'broken' made NaN or infinite numbers of the mixture k2-0000"):
        sit(exam, sources, [broken], tmp_path)


def test_missing_clips_are_told_before_anything_is_separated(exam, sources, tmp_path: Path) -> None:
    bank = replace(sources.bank, ids=("x/0", *sources.bank.ids[1:]))
    row = Separating()
    with pytest.raises(StoreError, match="clips of the exam list are missing: a/0"):
        sit(exam, replace(sources, bank=bank), [ExamRow("any", row)], tmp_path)
    assert row.asked == 0
