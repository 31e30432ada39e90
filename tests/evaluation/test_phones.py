import math

import numpy as np

from avss.evaluation.phones import FrameReadings, speaking_auc
from avss.speech.phones import PHONES

SIL, B, P, T = (PHONES.index(phone) for phone in ("SIL", "B", "P", "T"))
FRAMES = FrameReadings(
    truth=np.array([SIL, B, B, T]),
    guess=np.array([B, B, P, P]),
    heard=np.array([SIL, B, P, P]),
    speaking=np.array([-1.0, 0.5, -2.0, 3.0]),
    clips=np.array([0, 0, 1, 1]),
    speakers=np.array(["s1", "s1", "s2", "s2"]),
)


def test_frames_are_taken_with_all_that_is_known_of_them() -> None:
    of_second = FRAMES.take(FRAMES.speakers == "s2")
    assert (of_second.truth.tolist(), of_second.clips.tolist()) == ([B, T], [1, 1])
    assert FRAMES.spoken.truth.tolist() == [B, B, T]


def test_a_phone_that_looks_alike_is_a_right_viseme_and_a_wrong_phone() -> None:
    assert FRAMES.spoken.right_phones.tolist() == [True, False, False]
    assert FRAMES.spoken.right_visemes.tolist() == [True, True, False]


def test_speaking_is_ranked_above_silence_in_two_pairs_of_three() -> None:
    assert speaking_auc(FRAMES) == 2 / 3
    assert math.isnan(speaking_auc(FRAMES.spoken))
