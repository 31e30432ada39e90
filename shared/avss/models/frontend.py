"""The visual frontend: what a face says, and who says it, as numbers that a separator can listen by.

::

    mouth  [B,T,32,48] ── PCA ──┐
    points [B,T,9,2] ───────────┴─ Lip2Phone ──── [B,T,128] ─┐
    shape  [B,68,2], picture ───── FaceToSpeaker ─ [B,64] ───┴─ features [B,T,192]

PCA and face net may be left out. Each of the three parts can be frozen by itself, and one file holds them all.
"""

import torch
from torch import Tensor, nn

from avss.data.visual import Visual
from avss.errors import ModelError
from avss.models.face_to_speaker import EMBEDDING, FaceToSpeaker
from avss.models.lip2phone import Lip2Phone, LipReading
from avss.models.mouth_pca import MouthPCA

PARTS = ("pca", "lips", "face")


class Frontend(nn.Module):
    """Faces to features.

    Args:
        lips: reads the lips.
        pca: turns mouths into the components that ``lips`` reads; ``None`` where it reads landmarks alone.
        face: tells the speaker; ``None`` leaves the embedding out.

    Raises:
        ModelError: ``lips`` reads another number of components than ``pca`` has.
    """

    def __init__(self, lips: Lip2Phone, pca: MouthPCA | None = None, face: FaceToSpeaker | None = None) -> None:
        super().__init__()
        components = 0 if pca is None else pca.n_components
        if lips.mouth_components != components:
            what = f"a PCA of {components} components" if components else "no PCA"
            wanted = f"the one with {lips.mouth_components} components that this Lip2Phone learned with"
            raise ModelError(what, wanted, "name the PCA's run folder, or train Lip2Phone again")
        self.lips, self.pca, self.face = lips, pca, face

    @property
    def size(self) -> int:
        """D, the number of features."""
        return self.lips.features + (0 if self.face is None else EMBEDDING)

    def forward(self, visual: Visual) -> Tensor:
        """The features [B,T,D] of B faces: of the lips, then who it is.

        They are zeros in every frame that is not valid, and so is the embedding of a face whose shape is not known.

        Raises:
            ModelError: the mouths have another size than those the PCA was fitted to.
        """
        features = self.read(visual).features
        if self.face is not None:
            known = (visual.shape != 0).flatten(1).any(1, keepdim=True)  # [B,1]
            who = (self.face(visual.shape, visual.picture).embedding * known)[:, None]  # [B,1,64]
            features = torch.cat([features, who.expand(-1, features.shape[1], -1)], dim=-1)  # [B,T,128+64]
        return features * visual.valid[..., None]

    def read(self, visual: Visual) -> LipReading:
        """What the lips say; frames that are not valid are bridged from both sides.

        Raises:
            ModelError: the mouths have another size than those the PCA was fitted to.
        """
        no_mouth = visual.points.new_zeros((*visual.valid.shape, 0))
        mouth = no_mouth if self.pca is None else self.pca(visual.mouth)  # [B,T,C]
        return self.lips(visual.points, mouth, visual.valid)

    def freeze(self, *parts: str) -> None:
        """Stop ``parts``, of :data:`PARTS`, from learning; they drop nothing any more. Parts left out are passed over.

        Raises:
            ModelError: there is no such part.
        """
        self._learn(parts, False)

    def unfreeze(self, *parts: str) -> None:
        """Let ``parts``, of :data:`PARTS`, learn.

        Raises:
            ModelError: there is no such part.
        """
        self._learn(parts, True)

    def train(self, mode: bool = True) -> "Frontend":
        """Set the mode of the parts that learn; the frozen ones stay as in use."""
        super().train(mode)
        for part in self.children():
            part.train(mode and any(weight.requires_grad for weight in part.parameters()))
        return self

    def _learn(self, parts: tuple[str, ...], learn: bool) -> None:
        for part in sorted(set(parts) - set(PARTS)):
            raise ModelError(f"a frontend has no part '{part}'", f"some of {', '.join(PARTS)}", "name one of them")
        for part in parts:
            module = getattr(self, part)
            if module is not None:
                module.requires_grad_(learn)
        self.train(self.training)
