"""What a net is shown of a bank's clips; features of a frozen frontend are computed once instead of in every step.

They are kept as float16: 192 features of a frame take 384 bytes, those of all of GRID 600 MB.
"""

from collections.abc import Callable

import torch
from rich.progress import track

from avss.data.bank_faces import with_faces
from avss.data.store import PreparedStore
from avss.data.visual import Visual
from avss.data.voice_bank import VoiceBank
from avss.models.frontend import Frontend

_AT_ONCE = 64  # clips


def seen_by(frontend: Frontend, store: PreparedStore, *, cached: bool) -> Callable[[VoiceBank], VoiceBank]:
    """What shows the clips of a bank of ``store``: features of ``frontend``, or what it looks at if not ``cached``."""

    def see(bank: VoiceBank) -> VoiceBank:
        bank = with_faces(bank, store, mouths=frontend.pca is not None)
        return with_features(bank, frontend) if cached else bank

    return see


@torch.no_grad()
def with_features(bank: VoiceBank, frontend: Frontend, device: torch.device | str = "cpu") -> VoiceBank:
    """The bank with ``features`` float16 [N,T,D] in the place of the faces they were computed from.

    Args:
        bank: with faces, see :func:`avss.data.bank_faces.with_faces`.
        frontend: is left on ``device``, in evaluation mode.
        device: where to compute.

    Raises:
        ModelError: the mouths have another size than those the frontend's PCA was fitted to.
    """
    frontend.eval().to(device)
    parts = (
        bank.frames["points"], bank.frames["mouth"], bank.frames["seen"], bank.stills["shape"], bank.stills["picture"]
    )  # fmt: skip
    chunks = list(zip(*(part.split(_AT_ONCE) for part in parts), strict=True))
    features = [
        frontend(Visual(*(part.to(device) for part in chunk))).half().cpu()
        for chunk in track(chunks, "features", transient=True)
    ]
    return bank.seen_as(features=torch.cat(features))


def without_features(bank: VoiceBank) -> VoiceBank:
    """The bank for an audio-only net, which is told how many voices there are and nothing of them: zeros [N,T,1]."""
    return bank.seen_as(features=torch.zeros(*bank.valid.shape, 1, dtype=torch.float16))
