"""All that is said of one separated mixture: means over the faces that speak, and what leaks from those that do not."""

from dataclasses import dataclass

import torch
from torch import Tensor

from avss.evaluation.separation_metrics import level, sdr, si_sdr


@dataclass(frozen=True)
class MixtureScores:
    """Means over the faces of one mixture.

    Attributes:
        si_sdr: of the voices, dB.
        si_sdri, sdri: beyond what the mixture itself has, dB.
        confused: share of the voices that are nearer to the voice of another face than to their own.
        failed: share of the voices with an SI-SDRi below zero: better left alone.
        leakage: level of the outputs of silent faces beside the mixture, dB; ``None`` where every face speaks.
    """

    si_sdr: float
    si_sdri: float
    sdri: float
    confused: float
    failed: float
    leakage: float | None


class MixtureJudge:
    """Knows the true voices of one mixture, and judges any number of separations of it.

    Args:
        mixture: [S].
        voices: the true ones [K,S].
        heard: bool [K]; the others are silent.

    Raises:
        ValueError: no face is heard.
    """

    def __init__(self, mixture: Tensor, voices: Tensor, heard: Tensor) -> None:
        if not heard.any():
            raise ValueError("no face of the mixture is heard; there is nothing to judge")
        self._mixture, self._heard = mixture, heard
        self._voices = voices[heard]  # [H,S]
        untouched = mixture.expand_as(self._voices)
        self._si_sdr = si_sdr(estimate=untouched, reference=self._voices)
        self._sdr = sdr(estimate=untouched, reference=self._voices)

    def judge(self, estimates: Tensor) -> MixtureScores:
        """Judge separated voices [K,S], in the order of the faces.

        Raises:
            ValueError: an estimate is not finite, or of another length.
        """
        spoken, silent = estimates[self._heard], estimates[~self._heard]
        H = len(spoken)
        each = spoken[:, None].expand(-1, H, -1), self._voices[None].expand(H, -1, -1)  # [H,H,S]
        matches = si_sdr(estimate=each[0], reference=each[1])  # [H,H], of estimates with voices
        own = matches.diagonal()
        gain = own - self._si_sdr
        leaks = level(signal=silent, mixture=self._mixture.expand_as(silent)) if len(silent) else None
        return MixtureScores(
            si_sdr=own.mean().item(),
            si_sdri=gain.mean().item(),
            sdri=(sdr(estimate=spoken, reference=self._voices) - self._sdr).mean().item(),
            confused=(matches.argmax(dim=1) != torch.arange(H, device=own.device)).double().mean().item(),
            failed=(gain < 0).double().mean().item(),
            leakage=None if leaks is None else leaks.mean().item(),
        )
