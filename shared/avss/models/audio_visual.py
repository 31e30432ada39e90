"""The whole model: faces and a mixture in, the voice of each face out.

Stage 2 trains the separator alone, on features of a frozen frontend that were computed once. From stage 3 on the two
learn together, and what is used and published is always both, in one file.
"""

from torch import Tensor, nn

from avss.data.visual import Visual
from avss.errors import ModelError
from avss.models.causal.lip2phone import CausalLip2Phone
from avss.models.causal.separator import CausalSeparator
from avss.models.frontend import Frontend
from avss.models.separators.cues import VisualCues
from avss.models.separators.separator import Separator


class AudioVisualSeparator(nn.Module):
    """A frontend, and the separator that listens by what it sees.

    Args:
        frontend: faces to features.
        separator: mixtures and features to voices.

    Raises:
        ModelError: the separator learned with another kind of frontend, or is an audio-only twin, or is causal and the
            frontend looks ahead.
    """

    def __init__(self, frontend: Frontend, separator: Separator) -> None:
        super().__init__()
        cues = separator.cues
        if not isinstance(cues, VisualCues):
            raise ModelError("an audio-only separator", "one that is shown faces", "use it by itself, with no frontend")
        found, wanted = (frontend.size, frontend.size - frontend.lips.features), (cues.features, cues.identity)
        if found != wanted:
            what = f"a frontend of {found[0]} features, {found[1]} of them of the identity"
            wants = f"{wanted[0]} and {wanted[1]}, as the separator learned with"
            raise ModelError(what, wants, "name the frontend the separator was trained with, or train it again")
        if isinstance(separator, CausalSeparator) and not isinstance(frontend.lips, CausalLip2Phone):
            what = "a causal separator with a frontend that looks ahead"
            raise ModelError(what, "a frontend that looks back only", "train it by train_lip2phone.py --causal true")
        self.frontend, self.separator = frontend, separator

    def forward(self, mixture: Tensor, visual: Visual) -> Tensor:
        """Separate B mixtures into the voices of K faces each.

        Args:
            mixture: [B,S], see :class:`~avss.models.separators.separator.Separator`.
            visual: faces [B,K,...], each part with K after B.

        Returns:
            float32 [B,K,S].

        Raises:
            ModelError: shapes that do not belong together, or mouths of another size.
        """
        B, K = visual.valid.shape[:2]
        faces = Visual(*(part.flatten(0, 1) for part in visual))  # [B·K,...]
        return self.separator(mixture, self.frontend(faces).unflatten(0, (B, K)))
