"""How sound and sight meet, and how the streams of several faces see each other.

A net is a row of stages. ``early`` puts the cues beside the sound once, before the first of them. ``film`` lets them
scale and shift what is heard before every stage (Perez et al., "FiLM: visual reasoning with a general conditioning
layer", AAAI 2018).

From the second stage on, every stream is told the mean of all of them, after the transform-average-concatenate of Luo
et al. ("End-to-end microphone permutation and number invariant multi-channel speech separation", ICASSP 2020). So what
one voice takes can be left by the others, for any number of faces in any order.
"""

from collections.abc import Sequence
from typing import Literal

from torch import Tensor, nn

Fusion = Literal["early", "film"]
Between = Literal["linear", "nearest"]


class Streams(nn.Module):
    """The stages of a net, run on one stream for each face.

    Args:
        stages: each maps [N,H,L], or [N,H,bands,L], to its like.
        width: H.
        cues: C, channels of the cues.
        fusion: how the cues come in.
        between: what they are between two frames of the video: on a line from one to the next, or held until the next.
        bands: how many bands cues scale and shift in ways of their own; 1 is all of them alike. Lips tell which phone
            it is, and that differs from band to band.
        told: before how many of the stages ``film`` tells the cues; ``None`` is all. Whom to listen to is soon told,
            and stages that are told nothing cannot know by heart what goes with which lips.
    """

    def __init__(
        self,
        stages: Sequence[nn.Module],
        width: int,
        cues: int,
        fusion: Fusion,
        between: Between = "linear",
        bands: int = 1,
        told: int | None = None,
    ) -> None:
        super().__init__()
        self.between: Between = between
        self.width = width
        film = fusion == "film"
        self.stages = nn.ModuleList(stages)
        self.shifts = nn.ModuleList(nn.Conv1d(cues, width * bands, 1) for _ in stages[: told if film else 1])
        self.scales = nn.ModuleList(nn.Conv1d(cues, width * bands, 1) for _ in stages[: told if film else 0])
        self.talks = nn.ModuleList(nn.Linear(width, width) for _ in stages[1:])

    def forward(self, sound: Tensor, cues: Tensor) -> Tensor:
        """Sound [B,H,...,L], the same for all, and cues [B,K,C,T] → streams [B,K,H,...,L]."""
        B, K = cues.shape[:2]
        cues = cues.flatten(0, 1)  # [B·K,C,T]
        streams = sound.repeat_interleave(K, dim=0)  # [B·K,H,...,L]
        for number, stage in enumerate(self.stages):
            if number > 0:
                mean = streams.unflatten(0, (B, K)).mean(1)  # [B,H,...,L]
                told = self.talks[number - 1](mean.transpose(1, -1)).transpose(1, -1)
                streams = streams + told.repeat_interleave(K, dim=0)
            if number < len(self.scales):
                streams = streams * (1 + self._as(self.scales[number](cues), streams))
            if number < len(self.shifts):
                streams = streams + self._as(self.shifts[number](cues), streams)
            streams = stage(streams)
        return streams.unflatten(0, (B, K))

    def _as(self, cues: Tensor, streams: Tensor) -> Tensor:
        """Cues [N,H·bands,T] at the rate, and with the dimensions, of streams [N,H,...,L]."""
        cues = nn.functional.interpolate(cues, size=streams.shape[-1], mode=self.between)
        return cues if streams.ndim == 3 else cues.unflatten(1, (self.width, -1))
