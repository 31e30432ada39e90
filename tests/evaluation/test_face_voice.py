import math

import numpy as np
import pytest
import torch

from avss.data.faces import FaceBatch, Faces
from avss.errors import CorpusError
from avss.evaluation.face_voice import evaluate_faces, r_squared, retrieval
from avss.models.face_to_speaker import FaceToSpeaker
from avss.speech.voice_signature import NAMES

SPEAKERS = [f"s{n}" for n in range(12) for _ in range(4)]
KNOWN = np.ones(len(SPEAKERS), bool)


def of_speaker(seed: int) -> np.ndarray:
    """A number per speaker, repeated for its clips."""
    return np.repeat(np.random.default_rng(seed).normal(size=12), 4)


def test_r_squared_is_one_for_the_truth_and_zero_for_the_mean() -> None:
    true = of_speaker(0)
    assert r_squared(true, true, KNOWN, SPEAKERS).value == pytest.approx(1)
    assert r_squared(np.full_like(true, true.mean()), true, KNOWN, SPEAKERS).value == pytest.approx(0)
    interval = r_squared(true + 0.5 * of_speaker(1), true, KNOWN, SPEAKERS)
    assert interval.low < interval.value < interval.high < 1
    assert interval.groups == 12


def test_unknown_numbers_do_not_count() -> None:
    true, predicted, known = of_speaker(0), of_speaker(0), KNOWN.copy()
    predicted[:4], known[:4] = 100, False
    assert r_squared(predicted, true, known, SPEAKERS).value == pytest.approx(1)


def test_a_number_that_nobody_tells_or_that_never_varies_has_no_r_squared() -> None:
    assert math.isnan(r_squared(of_speaker(0), of_speaker(0), ~KNOWN, SPEAKERS).value)
    assert math.isnan(r_squared(of_speaker(0), np.ones(48), KNOWN, SPEAKERS).value)


def test_the_own_voice_is_picked_when_its_score_is_highest() -> None:
    names = np.array(SPEAKERS)
    top1, candidates = retrieval((names[:, None] == names).astype(float), SPEAKERS)
    assert (top1.value, candidates) == (1, 10)


def test_random_scores_and_equal_scores_are_no_better_than_chance() -> None:
    scores = np.random.default_rng(0).normal(size=(48, 48))
    top1, candidates = retrieval(scores, SPEAKERS)
    assert top1.low < 1 / candidates < top1.high
    assert retrieval(np.zeros((48, 48)), SPEAKERS)[0].value == 0


def test_a_face_is_asked_for_the_voice_of_another_clip() -> None:
    only_its_own_clip = np.eye(48)
    assert retrieval(only_its_own_clip, SPEAKERS)[0].value == 0


def test_with_fewer_than_ten_speakers_all_are_candidates_and_one_is_refused() -> None:
    assert retrieval(np.eye(8), SPEAKERS[:8])[1] == 2
    with pytest.raises(CorpusError, match="all faces are of one speaker, s0"):
        retrieval(np.eye(4), SPEAKERS[:4])


def test_a_report_has_a_row_for_every_number_and_for_the_retrieval() -> None:
    rng = torch.Generator().manual_seed(0)
    voice = torch.randn(48, len(NAMES), generator=rng)
    known = torch.ones(48, len(NAMES), dtype=torch.bool)
    known[:, 0] = False
    shape, face = torch.randn(48, 68, 2, generator=rng), torch.zeros(48, 64, 64, 3, dtype=torch.uint8)
    report = evaluate_faces(
        FaceToSpeaker(len(NAMES)).eval(), Faces(FaceBatch(shape, face, voice, known), tuple(SPEAKERS), {})
    )
    table = report.table().set_index("figure")
    assert list(table.index) == [*(f"r2_{name}" for name in NAMES[1:]), "top1"]
    assert table.at["top1", "chance"] == report.chance == 0.1
    assert table.at["top1", "candidates"] == report.candidates == 10
    assert not table.isna().any(axis=None)
