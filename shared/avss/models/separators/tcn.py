"""The family for CPUs: dilated convolutions over the frames of a spectrum.

All bins of a frame are channels of one sequence, so a stage sees seconds of context for few operations. The dilated
convolutions are dense, for on a CPU the depthwise-separable ones of Conv-TasNet take longer than their operations tell:
they wait for memory (tests/benchmarks/bench_separators.py).

After Y. Luo, N. Mesgarani, "Conv-TasNet: surpassing ideal time-frequency magnitude masking for speech separation",
TASLP 2019, on spectra instead of a learned basis.
"""

from typing import ClassVar

from torch import Tensor, nn

from avss.models.horizon import WHOLE, Horizon
from avss.models.separators.dilated import DilatedBlock
from avss.models.separators.masking import MaskingNet
from avss.models.separators.spectrum import SAID
from avss.models.separators.streams import Fusion, Streams


class TCN(MaskingNet):
    """A mixture and cues to voices.

    Args:
        cues: C, channels of the cues.
        width: channels of the net.
        stages: how often the dilations 1, 2, 4, … are run through.
        blocks: dilations of a stage.
        window: samples of a frame, as many as a frame of the video lasts.
        hop: samples from one frame to the next.
        fusion: how the cues come in.
    """

    horizon: ClassVar[Horizon] = WHOLE

    def __init__(
        self,
        cues: int,
        width: int = 176,
        stages: int = 4,
        blocks: int = 4,
        window: int = 640,
        hop: int = 320,
        fusion: Fusion = "film",
    ) -> None:
        super().__init__()
        self.cues, self.width, self.blocks, self.window, self.hop = cues, width, blocks, window, hop
        self.stages, self.fusion = stages, fusion
        self.spectrum = self.horizon.spectrum(window, hop)
        self.enter = nn.Conv1d(3 * self.spectrum.bins, width, 1)
        rows = [
            nn.Sequential(*(DilatedBlock(width, 2**block, self.horizon) for block in range(blocks)))
            for _ in range(stages)
        ]
        self.streams = Streams(rows, width, cues, fusion, self.horizon.between)
        self.leave = nn.Sequential(self.horizon.norm(width), nn.Conv1d(width, SAID * self.spectrum.bins, 1))

    def say(self, shown: Tensor, cues: Tensor) -> Tensor:
        """What is shown of the bins, [B,3,F,L], and cues [B,K,C,T] → what is said of them, [B,K,3,F,L]."""
        streams = self.streams(self.enter(shown.flatten(1, 2)), cues)  # [B,K,H,L]
        return self.leave(streams.flatten(0, 1)).unflatten(1, (SAID, -1)).unflatten(0, cues.shape[:2])
