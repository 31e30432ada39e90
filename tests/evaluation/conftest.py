"""Voices of generated speakers, without their faces."""

import numpy as np
import pytest
import torch
from torch import Tensor

from avss.corpora.generated.cast.speaker import draw_speaker
from avss.corpora.generated.voice.utterance import say
from avss.corpora.sentence import Sentence


@pytest.fixture(scope="session")
def voices() -> Tensor:
    """What four speakers say, float32 [4,48000], each at level 0.05."""
    rng = np.random.default_rng(0)
    sentences = [Sentence.from_number(number) for number in (17, 4_003, 33_333, 60_001)]
    waves = [say(said, draw_speaker(1, n).voice, rng).wave for n, said in enumerate(sentences, start=1)]
    spoken = torch.from_numpy(np.stack(waves))
    return 0.05 * spoken / spoken.square().mean(dim=1, keepdim=True).sqrt()
