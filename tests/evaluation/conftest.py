"""Voices of generated speakers, by themselves and with faces."""

import numpy as np
import pytest
import torch
from torch import Tensor

from avss.corpora.generated.cast.speaker import draw_speaker
from avss.corpora.generated.voice.utterance import say
from avss.corpora.sentence import SENTENCES, Sentence
from avss.data.bank_reading import speech_level
from avss.data.sixteen_bits import as_int16
from avss.data.voice_bank import VoiceBank


@pytest.fixture(scope="session")
def voices() -> Tensor:
    """What four speakers say, float32 [4,48000], each at level 0.05."""
    rng = np.random.default_rng(0)
    sentences = [Sentence.from_number(number) for number in (17, 4_003, 33_333, 60_001)]
    waves = [say(said, draw_speaker(1, n).voice, rng).wave for n, said in enumerate(sentences, start=1)]
    spoken = torch.from_numpy(np.stack(waves))
    return 0.05 * spoken / spoken.square().mean(dim=1, keepdim=True).sqrt()


@pytest.fixture(scope="session")
def seen_bank() -> VoiceBank:
    """What speakers a, b, c (women) and d (a man) say in two clips of 75 frames each, with faces of random points."""
    speakers = [draw_speaker(1, number) for number in range(1, 40)]
    women, men = ([who for who in speakers if who.body.sex == sex] for sex in ("f", "m"))
    cast = {"a": women[0], "b": women[1], "c": women[2], "d": men[0]}
    rng = np.random.default_rng(1)
    ids = [f"{name}/{number}" for name in cast for number in range(2)]
    audio = []
    for name in cast:
        for _ in range(2):
            said = Sentence.from_number(int(rng.integers(SENTENCES)))
            audio.append(as_int16(say(said, cast[name].voice, rng).wave))
    N, T = len(ids), 75
    torch_rng = torch.Generator().manual_seed(0)
    return VoiceBank(
        tuple(ids),
        tuple(clip_id[0] for clip_id in ids),
        tuple(cast[clip_id[0]].body.sex for clip_id in ids),
        np.full(N, T),
        torch.from_numpy(np.stack(audio)),
        torch.tensor([speech_level(wave) for wave in audio], dtype=torch.float32),
        torch.ones(N, T, dtype=torch.bool),
        {
            "points": torch.randn(N, T, 9, 2, generator=torch_rng),
            "mouth": torch.zeros(N, T, 0, 0, dtype=torch.uint8),
            "seen": torch.ones(N, T, dtype=torch.bool),
        },
        {"shape": torch.randn(N, 68, 2, generator=torch_rng), "picture": torch.zeros(N, 64, 64, 3, dtype=torch.uint8)},
    )
