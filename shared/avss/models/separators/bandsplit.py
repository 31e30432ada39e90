"""The family for GPUs: recurrence over time within each band, and over the bands within each frame.

Low bands are narrow, for there the harmonics of voices lie apart; high bands are wide. Each becomes one vector a frame,
so that the same small recurrent nets serve all bands.

After Y. Luo, J. Yu, "Music source separation with band-split RNN", TASLP 2023.
"""

import torch
from torch import Tensor, nn

from avss.models.separators.spectrum import SAID, Spectrum, loudness_and_phase, masks_of
from avss.models.separators.streams import Fusion, Streams

WINDOW, HOP = 512, 128

# How many bands, how many bins each (31.25 Hz a bin): to 2 kHz, to 4 kHz, to 8 kHz.
BANDS = ((16, 4), (8, 8), (8, 16))
_BINS = sum(count * bins for count, bins in BANDS)
_TIME, _BAND = 3, 2  # dimensions of streams [N,H,bands,L]


class BandSplit(nn.Module):
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
        # One grouped convolution holds a linear layer for each band of the same width.
        self.split = nn.ModuleList(nn.Conv1d(n * 3 * bins, n * width, 1, groups=n) for n, bins in BANDS)
        rounds = [
            nn.Sequential(_Recurrence(width, hidden, _TIME), _Recurrence(width, hidden, _BAND)) for _ in range(stages)
        ]
        self.streams = Streams(rounds, width, cues, fusion)
        self.norm = nn.GroupNorm(1, width)
        self.merge = nn.ModuleList(nn.Conv1d(n * width, n * SAID * bins, 1, groups=n) for n, bins in BANDS)

    def forward(self, mixture: Tensor, cues: Tensor) -> Tensor:
        """Mixture [B,S] of level 1 and cues [B,K,C,T] → voices [B,K,S]."""
        spectrum = self.spectrum.analyse(mixture)  # [B,F,L]
        masks = masks_of(self.say(loudness_and_phase(spectrum), cues))  # [B,K,F,L]
        return self.spectrum.synthesise(masks * spectrum[:, None], mixture.shape[-1])

    def say(self, shown: Tensor, cues: Tensor) -> Tensor:
        """What is shown of the bins, [B,3,F,L], and cues [B,K,C,T] → what is said of them, [B,K,3,F,L]."""
        streams = self.streams(self._bands(shown), cues)  # [B,K,H,bands,L]
        return self._bins(self.norm(streams.flatten(0, 1))).unflatten(0, cues.shape[:2])

    def _bands(self, shown: Tensor) -> Tensor:
        """What is shown of the bins, [B,3,F,L] → vectors of the bands [B,H,bands,L]."""
        B, _, _, L = shown.shape
        vectors, first = [], 0
        for (n, bins), layer in zip(BANDS, self.split, strict=True):
            group = shown[:, :, first : first + n * bins].unflatten(2, (n, bins)).transpose(1, 2)  # [B,n,3,bins,L]
            vectors.append(layer(group.reshape(B, -1, L)).unflatten(1, (n, self.width)))
            first += n * bins
        return torch.cat(vectors, dim=1).transpose(1, 2)

    def _bins(self, streams: Tensor) -> Tensor:
        """Vectors of the bands [N,H,bands,L] → what is said of the bins, [N,3,F,L]."""
        N, _, _, L = streams.shape
        groups = streams.transpose(1, 2).split([n for n, _ in BANDS], dim=1)  # [N,n,H,L]
        said = [
            layer(group.reshape(N, -1, L)).reshape(N, n, SAID, bins, L).transpose(1, 2).reshape(N, SAID, n * bins, L)
            for group, (n, bins), layer in zip(groups, BANDS, self.merge, strict=True)
        ]
        return nn.functional.pad(torch.cat(said, dim=2), (0, 0, 0, self.spectrum.bins - _BINS))


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
