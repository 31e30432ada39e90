"""What the nets that cut voices out of a spectrum share: they are shown its bins, and say a mask for each voice."""

from abc import ABC, abstractmethod

from torch import Tensor, nn

from avss.models.separators.spectrum import Spectrum, loudness_and_phase, masks_of


class MaskingNet(nn.Module, ABC):
    """A mixture and cues to voices.

    Attributes:
        spectrum: in which voices are masked.
    """

    spectrum: Spectrum

    def forward(self, mixture: Tensor, cues: Tensor) -> Tensor:
        """Mixture [B,S] of level 1 and cues [B,K,C,T] → voices [B,K,S]."""
        spectrum = self.spectrum.analyse(mixture)  # [B,F,L]
        masks = masks_of(self.say(self.show(spectrum), cues))  # [B,K,F,L]
        return self.spectrum.synthesise(masks * spectrum[:, None], mixture.shape[-1])

    def show(self, spectrum: Tensor) -> Tensor:
        """What the net is shown of a complex spectrum [B,F,L], [B,3,F,L]."""
        return loudness_and_phase(spectrum)

    @abstractmethod
    def say(self, shown: Tensor, cues: Tensor) -> Tensor:
        """What is shown of the bins, [B,3,F,L], and cues [B,K,C,T] → what is said of them, [B,K,3,F,L]."""
