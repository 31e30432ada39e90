"""The family that learns fastest on CPUs: dilated convolutions over time, the same for all bands of a spectrum.

Where all bins of a frame are channels of one sequence, as in ``tcn``, what is learned of a voice at one pitch has to be
learned again at the next. Here one small net is run in every band, and what the bands tell each other goes through a
narrow layer once a stage.

After Y. Luo, J. Yu, "Music source separation with band-split RNN", TASLP 2023, with the convolutions of Y. Luo,
N. Mesgarani, "Conv-TasNet", TASLP 2019, in the place of recurrence, which CPUs are slow at.
"""

from torch import Tensor, nn

from avss.models.separators.bands import BandNet, Bands
from avss.models.separators.spectrum import Spectrum
from avss.models.separators.streams import Fusion, Streams

WINDOW, HOP = 640, 320  # samples; a window is a frame of the video

# How many bands, how many bins each (25 Hz a bin): to 1.6 kHz, to 4 kHz, to 8 kHz.
_LAYOUT = ((8, 8), (6, 16), (4, 40))

_TOLD = 2  # stages


class BandTCN(BandNet):
    """A mixture and cues to voices; of the last bin, at 8 kHz, all get the same share.

    Args:
        cues: C, channels of the cues.
        width: H, size of a band's vector.
        stages: how often the bands are mixed and the dilations 1, 2, 4, … are run through.
        blocks: dilations of a stage.
        mixed: channels through which the bands tell each other.
        fusion: how the cues come in.
    """

    def __init__(
        self,
        cues: int,
        width: int = 48,
        stages: int = 4,
        blocks: int = 4,
        mixed: int = 128,
        fusion: Fusion = "film",
    ) -> None:
        super().__init__()
        self.cues, self.width, self.stages, self.blocks, self.mixed = cues, width, stages, blocks, mixed
        self.fusion = fusion
        self.spectrum = Spectrum(WINDOW, HOP)
        self.bands = Bands(_LAYOUT, width)
        rows = [
            nn.Sequential(
                _AcrossBands(width, self.bands.count, mixed), *(_OverTime(width, 2**block) for block in range(blocks))
            )
            for _ in range(stages)
        ]
        self.streams = Streams(rows, width, cues, fusion, bands=self.bands.count, told=_TOLD)
        self.norm = nn.GroupNorm(1, width)


class _OverTime(nn.Module):
    """[N,H,bands,L] → the same: a dilated convolution along each band, with a residual."""

    def __init__(self, width: int, dilation: int) -> None:
        super().__init__()
        self.net = nn.Sequential(
            nn.GroupNorm(1, width),
            nn.Conv2d(width, width, (1, 3), padding=(0, dilation), dilation=(1, dilation)),
            nn.GELU(),
            nn.Conv2d(width, width, 1),
        )

    def forward(self, streams: Tensor) -> Tensor:
        return streams + self.net(streams)


class _AcrossBands(nn.Module):
    """[N,H,bands,L] → the same: what all bands of a frame tell each of them, with a residual."""

    def __init__(self, width: int, bands: int, mixed: int) -> None:
        super().__init__()
        self.norm = nn.GroupNorm(1, width)
        self.net = nn.Sequential(nn.Conv1d(width * bands, mixed, 1), nn.GELU(), nn.Conv1d(mixed, width * bands, 1))

    def forward(self, streams: Tensor) -> Tensor:
        return streams + self.net(self.norm(streams).flatten(1, 2)).unflatten(1, streams.shape[1:3])
