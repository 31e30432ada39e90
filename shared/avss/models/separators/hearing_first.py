"""A separator that listens before it is told whose voice is whose: grouping is left to the ear, choosing to the eye.

A net that looks from the start learns by heart how the few people sound whom it sees in training, and is worse on
strangers than one that only listens wherever voices are easy to tell apart. So the same net is run three times:

- it looks: each face's voice, from its lips alone, which is seldom that of another face, but blurred;
- it listens, with its eyes closed: as many voices, sharper, of which nobody knows whose they are;
- it does both: each face's cues, and beside them what the ear called the voice that is most like what was looked for.

In training, steps take turns at the three, so the net stays an ear, and has no need to know people by heart. Only the
last of the three is what comes out; the first two are asked without gradients.

After Y. Liu, D. Wang, "Divide and conquer: a deep CASA approach to talker-independent monaural speaker separation",
TASLP 2019, who part simultaneous from sequential grouping; here the second is done by sight.
"""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Literal

import torch
from torch import Tensor, nn

from avss.models.separators.cues import VisualCues, VoiceNumbers
from avss.models.separators.separator import Separator

Way = Literal["looking", "listening", "both"]

_LESSONS: tuple[Way, ...] = ("listening", "both", "looking", "both")
_DOUBT = 0.1  # how far apart likenesses, at most 1, must be to decide


class HearingFirst(Separator):
    """A net told by lips and by itself whom to listen to.

    Args:
        cues: what is seen of each voice.
        net: one of the families, see :class:`~avss.models.separators.separator.Separator`.
        numbers: what the ear calls the voices; where there are more faces than numbers, it hears as many as those.

    Attributes:
        way: what it does of the three.
    """

    def __init__(self, cues: VisualCues, net: nn.Module, numbers: VoiceNumbers) -> None:
        super().__init__(cues, net)
        self.numbers = numbers
        self.way: Way = "both"

    @contextmanager
    def lesson(self, step: int) -> Generator[Way]:
        """Do, for a while, what is practised in a step of the training.

        Listening is to be taught where no more voices are heard than there are numbers: nothing else tells whom to
        leave out.
        """
        self.way = _LESSONS[step % len(_LESSONS)]
        try:
            yield self.way
        finally:
            self.way = "both"

    def hear(self, mixture: Tensor, cues: Tensor) -> Tensor:
        """Mixture [B,640·T] of level 1 and cues [B,K,C,T] → voices [B,K,640·T].

        While listening, at most as many voices as there are numbers, [B,J,640·T].
        """
        names = self.numbers.constants[: cues.shape[1]]  # [J,C]
        called = names[None, :, :, None].expand(cues.shape[0], -1, -1, cues.shape[-1])
        if self.way == "listening":
            return self.net(mixture, called)
        if self.way == "both":
            with torch.no_grad():
                whose = _whose(self.net(mixture, cues), self.net(mixture, called))
            cues = cues + (whose.to(names.dtype) @ names)[..., None]
        return self.net(mixture, cues)


def _whose(looked: Tensor, listened: Tensor) -> Tensor:
    """How far each of the voices [B,J,S] heard is that of each face [B,K,S], shares [B,K,J]."""
    looked, listened = (nn.functional.normalize(voices.float(), dim=-1) for voices in (looked, listened))
    return (looked @ listened.transpose(-1, -2) / _DOUBT).softmax(-1)
