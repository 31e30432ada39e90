"""A dilated convolution with a residual: what sound is separated by, and cues are looked at by, over time."""

from torch import Tensor, nn

from avss.models.horizon import Horizon


class DilatedBlock(nn.Module):
    """[N,H,L] → [N,H,L].

    Args:
        width: H.
        dilation: steps of L from one of the three weights to the next.
        horizon: how far it looks.
    """

    def __init__(self, width: int, dilation: int, horizon: Horizon) -> None:
        super().__init__()
        self.net = nn.Sequential(
            horizon.norm(width),
            horizon.convolution(width, width, 3, dilation),
            nn.GELU(),
            nn.Conv1d(width, width, 1),
        )

    def forward(self, streams: Tensor) -> Tensor:
        """What comes in, and what is added to it."""
        return streams + self.net(streams)
