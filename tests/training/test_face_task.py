import math

import numpy as np
import pytest
import torch

from avss.models.face_to_speaker import match
from avss.training.face_task import contrastive


def test_the_match_is_near_zero_for_the_truth_and_the_log_of_the_batch_for_a_guess() -> None:
    voices = 10 * torch.eye(6, 64)
    assert contrastive(match(voices, voices)).item() < 1e-6
    assert contrastive(match(voices.mean(dim=0).expand(6, 64), voices)).item() == pytest.approx(math.log(6))
    assert contrastive(match(voices, voices.roll(1, 0))).item() > 10


def test_the_match_treats_faces_and_voices_alike() -> None:
    scores = torch.randn(5, 5, generator=torch.Generator().manual_seed(0))
    assert contrastive(scores).item() == pytest.approx(contrastive(scores.T).item())
    order = np.random.default_rng(0).permutation(5)
    assert contrastive(scores[order][:, order]).item() == pytest.approx(contrastive(scores).item())
