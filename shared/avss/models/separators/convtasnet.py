"""The classic baseline: asteroid's ConvTasNet blocks on a learned basis, told by cues whom to listen to.

Of each coefficient of the mixture, the voices and the rest take shares that add up to one. Filters of 32 samples, twice
those of the paper, halve time and memory.

After Y. Luo, N. Mesgarani, "Conv-TasNet: surpassing ideal time-frequency magnitude masking for speech separation",
TASLP 2019, and J. Wu et al., "Time domain audio visual speech separation", ASRU 2019.
"""

import torch
from asteroid.masknn.convolutional import Conv1DBlock
from asteroid.masknn.norms import GlobLN
from asteroid_filterbanks import make_enc_dec
from torch import Tensor, nn

from avss.models.separators.streams import Fusion, Streams

FILTERS, KERNEL = 512, 32


class ConvTasNet(nn.Module):
    """A mixture and cues to voices.

    Args:
        cues: C, channels of the cues.
        width: H, channels of the bottleneck; the blocks are four times as wide inside.
        stages: how often the dilations 1, 2, 4, … are run through.
        blocks: dilations of a stage.
        fusion: how the cues come in.
    """

    def __init__(self, cues: int, width: int = 128, stages: int = 3, blocks: int = 8, fusion: Fusion = "film") -> None:
        super().__init__()
        self.cues, self.width, self.stages, self.blocks, self.fusion = cues, width, stages, blocks, fusion
        self.encoder, self.decoder = make_enc_dec("free", FILTERS, KERNEL, KERNEL // 2)
        self.enter = nn.Sequential(GlobLN(FILTERS), nn.Conv1d(FILTERS, width, 1))
        rows = [nn.Sequential(*(_Residual(width, 2**block) for block in range(blocks))) for _ in range(stages)]
        self.streams = Streams(rows, width, cues, fusion)
        self.leave = nn.Sequential(nn.PReLU(), nn.Conv1d(width, FILTERS, 1))

    def forward(self, mixture: Tensor, cues: Tensor) -> Tensor:
        """Mixture [B,S] of level 1 and cues [B,K,C,T] → voices [B,K,S]."""
        coefficients = self.encoder(mixture[:, None]).relu()  # [B,N,L]
        streams = self.streams(self.enter(coefficients), cues)  # [B,K,H,L]
        claims = self.leave(streams.flatten(0, 1)).unflatten(0, cues.shape[:2])  # [B,K,N,L]
        rest = torch.zeros_like(claims[:, :1])
        shares = torch.cat([claims, rest], dim=1).softmax(dim=1)[:, :-1]
        voices = self.decoder(shares * coefficients[:, None])
        return nn.functional.pad(voices, (0, mixture.shape[-1] - voices.shape[-1]))


class _Residual(nn.Module):
    """[N,H,L] → [N,H,L]: one of asteroid's blocks, with a residual."""

    def __init__(self, width: int, dilation: int) -> None:
        super().__init__()
        self.block = Conv1DBlock(width, 4 * width, 0, 3, padding=dilation, dilation=dilation)

    def forward(self, streams: Tensor) -> Tensor:
        return streams + self.block(streams)
