"""Spectra as one vector for each band of a frame, so that the same small net serves all bands.

Low bands are narrow, for there the harmonics of voices lie apart; high bands are wide.

After Y. Luo, J. Yu, "Music source separation with band-split RNN", TASLP 2023.
"""

import torch
from torch import Tensor, nn

from avss.models.separators.masking import MaskingNet
from avss.models.separators.spectrum import SAID
from avss.models.separators.streams import Streams


class Bands(nn.Module):
    """Bins to vectors and back, by linear layers of each band's own; of the bins beyond, nothing is told or said.

    Args:
        layout: how many bands, how many bins each, from below.
        width: H, size of a vector.
    """

    def __init__(self, layout: tuple[tuple[int, int], ...], width: int) -> None:
        super().__init__()
        self.layout, self.width, self.count = layout, width, sum(n for n, _ in layout)
        # One grouped convolution holds a linear layer for each band of the same number of bins.
        self.enter = nn.ModuleList(nn.Conv1d(n * 3 * bins, n * width, 1, groups=n) for n, bins in layout)
        self.leave = nn.ModuleList(nn.Conv1d(n * width, n * SAID * bins, 1, groups=n) for n, bins in layout)

    def split(self, shown: Tensor) -> Tensor:
        """What is shown of the bins, [B,3,F,L] → vectors of the bands [B,H,bands,L]."""
        B, _, _, L = shown.shape
        vectors, first = [], 0
        for (n, bins), layer in zip(self.layout, self.enter, strict=True):
            group = shown[:, :, first : first + n * bins].unflatten(2, (n, bins)).transpose(1, 2)  # [B,n,3,bins,L]
            vectors.append(layer(group.reshape(B, -1, L)).unflatten(1, (n, self.width)))
            first += n * bins
        return torch.cat(vectors, dim=1).transpose(1, 2)

    def merge(self, streams: Tensor, F: int) -> Tensor:
        """Vectors of the bands [N,H,bands,L] → what is said of F bins, [N,3,F,L]."""
        N, _, _, L = streams.shape
        groups = streams.transpose(1, 2).split([n for n, _ in self.layout], dim=1)  # [N,n,H,L]
        said = [
            layer(group.reshape(N, -1, L)).reshape(N, n, SAID, bins, L).transpose(1, 2).reshape(N, SAID, n * bins, L)
            for group, (n, bins), layer in zip(groups, self.layout, self.leave, strict=True)
        ]
        beyond = F - sum(n * bins for n, bins in self.layout)
        return nn.functional.pad(torch.cat(said, dim=2), (0, 0, 0, beyond))


class BandNet(MaskingNet):
    """A net whose streams are of bands.

    Attributes:
        bands: in which it hears, and says its masks.
        streams: its stages, one stream for each voice.
        norm: of what they end with.
    """

    bands: Bands
    streams: Streams
    norm: nn.Module

    def say(self, shown: Tensor, cues: Tensor) -> Tensor:
        """What is shown of the bins, [B,3,F,L], and cues [B,K,C,T] → what is said of them, [B,K,3,F,L]."""
        streams = self.streams(self.bands.split(shown), cues).flatten(0, 1)  # [B·K,H,bands,L]
        return self.bands.merge(self.norm(streams), self.spectrum.bins).unflatten(0, cues.shape[:2])
