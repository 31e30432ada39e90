"""What a separator is worth when its eyes are deceived: controls that tell what the lips of the right face bring.

- **Other lips.** Every face is that of another clip, whose lips say something else: what remains is what the separator
  does without believing its eyes. The clips are of people who are not in the mixture; where everybody is in it (two
  speakers in all), of another speaker than the face's own.
- **Activity.** Of each face it is told only whether it speaks, frame by frame, read off the true voice and so without
  an error. Its features are the mean features of all frames in which somebody speaks, or of all in which somebody
  pauses, the same for every face. The separator was not trained with such features, so this is what it makes of them,
  and not what a net trained for them could.
- **Turned away.** Each face is out of sight for half of the mixture, in one stretch: what is heard of a voice has to
  tell it from the others meanwhile.
- **Exchanged faces.** In a whole bank each voice has the face of somebody else, always the same. A net that learns from
  it learns what there is to learn without the lips: a control of the training, not of what it ends with.
"""

from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from avss.data.bank_pace import padded
from avss.data.mixing import Mixtures
from avss.data.voice_bank import VoiceBank
from avss.errors import SettingsError, StoreError
from avss.models.frontend import Frontend
from avss.rates import SAMPLES_PER_FRAME
from avss.training.cached_features import with_features

_PAUSE = -30.0  # dB of the loudest frame
_AT_ONCE = 64  # clips


def with_other_lips(mixtures: Mixtures, bank: VoiceBank) -> Mixtures:
    """The same sound, seen with the faces of other clips of ``bank``; a function of the clips of each mixture alone.

    Raises:
        StoreError: no other speaker of the bank has a clip that is not in the mixture.
    """
    clip = torch.from_numpy(np.stack([_other_clips(row, bank) for row in mixtures.clip.cpu().numpy()]))
    clip = clip.to(mixtures.clip.device)
    T = mixtures.valid.shape[-1]

    def seen(array: Tensor) -> Tensor:
        return padded(array[clip.flatten()], T).unflatten(0, clip.shape)  # [B,K,T,…]

    frames = {name: seen(array) for name, array in bank.frames.items()}
    stills = {name: array[clip] for name, array in bank.stills.items()}
    return mixtures._replace(clip=clip, valid=seen(bank.valid), frames=frames, stills=stills)


def turned_away(mixtures: Mixtures) -> Mixtures:
    """The same mixtures, each face out of sight for half of the frames; a function of the clips of each alone."""
    T = mixtures.valid.shape[-1]
    away = T // 2
    begins = [np.random.default_rng(row).integers(0, T - away + 1, len(row)) for row in mixtures.clip.cpu().numpy()]
    begin = torch.from_numpy(np.stack(begins)).to(mixtures.valid.device)[..., None]  # [B,K,1]
    time = torch.arange(T, device=begin.device)
    there = (time < begin) | (time >= begin + away)  # [B,K,T]

    def seen(array: Tensor) -> Tensor:
        return array * there.reshape(*there.shape, *[1] * (array.ndim - 3)).to(array.dtype)

    frames = {name: seen(array) for name, array in mixtures.frames.items()}
    return mixtures._replace(valid=seen(mixtures.valid), frames=frames)


def with_exchanged_faces(bank: VoiceBank) -> VoiceBank:
    """The same voices, each with what is seen in a clip of somebody else, from where both begin.

    Raises:
        SettingsError: one speaker has more than half of the clips.
    """
    order, most = bank.roster.clips, int(bank.roster.count.max())
    if 2 * most > len(bank):
        what = f"one speaker has {most} of {len(bank)} clips"
        raise SettingsError(what, "half of them at most, to exchange faces with others", "prepare more speakers")
    # Among clips in the order of their speakers, the one so many places further on is of another speaker.
    clip = torch.from_numpy(order[np.argsort(order) - most]).to(bank.audio.device)
    return replace(
        bank,
        valid=bank.valid[clip],
        frames={name: array[clip] for name, array in bank.frames.items()},
        stills={name: array[clip] for name, array in bank.stills.items()},
    )


@dataclass(frozen=True)
class Activity:
    """Features of a face of which only is known when it speaks.

    Attributes:
        speaking, pausing: mean features [D] of frames in which somebody speaks, and pauses.
    """

    speaking: Tensor
    pausing: Tensor

    def of(self, voices: Tensor) -> Tensor:
        """Features [B,K,T,D] of faces with these true voices [B,K,S]."""
        return torch.where(speaks(voices)[..., None], self.speaking, self.pausing)


def mean_activity(frontend: Frontend, bank: VoiceBank) -> Activity:
    """The mean features over all clips of a bank with faces.

    Raises:
        StoreError: nobody is ever seen speaking, or pausing.
    """
    features = with_features(bank, frontend, bank.audio.device).frames["features"].float()
    active = torch.cat([speaks(audio.float()) for audio in bank.audio.split(_AT_ONCE)])
    means = [features[bank.frames["seen"] & state].mean(dim=0) for state in (active, ~active)]
    if not all(mean.isfinite().all() for mean in means):
        what = "nobody in the store is seen both speaking and pausing"
        raise StoreError(what, "clips with speech, and a pause before or after it", "prepare other clips")
    return Activity(*means)


def speaks(voices: Tensor) -> Tensor:
    """Whether each frame of voices [...,S] is within 30 dB of their loudest, bool [...,T]; never in silence."""
    power = voices.unflatten(-1, (-1, SAMPLES_PER_FRAME)).square().mean(dim=-1)
    loudest = power.amax(dim=-1, keepdim=True)
    return (power >= loudest * 10 ** (_PAUSE / 10)) & (loudest > 0)


def _other_clips(clips: np.ndarray, bank: VoiceBank) -> np.ndarray:
    """A clip of somebody else for each of the ``clips`` [K] of a mixture."""
    speakers = np.array(bank.speakers)
    free = ~np.isin(np.arange(len(bank)), clips)
    strangers = free & ~np.isin(speakers, speakers[clips])
    rng = np.random.default_rng(clips)
    chosen = []
    for clip in clips:
        candidates = np.flatnonzero(strangers if strangers.any() else free & (speakers != speakers[clip]))
        if not len(candidates):
            what = f"beside {bank.ids[clip]} and the rest of its mixture there is no clip of anybody else"
            raise StoreError(what, "clips with other lips to show", "prepare more clips of the speakers to test on")
        chosen.append(rng.choice(candidates))
    return np.array(chosen)
