"""Voices that are buzzes of different pitch, with faces that move as loudly as their owner buzzes, and small models."""

from pathlib import Path

import numpy as np
import pytest
import torch

from avss.data.bank_reading import speech_level
from avss.data.voice_bank import VoiceBank
from avss.models.audio_visual import AudioVisualSeparator
from avss.models.face_to_speaker import FaceToSpeaker
from avss.models.frontend import Frontend
from avss.models.lip2phone import Lip2Phone
from avss.models.mouth_pca import MouthPCA
from avss.models.separators.cues import VisualCues, VoiceNumbers
from avss.models.separators.separator import Separator
from avss.models.separators.tcn import TCN

SPEAKERS, CLIPS, T = "abcd", 2, 12


@pytest.fixture(scope="session")
def buzzing_bank() -> VoiceBank:
    """Speakers a, b, c, d, two clips of 12 frames each; loud and silent frames alternate at random."""
    rng = np.random.default_rng(0)
    ids = [f"{speaker}/{number}" for speaker in SPEAKERS for number in range(CLIPS)]
    time = np.arange(640 * T) / 16_000
    loud = rng.integers(0, 2, (len(ids), T))
    loud[:, 0] = 1
    pitch = [150 + 40 * SPEAKERS.index(clip_id[0]) for clip_id in ids]
    buzz = np.stack([sum(np.sin(2 * np.pi * f * n * time) / n for n in range(1, 9)) for f in pitch])
    audio = (3000 * buzz * np.repeat(loud, 640, axis=1)).astype(np.int16)
    points = np.tile(np.linspace(0.8, 1.4, 18, dtype=np.float32).reshape(9, 2), (len(ids), T, 1, 1))
    points[:, :, 3, 1] += 0.3 * loud
    mouth = np.broadcast_to(200 * loud[:, :, None, None], (len(ids), T, 32, 48)).astype(np.uint8)
    bank = VoiceBank(
        tuple(ids),
        tuple(clip_id[0] for clip_id in ids),
        ("m", "f") * (len(ids) // 2),
        np.full(len(ids), T),
        torch.from_numpy(audio),
        torch.tensor([speech_level(wave) for wave in audio], dtype=torch.float32),
        torch.ones(len(ids), T, dtype=torch.bool),
    )
    stills = {
        "shape": torch.from_numpy(rng.normal(size=(len(ids), 68, 2)).astype(np.float32)),
        "picture": torch.zeros(len(ids), 64, 64, 3, dtype=torch.uint8),
    }
    return bank.seen_as(
        stills, points=torch.from_numpy(points), mouth=torch.from_numpy(mouth), seen=torch.ones(len(ids), T).bool()
    )


def small_net() -> TCN:
    return TCN(8, width=16, stages=1, blocks=2)


@pytest.fixture
def small_model() -> AudioVisualSeparator:
    """A separator with a frontend of three parts, the weights random."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        pca = MouthPCA(4, (32, 48))
        torch.nn.init.normal_(pca.components, std=0.03)
        frontend = Frontend(Lip2Phone(4, hidden=8, features=8), pca, FaceToSpeaker(17))
        cues = VisualCues(frontend.size, frontend.size - 8, channels=8)
        return AudioVisualSeparator(frontend, Separator(cues, small_net()))


@pytest.fixture
def small_twin() -> Separator:
    """An audio-only separator of up to three voices."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return Separator(VoiceNumbers(3, 8), small_net())


def _beside(folder: Path, name: str) -> Path:
    found = folder.parent / name
    if not found.is_dir():
        pytest.skip(f"no real data in {found}")
    return found


@pytest.fixture(scope="session")
def real_noise(real_grid: Path) -> Path:
    """Folder of real noise."""
    return _beside(real_grid, "noise")


@pytest.fixture(scope="session")
def real_talkers(real_grid: Path) -> Path:
    """Folder of real people who talk, a folder each."""
    return _beside(real_grid, "speech") / "vctk"
