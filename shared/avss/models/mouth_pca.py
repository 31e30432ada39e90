"""The inside of a mouth as a few numbers: the eigenmouths of a corpus, as a layer that can be trained further.

A mouth x, 1536 grey levels in [0, 1], becomes its coordinates along the C directions in which mouths differ most, each
divided by its standard deviation over the training mouths, so that ±3 is rare in every coordinate:

    forward:      z = (x − mean) · componentsᵀ / scale
    reconstruct:  x ≈ mean + (z · scale) · components

This is scikit-learn's ``IncrementalPCA(whiten=True)``, number for number; there it is found, here it is used, frozen
at first and, in the third stage, learning with the rest.

Source: M. Turk, A. Pentland, "Eigenfaces for recognition", J. Cognitive Neuroscience 1991, for mouths instead of faces;
C. Bregler, Y. Konig, "'Eigenlips' for robust speech recognition", ICASSP 1994.
"""

from collections.abc import Sequence

import numpy as np
import torch
from sklearn.decomposition import IncrementalPCA
from torch import Tensor, nn

from avss.errors import ModelError

_WHITE = 255


class MouthPCA(nn.Module):
    """Mouth crops [...,H,W] ↔ features [...,C]; zero weights until fitted, see :meth:`from_sklearn`.

    Args:
        n_components: C.
        crop: H and W of the mouths.
    """

    def __init__(self, n_components: int, crop: Sequence[int]) -> None:
        super().__init__()
        self.n_components, self.crop = n_components, tuple(crop)
        pixels = self.crop[0] * self.crop[1]
        self.mean = nn.Parameter(torch.zeros(pixels))
        self.components = nn.Parameter(torch.zeros(n_components, pixels))
        self.scale = nn.Parameter(torch.ones(n_components))

    @classmethod
    def from_sklearn(cls, fitted: IncrementalPCA, crop: Sequence[int]) -> "MouthPCA":
        """The layer that computes what ``fitted``, with ``whiten=True``, does to mouths of size ``crop`` in [0, 1]."""
        model = cls(int(fitted.n_components_), crop)
        with torch.no_grad():
            model.mean.copy_(torch.from_numpy(fitted.mean_))
            model.components.copy_(torch.from_numpy(fitted.components_))
            model.scale.copy_(torch.from_numpy(np.sqrt(np.asarray(fitted.explained_variance_))))
        return model

    def forward(self, mouth: Tensor) -> Tensor:
        """Mouths [...,H,W], uint8 or float in [0, 1] → features float32 [...,C].

        Raises:
            ModelError: the mouths have another size.
        """
        if tuple(mouth.shape[-2:]) != self.crop:
            what = f"mouths of {' × '.join(map(str, mouth.shape[-2:]))} pixels"
            wanted = f"{' × '.join(map(str, self.crop))}, which this PCA was fitted to"
            raise ModelError(what, wanted, "fit a PCA to this store, or prepare the store again")
        grey = mouth.float() / _WHITE if mouth.dtype == torch.uint8 else mouth
        return (grey.flatten(-2) - self.mean) @ self.components.T / self.scale

    def reconstruct(self, features: Tensor) -> Tensor:
        """Features [...,C] → mouths float32 [...,H,W], in [0, 1] but for the error of the reconstruction."""
        return (self.mean + (features * self.scale) @ self.components).unflatten(-1, self.crop)
