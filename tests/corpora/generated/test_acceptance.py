"""The acceptance of a population: measured on real files, and judged against what is wanted."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from rich.console import Console

from avss.corpora.generated.acceptance import measure_acceptance
from avss.corpora.generated.acceptance_report import AcceptanceReport, Cost, Identity
from avss.corpora.generated.cast.face_sheet import draw_face_sheet
from avss.corpora.generated.cast.speaker import draw_speaker
from avss.corpora.generated.lips.realism import REAL_LIPS, LipStatistics
from avss.errors import CorpusError

LIPS = LipStatistics(opening=0.12, middle=0.5, speed=0.14, rest=0.2, variety=0.15)
GOOD = Identity(1, (), 1.0, 0.95, 0.2, (Cost(0.1, 0.4, 0.1),), LIPS, None)


def printed(report: AcceptanceReport) -> str:
    console = Console(width=140, record=True, file=None, quiet=True)
    with console.capture() as capture:
        console.quiet = False
        console.print(report)
    return capture.get()


@pytest.fixture(scope="module")
def report() -> AcceptanceReport:
    return measure_acceptance(speakers=1, clips=2, seed=7, jobs=1)


def test_a_generated_speaker_is_measured_from_its_files(report):
    (identity,) = report.identities
    assert report.failures == []
    assert identity.tracked == 1
    assert identity.correlation > 0.85
    assert len(identity.costs) == 2
    assert all(part > 0 for cost in identity.costs for part in (cost.voice, cost.render, cost.encode))
    assert identity.shown_lips is not None
    assert identity.shown_lips.opening < identity.drawn_lips.opening * 1.2


def test_the_report_shows_every_figure(report):
    text = printed(report)
    for words in (
        "frames with a face found",
        "median r",
        "worst",
        "turned down",
        "voice, render, encode",
        "nearly closed",
    ):
        assert words in text
    assert "generated, by landmarks" in text


@pytest.mark.parametrize("speakers, clips", [(0, 1), (1, 0), (641, 1)])
def test_counts_out_of_range_are_refused(speakers, clips):
    with pytest.raises(CorpusError, match="speakers with"):
        measure_acceptance(speakers, clips, seed=7, jobs=1)


def test_landmarks_that_are_not_there_are_refused(tmp_path):
    with pytest.raises(CorpusError, match=r"no sN\.npz"):
        measure_acceptance(1, 1, seed=7, jobs=1, real_landmarks=tmp_path)


def test_a_good_population_is_accepted():
    assert AcceptanceReport([GOOD], [], REAL_LIPS).accepted


@pytest.mark.parametrize(
    "bad",
    [
        replace(GOOD, tracked=0.9),
        replace(GOOD, correlation=0.5),
        replace(GOOD, costs=(Cost(0.5, 0.5, 0.5),)),
    ],
)
def test_a_population_that_misses_one_aim_is_not_accepted(bad):
    assert not AcceptanceReport([bad], [], REAL_LIPS).accepted


def test_speakers_that_could_not_be_measured_are_named_and_not_accepted():
    report = AcceptanceReport([GOOD], ["s2: no face"], REAL_LIPS)
    assert not report.accepted
    assert "s2: no face" in printed(report)


def test_no_identity_at_all_is_said_so():
    report = AcceptanceReport([], ["s1: no face"], REAL_LIPS)
    assert not report.accepted
    assert "no identity could be measured" in printed(report)


def test_the_face_sheet_shows_a_row_per_face_and_marks_landmarks(tmp_path):
    faces = [draw_speaker(7, 1).face]
    draw_face_sheet(tmp_path / "plain.png", faces, landmarks=False)
    draw_face_sheet(tmp_path / "marked.png", faces)
    plain, marked = (np.asarray(cv2.imread(str(tmp_path / name)), int) for name in ("plain.png", "marked.png"))
    assert plain.shape[1] > 6 * plain.shape[0]
    assert 500 < (np.abs(plain - marked).max(axis=2) > 40).sum() < 0.2 * plain.shape[0] * plain.shape[1]
