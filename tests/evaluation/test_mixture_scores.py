"""Scores of one mixture, whose outputs are known to be right, swapped, silent or leaking."""

import pytest
import torch
from torch import Tensor

from avss.evaluation.mixture_scores import MixtureJudge, MixtureScores

ALL = torch.tensor([True, True])


def judged(voices: Tensor, heard: Tensor, estimates: Tensor) -> MixtureScores:
    return MixtureJudge(voices.sum(dim=0), voices, heard, torch.ones_like(heard)).judge(estimates)


def test_the_mixture_itself_gains_nothing(voices: Tensor) -> None:
    scores = judged(voices[:2], ALL, voices[:2].sum(dim=0).expand(2, -1))
    assert (scores.si_sdri, scores.sdri, scores.failed) == (0, 0, 0)
    assert scores.si_sdr == pytest.approx(0, abs=1)
    assert scores.leakage is None


def test_right_voices_in_the_wrong_order_are_confused_and_fail(voices: Tensor) -> None:
    estimates = voices[:2] + 0.1 * voices[2]
    right, swapped = (judged(voices[:2], ALL, order) for order in (estimates, estimates.flip(0)))
    assert (right.confused, right.failed) == (0, 0)
    assert right.si_sdri == pytest.approx(20, abs=1)
    assert right.sdri and right.sdri > 15
    assert (swapped.confused, swapped.failed) == (1, 1)
    assert swapped.si_sdri and swapped.si_sdri < -10


def test_shares_are_of_the_faces_that_speak(voices: Tensor) -> None:
    spoken = voices[:3]
    estimates = torch.stack([spoken[0], spoken[2], spoken[2]])
    scores = judged(spoken, torch.ones(3, dtype=torch.bool), estimates + 0.01 * voices[3])
    assert scores.confused == scores.failed == pytest.approx(1 / 3)


def test_of_a_silent_face_only_what_leaks_counts(voices: Tensor) -> None:
    heard = torch.tensor([True, False, True])
    spoken = voices[:3] * heard[:, None]
    leaking = spoken.clone()
    leaking[1] = 0.1 * spoken.sum(dim=0)
    quiet, loud = judged(spoken, heard, spoken), judged(spoken, heard, leaking)
    assert quiet.leakage == -100
    assert loud.leakage == pytest.approx(-20)
    assert loud.si_sdri is loud.confused is None


def test_company_is_not_judged_but_a_voice_may_be_confused_with_it(voices: Tensor) -> None:
    spoken = voices[[0, 2, 3]]
    judge = MixtureJudge(spoken.sum(dim=0), spoken, torch.ones(3, dtype=torch.bool), torch.tensor([True, False, True]))
    estimates = spoken + 0.1 * spoken.sum(dim=0)
    right = judge.judge(estimates)
    estimates[1] = voices[1]
    assert judge.judge(estimates) == right
    assert (right.confused, right.failed) == (0, 0)
    estimates[2] = spoken[1]
    assert judge.judge(estimates).confused == judge.judge(estimates).failed == 0.5


def test_one_face_alone_is_never_confused(voices: Tensor) -> None:
    mixture = voices[0] + 0.5 * voices[1]
    judge = MixtureJudge(mixture, voices[:1], torch.tensor([True]), torch.tensor([True]))
    assert judge.judge(voices[1:2]).confused == 0
    assert judge.judge(voices[1:2]).failed == 1


def test_a_mixture_in_which_nobody_speaks_is_refused(voices: Tensor) -> None:
    for heard, asked in ((~ALL, ALL), (ALL, ~ALL), (torch.tensor([True, False]), torch.tensor([False, True]))):
        with pytest.raises(ValueError, match="no face of the mixture is heard and judged"):
            MixtureJudge(voices[0], voices[:2], heard, asked)
