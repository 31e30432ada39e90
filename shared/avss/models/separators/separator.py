"""What every separator keeps, whatever net is inside: ``mixture [B,S], features [B,K,T,D] → voices [B,K,S]``.

- Any number of faces K and frames T; another order of the faces gives the voices in that other order.
- The voices come at the level of the mixture: a mixture twice as loud gives voices twice as loud.
- What belongs to no voice is the rest, and all of them add up to the mixture (:func:`rest_of`).
"""

import torch
from torch import Tensor, nn

from avss.errors import ModelError
from avss.models.separators.cues import VisualCues, VoiceNumbers
from avss.rates import SAMPLES_PER_FRAME, samples_in

_QUIETEST = 1e-5  # level, -100 dB: below it a mixture is silence, and stays it


class Separator(nn.Module):
    """A net told by cues whom to listen to.

    Args:
        cues: what is known of each voice; :class:`VoiceNumbers` makes it the audio-only twin.
        net: one of the families; maps a mixture [B,S] of level 1 and cues [B,K,C,T] to voices [B,K,S].
    """

    def __init__(self, cues: VisualCues | VoiceNumbers, net: nn.Module) -> None:
        super().__init__()
        self.cues, self.net = cues, net

    def forward(self, mixture: Tensor, features: Tensor) -> Tensor:
        """Separate B mixtures into the voices of K faces each.

        Args:
            mixture: [B,S]; S is 640·T, or at most a frame more or less: then the last frame's cues are held, or the
                mixture goes on in silence, while it is separated.
            features: [B,K,T,D]; frames of zeros are frames in which nobody was seen.

        Returns:
            float32 [B,K,S].

        Raises:
            ModelError: shapes that do not belong together, or features of another frontend.
        """
        check_shapes(mixture, features)
        S, T = mixture.shape[-1], features.shape[2]
        level = mixture.float().square().mean(-1, keepdim=True).sqrt().clamp(min=_QUIETEST)  # [B,1]
        heard, cues = longer(mixture / level, self.cues(features), max(T, frames_of(S)))
        voices = self.hear(heard, cues)[:, : features.shape[1], :S]  # without nobody's, who is beside a face alone
        return voices.float() * level[:, None]

    def hear(self, mixture: Tensor, cues: Tensor) -> Tensor:
        """Mixture [B,640·T] of level 1 and cues [B,K,C,T] → voices [B,K,640·T]."""
        return self.net(mixture, cues)


def rest_of(mixture: Tensor, voices: Tensor) -> Tensor:
    """What of the mixture [B,S] is in none of the voices [B,K,S]: noise, the room, people who are not seen. [B,S]."""
    return mixture - voices.sum(1)


def longer(mixture: Tensor, cues: Tensor, T: int) -> tuple[Tensor, Tensor]:
    """A mixture [B,S] and cues [B,K,C,T'] that go on, in silence and with the last of the cues, for T frames."""
    missing = T - cues.shape[-1]
    if missing > 0:
        cues = torch.cat([cues, cues[..., -1:].expand(-1, -1, -1, missing)], dim=-1)
    return nn.functional.pad(mixture, (0, samples_in(T) - mixture.shape[-1])), cues


def frames_of(S: int) -> int:
    """The number of frames that S samples last, a started one included."""
    return -(-S // SAMPLES_PER_FRAME)


def check_shapes(mixture: Tensor, features: Tensor) -> None:
    """Check that a mixture and features belong together.

    Raises:
        ModelError: they do not.
    """
    what = f"a mixture {list(mixture.shape)} and features {list(features.shape)}"
    if mixture.ndim != 2 or features.ndim != 4 or len(mixture) != len(features) or 0 in features.shape[1:3]:
        raise ModelError(
            what, "[B,S] and [B,K,T,D] of the same B, with K and T at least 1", "look at where they are made"
        )
    T = features.shape[2]
    if abs(mixture.shape[1] - samples_in(T)) > SAMPLES_PER_FRAME:
        wanted = f"{samples_in(T)} samples for {T} frames, give or take {SAMPLES_PER_FRAME}"
        raise ModelError(what, wanted, "cut sound and picture to the same length")
