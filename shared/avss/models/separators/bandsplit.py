"""The family for GPUs: recurrence over time within each band, and over the bands within each frame.

After Y. Luo, J. Yu, "Music source separation with band-split RNN", TASLP 2023.
"""

from torch import Tensor, nn

from avss.models.separators.bands import BandNet, Bands
from avss.models.separators.spectrum import Spectrum
from avss.models.separators.streams import Fusion, Streams

WINDOW, HOP = 512, 128

# How many bands, how many bins each (31.25 Hz a bin): to 2 kHz, to 4 kHz, to 8 kHz.
_LAYOUT = ((16, 4), (8, 8), (8, 16))
_TIME, _BAND = 3, 2  # dimensions of streams [N,H,bands,L]


class BandSplit(BandNet):
    """A mixture and cues to voices; of the last bin, at 8 kHz, all get the same share.

    Args:
        cues: C, channels of the cues.
        width: H, size of a band's vector.
        stages: rounds over time and bands.
        hidden: size of the recurrent nets, in each direction.
        fusion: how the cues come in.
    """

    def __init__(self, cues: int, width: int = 48, stages: int = 4, hidden: int = 64, fusion: Fusion = "film") -> None:
        super().__init__()
        self.cues, self.width, self.stages, self.hidden, self.fusion = cues, width, stages, hidden, fusion
        self.spectrum = Spectrum(WINDOW, HOP)
        self.bands = Bands(_LAYOUT, width)
        rounds = [
            nn.Sequential(_Recurrence(width, hidden, _TIME), _Recurrence(width, hidden, _BAND)) for _ in range(stages)
        ]
        self.streams = Streams(rounds, width, cues, fusion)
        self.norm = nn.GroupNorm(1, width)


class _Recurrence(nn.Module):
    """[N,H,bands,L] → the same: recurrence along one of the last two dimensions, with a residual."""

    def __init__(self, width: int, hidden: int, along: int) -> None:
        super().__init__()
        self.along, self.other = along, _TIME + _BAND - along
        self.norm = nn.GroupNorm(1, width)
        self.net = nn.LSTM(width, hidden, batch_first=True, bidirectional=True)
        self.out = nn.Linear(2 * hidden, width)

    def forward(self, streams: Tensor) -> Tensor:
        rows = self.norm(streams).permute(0, self.other, self.along, 1)  # [N,other,along,H]
        said = self.out(self.net(rows.flatten(0, 1))[0]).unflatten(0, rows.shape[:2])
        back = (0, 3, 1, 2) if self.along == _TIME else (0, 3, 2, 1)
        return streams + said.permute(back)
