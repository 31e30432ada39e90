"""What comes with the package works on real people whom it has never seen."""

from pathlib import Path

import numpy as np
import torch

from avss.commands.weights import USUAL
from avss.evaluation.separation_metrics import si_sdr
from avss.inference.party import mix_party
from avss.inference.separation import separate
from avss.inference.shipped import find_weights
from avss.media.reading import read_sound, read_wave
from avss.rates import samples_in


def test_two_real_strangers_are_heard_better_alone_than_in_the_mixture(real_grid: Path, tmp_path: Path) -> None:
    videos = [min((real_grid / speaker).glob("*.mpg")) for speaker in ("s26", "s31")]
    frames = mix_party(videos, tmp_path / "party").frames
    party, out = tmp_path / "party" / "party.mp4", tmp_path / "out"
    account = separate(party, out, find_weights(USUAL), films=False, jobs=1)
    assert [face.name for face in account.faces] == ["face1", "face2"]
    truth, found = (
        torch.from_numpy(np.stack([read_sound(folder / f"{name}{k}.wav")[: samples_in(frames)] for k in (1, 2)]))
        for folder, name in ((tmp_path / "party", "voice"), (out, "face"))
    )
    mixture = torch.from_numpy(read_wave(party, frames)).expand(2, -1)
    better = si_sdr(estimate=found, reference=truth) - si_sdr(estimate=mixture, reference=truth)
    assert (better > 0).all()
