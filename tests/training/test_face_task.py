import math

import numpy as np
import pytest
import torch
from torch.nn import functional

from avss.training.face_task import contrastive, masked_error


def test_the_regression_ignores_what_a_voice_does_not_tell() -> None:
    predicted, voice = torch.zeros(2, 3), torch.tensor([[1.0, 2.0, 9.0], [1.0, 9.0, 9.0]])
    known = torch.tensor([[True, True, False], [True, False, False]])
    assert masked_error(predicted, voice, known).item() == pytest.approx((1 + 4 + 1) / 3)
    assert masked_error(predicted, voice, torch.zeros_like(known)).item() == 0


def test_the_match_is_near_zero_for_the_truth_and_the_log_of_the_batch_for_a_guess() -> None:
    faces = torch.eye(6, 64)
    assert contrastive(faces, faces, 0.05).item() < 1e-6
    assert contrastive(faces, functional.normalize(torch.ones(6, 64), dim=1), 0.2).item() == pytest.approx(math.log(6))
    assert contrastive(faces, faces.roll(1, 0), 0.05).item() > 10


def test_the_match_treats_faces_and_voices_alike() -> None:
    rng = torch.Generator().manual_seed(0)
    faces, voices = (functional.normalize(torch.randn(5, 64, generator=rng), dim=1) for _ in range(2))
    assert contrastive(faces, voices, 0.2).item() == pytest.approx(contrastive(voices, faces, 0.2).item())
    order = np.random.default_rng(0).permutation(5)
    assert contrastive(faces[order], voices[order], 0.2).item() == pytest.approx(contrastive(faces, voices, 0.2).item())
