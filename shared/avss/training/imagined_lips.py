"""Talkers who were never filmed, as faces: a net learns from the training clips which features go with which sound.

What limits separators on real clips is the number of voices they have met. The net is small, learns in less than a
minute, and learns anew with every training, so that its features are those of the frontend at hand; that has to stay
as it is, for nobody can look at imagined lips again.

It is a plain loop, not Lightning's: a trainer cannot run inside the processes of another.
"""

from dataclasses import replace

import torch
from rich.console import Console
from rich.progress import track
from torch import Tensor
from torch.optim import AdamW

from avss.data.bank_pace import join
from avss.data.mixture_recipe import Sources
from avss.data.sixteen_bits import FULL_SCALE
from avss.data.voice_bank import VoiceBank
from avss.errors import SettingsError
from avss.models.voice_to_lips import VoiceToLips
from avss.rates import samples_in
from avss.training.cached_features import without_features
from avss.training.rate_schedule import share_of_rate

_FEATURES = "features"

STEPS, _BATCH, _RATE, _DECAY, _LARGEST_GRADIENT = 700, 24, 3e-3, 0.01, 5.0
_AT_ONCE = 64  # clips


def with_imagined_lips(train: Sources, valid: Sources, *, seed: int, steps: int = STEPS) -> Sources:
    """The sources of a training, with the unseen talkers among the faces; they are heard without their face as well.

    How well lips are imagined of people who validate is printed.

    Args:
        train: its faces have features, and its talkers are not seen.
        valid: of the same frontend.
        seed: of the net.
        steps: it learns for.

    Raises:
        SettingsError: there are no talkers, or faces whose features are not computed beforehand.
    """
    if train.others is None:
        do = "name a folder of sound as talkers, or imagine no lips"
        raise SettingsError("lips shall be imagined of nobody", "people who are not seen", do)
    if _FEATURES not in train.bank.frames:
        do = "keep the frontend as it is, or imagine no lips"
        raise SettingsError("lips shall be imagined for a frontend that learns", "one that is frozen", do)
    if not train.bank.frames[_FEATURES].any():  # an audio-only twin hears the same people
        return replace(train, bank=join([train.bank, without_features(train.others)]))
    net = learn_lips(train.bank, seed=seed, steps=steps)
    told = explained(net, valid.bank, valid.company)
    line = (
        f"lips of {len(train.others.roster.names)} talkers imagined: of strangers, {told:.2f} of what is seen is told"
    )
    Console().print(line, soft_wrap=True, markup=False, highlight=False)
    return replace(train, bank=join([train.bank, imagined(net, train.others)]))


def learn_lips(bank: VoiceBank, *, seed: int, steps: int = STEPS) -> VoiceToLips:
    """A net that has learned from the clips of a bank with features which of them go with which sound.

    Args:
        bank: of the training speakers.
        seed: of weights, batches and dropout.
        steps: batches.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        net = VoiceToLips(bank.frames[_FEATURES].shape[-1])
        optimizer = AdamW(net.parameters(), _RATE, weight_decay=_DECAY)
        for step in track(range(steps), "learning to imagine lips", transient=True):
            for group in optimizer.param_groups:
                group["lr"] = _RATE * share_of_rate(step / steps)
            clips = torch.randint(len(bank), (_BATCH,))
            seen = bank.valid[clips]
            error = (net(_voices(bank, clips), _inside(bank, clips)) - bank.frames[_FEATURES][clips].float()).square()
            optimizer.zero_grad()
            (error.mean(-1) * seen).sum().div(seen.sum().clamp(min=1)).backward()
            torch.nn.utils.clip_grad_norm_(net.parameters(), _LARGEST_GRADIENT)
            optimizer.step()
    return net.eval()


@torch.no_grad()
def imagined(net: VoiceToLips, talkers: VoiceBank) -> VoiceBank:
    """Talkers with imagined features, float16 [N,T,D], and seen as long as their clips last."""
    lengths = torch.from_numpy(talkers.lengths)
    features = torch.zeros(len(talkers), talkers.T, net.out.out_features, dtype=torch.float16)
    # Clips of like lengths go together, so that none is looked at beyond its end for long.
    for clips in track(lengths.argsort().split(_AT_ONCE), "imagining lips", transient=True):
        T = int(lengths[clips].max())
        voices, inside = _voices(talkers, clips)[:, : samples_in(T)], _inside(talkers, clips)[:, :T]
        features[clips, :T] = net(voices, inside).half()
    return replace(talkers, valid=_inside(talkers, torch.arange(len(talkers)))).seen_as(features=features)


@torch.no_grad()
def explained(net: VoiceToLips, bank: VoiceBank, left_out: frozenset[str] = frozenset()) -> float:
    """R², the share of the change of features over clips that is told from the sound; 0 is to tell their mean.

    Args:
        net: has not learned from them.
        bank: with features.
        left_out: names of speakers who do not count.
    """
    error = total = 0.0
    asked = torch.tensor([number for number, name in enumerate(bank.speakers) if name not in left_out])
    for clips in asked.split(_AT_ONCE):
        seen = bank.valid[clips][..., None].float()
        features = bank.frames[_FEATURES][clips].float()
        mean = (features * seen).sum(1, keepdim=True) / seen.sum(1, keepdim=True).clamp(min=1)
        told = net(_voices(bank, clips), _inside(bank, clips))
        error += float(((features - told).square() * seen).sum())
        total += float(((features - mean).square() * seen).sum())
    return 1 - error / total if total else 0.0


def _voices(bank: VoiceBank, clips: Tensor) -> Tensor:
    """Clips [B] at level 1, [B,640·T]."""
    return bank.audio[clips] / (FULL_SCALE * bank.level[clips])[:, None]


def _inside(bank: VoiceBank, clips: Tensor) -> Tensor:
    """Which frames the clips [B] last, bool [B,T]."""
    return torch.arange(bank.T) < torch.from_numpy(bank.lengths)[clips][:, None]
