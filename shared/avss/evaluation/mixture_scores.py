"""All that is said of one separated mixture: means over its voices, or what leaks into the one of a silent face.

Where a face is silent fewer voices are mixed, perhaps a single one, which no separation makes better. So of such a
mixture nothing but the leak is told.
"""

from dataclasses import dataclass

from torch import Tensor

from avss.evaluation.separation_metrics import level, sdr, si_sdr


@dataclass(frozen=True)
class MixtureScores:
    """Means over the faces of one mixture: of the voices ``None`` where a face is silent, else of the leak.

    Attributes:
        si_sdr: of the voices that are judged, dB.
        si_sdri, sdri: beyond what the mixture itself has, dB.
        confused: share of the voices that are nearer to the voice of another face than to their own.
        failed: share of the voices with an SI-SDRi below zero: better left alone.
        leakage: level of the outputs of silent faces beside the mixture, dB.
    """

    si_sdr: float | None = None
    si_sdri: float | None = None
    sdri: float | None = None
    confused: float | None = None
    failed: float | None = None
    leakage: float | None = None


class MixtureJudge:
    """Knows the true voices of one mixture, and judges any number of separations of it.

    Args:
        mixture: [S].
        voices: the true ones [K,S].
        heard: bool [K]; the others are silent.
        judged: bool [K]; the others are company, whom a voice may be confused with.

    Raises:
        ValueError: no face is heard and judged.
    """

    def __init__(self, mixture: Tensor, voices: Tensor, heard: Tensor, judged: Tensor) -> None:
        if not (heard & judged).any():
            raise ValueError("no face of the mixture is heard and judged; there is nothing to judge")
        self._mixture, self._heard = mixture, heard
        self._voices = voices[heard]  # [H,S]
        places = judged[heard].nonzero().flatten()  # [J], of the judged among them
        own = self._voices[places]  # [J,S]
        untouched = mixture.expand_as(own)
        self._si_sdr = si_sdr(estimate=untouched, reference=own)
        self._places = places.to(self._si_sdr.device)  # where figures are, which may be elsewhere than the voices
        self._sdr = sdr(estimate=untouched, reference=own)

    def judge(self, estimates: Tensor) -> MixtureScores:
        """Judge separated voices [K,S], in the order of the faces.

        Raises:
            ValueError: an estimate is not finite, or of another length.
        """
        silent = estimates[~self._heard]  # [K-H,S]
        if len(silent):
            return MixtureScores(leakage=level(signal=silent, mixture=self._mixture.expand_as(silent)).mean().item())
        spoken = estimates[self._places]  # [J,S]
        J, H = len(spoken), len(self._voices)
        each = spoken[:, None].expand(-1, H, -1), self._voices[None].expand(J, -1, -1)  # [J,H,S]
        matches = si_sdr(estimate=each[0], reference=each[1])  # [J,H], of estimates with voices
        own = matches.gather(1, self._places[:, None])[:, 0]
        gain = own - self._si_sdr
        return MixtureScores(
            si_sdr=own.mean().item(),
            si_sdri=gain.mean().item(),
            sdri=(sdr(estimate=spoken, reference=self._voices[self._places]) - self._sdr).mean().item(),
            confused=(matches.argmax(dim=1) != self._places).double().mean().item(),
            failed=(gain < 0).double().mean().item(),
        )
