"""All clips of some speakers, held on the device that trains, from which mixtures are gathered by index.

A clip is 96 kB of sound: the 21 000 training clips of all of GRID are 2 GB, those of the generated corpus 50 MB. So a
batch costs no file and no transfer, only a few indices.

>>> bank = read_bank(PreparedStore(Path("data/generated/prepared")), "train")               # doctest: +SKIP
>>> bank = bank.seen_as(features=features).to("cuda")           # features float16 [N,T,D]    # doctest: +SKIP
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from avss.corpora.clip import Sex
from avss.rates import SAMPLES_PER_FRAME

_PACE = re.compile(r"@\d+(\.\d+)?$")


def at_pace_named(name: str, pace: float) -> str:
    """What a clip or speaker is called at another pace.

    >>> at_pace_named("s1", 0.9)
    's1@0.9'
    """
    return f"{name}@{pace:g}"


def person(speaker: str) -> str:
    """Whose voice a speaker has, whatever the pace.

    >>> person("s1@0.9"), person("s1@generated@1.1"), person("s1@generated")
    ('s1', 's1@generated', 's1@generated')
    """
    return _PACE.sub("", speaker)


class Roster(NamedTuple):
    """The n speakers of a bank, and the clips of each.

    Attributes:
        names: of the speakers, in alphabetical order.
        clips: int64 [N], the clips, those of the first speaker first.
        first: int64 [n], where in ``clips`` those of a speaker begin.
        count: int64 [n], how many there are.
    """

    names: np.ndarray
    clips: np.ndarray
    first: np.ndarray
    count: np.ndarray


@dataclass(frozen=True)
class VoiceBank:
    """N clips of up to T frames, each of one speaker.

    Attributes:
        ids, speakers, sexes: of the clips, [N] each; ``None`` for a sex that is unknown.
        lengths: int64 [N], frames of each clip.
        audio: int16 [N,640·T]; zero after the end of a clip.
        level: float32 [N], root mean square of each voice while it speaks, 1 being full scale.
        valid: bool [N,T], the face is seen.
        frames: what is seen in each frame, by name: [N,T,…] each.
        stills: what is seen in the whole clip, by name: [N,…] each.
    """

    ids: tuple[str, ...]
    speakers: tuple[str, ...]
    sexes: tuple[Sex | None, ...]
    lengths: np.ndarray
    audio: Tensor
    level: Tensor
    valid: Tensor
    frames: Mapping[str, Tensor] = field(default_factory=dict)
    stills: Mapping[str, Tensor] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def T(self) -> int:  # noqa: N802
        """Frames of the longest clip."""
        return self.valid.shape[1]

    @cached_property
    def index(self) -> dict[str, int]:
        """The number of each clip by its id."""
        return {clip_id: number for number, clip_id in enumerate(self.ids)}

    @cached_property
    def roster(self) -> Roster:
        """The speakers and their clips."""
        names, speaker, count = np.unique(self.speakers, return_inverse=True, return_counts=True)
        return Roster(names, np.argsort(speaker, kind="stable"), np.cumsum(count) - count, count)

    @cached_property
    def people(self) -> np.ndarray:
        """Whose voices the speakers of the roster have, [n]: at other paces, several have that of one person."""
        return np.array([person(name) for name in self.roster.names.tolist()])

    @cached_property
    def first_seen(self) -> np.ndarray:
        """int64 [N], the first frame of each clip in which the face is seen, 0 where it never is."""
        return self.valid.int().argmax(dim=1).cpu().numpy()

    def seen_as(self, stills: Mapping[str, Tensor] | None = None, **frames: Tensor) -> "VoiceBank":
        """The same clips, seen in another way: with these arrays in the place of ``frames`` and ``stills``.

        Raises:
            ValueError: an array is not one of N clips of T frames.
        """
        for name, array in frames.items():
            if array.shape[:2] != self.valid.shape:
                raise ValueError(f"'{name}' has the shape {list(array.shape)}; {[*self.valid.shape, '…']} is needed")
        for name, array in (stills or {}).items():
            if len(array) != len(self):
                raise ValueError(f"'{name}' is of {len(array)} clips; the bank has {len(self)}")
        device = self.audio.device
        return replace(
            self,
            frames={name: array.to(device) for name, array in frames.items()},
            stills={name: array.to(device) for name, array in (stills or {}).items()},
        )

    def placed(self, clip: Tensor, delay: Tensor, T: int) -> tuple[Tensor, Tensor]:
        """The sound of clips in each frame of mixtures, on the device of the bank, wherever ``clip`` is.

        Args:
            clip: numbers of the clips, int64 [B,M].
            delay: frame of the mixture at which each begins, int64 [B,M].
            T: frames of the mixture.

        Returns:
            The samples, int16 [B,M,T,640], and in which frames a clip lies, bool [B,M,T]; what the samples are in the
            others means nothing.
        """
        clip, delay = clip.to(self.audio.device), delay.to(self.audio.device)
        frame = torch.arange(T, device=delay.device) - delay[..., None]
        frames = self.audio.unflatten(-1, (-1, SAMPLES_PER_FRAME))
        return frames[clip[..., None], frame.clamp(0, self.T - 1)], (frame >= 0) & (frame < self.T)

    def to(self, device: torch.device | str) -> "VoiceBank":
        """The same bank on ``device``."""
        return replace(
            self,
            audio=self.audio.to(device),
            level=self.level.to(device),
            valid=self.valid.to(device),
            frames={name: array.to(device) for name, array in self.frames.items()},
            stills={name: array.to(device) for name, array in self.stills.items()},
        )
