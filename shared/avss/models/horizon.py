"""How far nets look in time: over whole clips, or only back, as in a stream whose future nobody knows.

The layers of a net are the same but for a few, which are chosen here.
"""

from collections.abc import Callable
from typing import NamedTuple

from torch import nn

from avss.models.causal.layers import CausalConv1d, FrameNorm
from avss.models.causal.spectrum import RunningSpectrum
from avss.models.separators.spectrum import Spectrum
from avss.models.separators.streams import Between


class Horizon(NamedTuple):
    """What a net is made of that looks at more than the present.

    Attributes:
        convolution: of ``inputs`` to ``outputs`` channels with a ``kernel`` and a ``dilation``, as long as it was.
        norm: of streams [N,H,L], given H.
        spectrum: of windows and hops.
        between: cues of the video at the rate of spectra: on a line from one to the next, or held until the next.
    """

    convolution: Callable[[int, int, int, int], nn.Conv1d]
    norm: Callable[[int], nn.Module]
    spectrum: type[Spectrum]
    between: Between


def _centred(inputs: int, outputs: int, kernel: int, dilation: int) -> nn.Conv1d:
    return nn.Conv1d(inputs, outputs, kernel, padding=kernel // 2 * dilation, dilation=dilation)


def _over_all(width: int) -> nn.Module:
    return nn.GroupNorm(1, width)


# Frames of the video of a stream that are seen before the sound of a frame is separated: lips tell a phone better
# once it is over.
AHEAD = 1

WHOLE = Horizon(_centred, _over_all, Spectrum, "linear")
PAST = Horizon(CausalConv1d, FrameNorm, RunningSpectrum, "nearest")
