"""What a batch of mixtures is made of: who speaks when and how loud, what is seen, and what else is heard.

A recipe is numbers only, some kB a batch. :mod:`avss.data.mixture_draw` draws one, :mod:`avss.data.exam_list` reads one
from a list, and :func:`avss.data.mixing.mix` makes sound and features of it on the device that holds the clips.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from avss.data.noise import NoiseBank
from avss.data.rooms import RoomBank
from avss.data.voice_bank import VoiceBank

# In the place of a frame that shows nothing, of the noise of a mixture without noise, and of the room of one without.
NONE = -1


class Talk(NamedTuple):
    """Clips that are heard in B mixtures, M in each.

    Attributes:
        clip: int64 [B,M], number of the clip in its bank.
        delay: int64 [B,M], frame of the mixture at which the clip begins; negative when its beginning is cut off.
        gain: float32 [B,M], dB, relative to the common level of all voices.
    """

    clip: Tensor
    delay: Tensor
    gain: Tensor


class Recipe(NamedTuple):
    """B mixtures of K faces and E people who are not seen, T frames long.

    Attributes:
        faces: the clips of the faces, [B,K].
        heard: bool [B,K]; a face that is not heard is there and silent.
        judged: bool [B,K]; a face that is not judged is company.
        frame: int64 [B,K,T], the frame of the clip that is seen in each frame of the mixture, or −1.
        others: the clips of people who are heard and not seen, [B,E].
        noise: int64 [B], number of the track, or −1.
        noise_offset: int64 [B], sample at which the track is entered.
        snr: float32 [B], level of the voices above the noise, dB.
        room: int64 [B], or −1.
    """

    faces: Talk
    heard: Tensor
    judged: Tensor
    frame: Tensor
    others: Talk
    noise: Tensor
    noise_offset: Tensor
    snr: Tensor
    room: Tensor

    @property
    def T(self) -> int:  # noqa: N802
        """Frames of the mixtures."""
        return self.frame.shape[-1]

    def each(self, change: Callable[[Tensor], Tensor]) -> "Recipe":
        """The recipe with every tensor changed."""
        return Recipe(
            Talk(*map(change, self.faces)),
            change(self.heard),
            change(self.judged),
            change(self.frame),
            Talk(*map(change, self.others)),
            change(self.noise),
            change(self.noise_offset),
            change(self.snr),
            change(self.room),
        )

    def to(self, device: torch.device | str) -> "Recipe":
        """The same recipe on ``device``."""
        return self.each(lambda tensor: tensor.to(device))

    def rows(self, rows: slice) -> "Recipe":
        """Some of the mixtures."""
        return self.each(lambda tensor: tensor[rows])


@dataclass(frozen=True)
class Sources:
    """Everything mixtures are made from.

    Attributes:
        bank: the clips of the faces.
        others: the clips of people who are not seen; those of ``bank`` when left out.
        noise, rooms: left out, there is none.
        company: names of the speakers of ``bank`` who only keep others company (:mod:`avss.data.company`).
        own: names of the speakers of ``bank`` who are of the corpus that is asked about.
        own_share: share of the faces that are of ``own``, of whom and of others there are some; ``None`` draws
            everybody as often.
    """

    bank: VoiceBank
    others: VoiceBank | None = None
    noise: NoiseBank | None = None
    rooms: RoomBank | None = None
    company: frozenset[str] = frozenset()
    own: frozenset[str] = frozenset()
    own_share: float | None = None

    @property
    def unseen(self) -> VoiceBank:
        """The clips of people who are not seen."""
        return self.bank if self.others is None else self.others

    @cached_property
    def joins(self) -> np.ndarray:
        """Which speakers of the bank's roster only keep others company, bool [n]."""
        return _among(self.bank.roster.names, self.company)

    @cached_property
    def odds(self) -> np.ndarray:
        """How likely each speaker of the bank's roster is to be drawn, float [n], up to a factor."""
        names = self.bank.roster.names
        if self.own_share is None:
            return np.ones(len(names))
        own = _among(names, self.own)
        return np.where(own, self.own_share / own.sum(), (1 - self.own_share) / (~own).sum())

    def to(self, device: torch.device | str) -> "Sources":
        """The same sources on ``device``."""
        return replace(
            self,
            bank=self.bank.to(device),
            others=None if self.others is None else self.others.to(device),
            noise=None if self.noise is None else self.noise.to(device),
            rooms=None if self.rooms is None else self.rooms.to(device),
        )


def _among(names: np.ndarray, some: Collection[str]) -> np.ndarray:
    """Which of the names [n] are among some, bool [n]."""
    return np.isin(names, np.array(sorted(some), str))


def seen_frames(delay: np.ndarray, lengths: np.ndarray, time: np.ndarray) -> np.ndarray:
    """The frame of each clip that is seen at each moment, int64 [B,K,T], or −1 before its beginning and after its end.

    Args:
        delay: [B,K], frame of the mixture at which the clip begins.
        lengths: [B,K], frames of the clip.
        time: the frame of the mixture that is seen in each frame, broadcast to [B,K,T].
    """
    frame = time - delay[..., None]
    return np.where((frame >= 0) & (frame < lengths[..., None]), frame, NONE)
