"""Which lips belong to a voice: the features that a frontend would have told of a face, told from its sound.

Voices are recorded everywhere and faces rarely. With this net, people who were never filmed can be faces in the
mixtures of a training, and a separator meets hundreds of voices instead of as many as there are films.

A spectrum in four steps a frame, a convolution over five frames, and two LSTM layers in both directions.
"""

from torch import Tensor, nn
from torchaudio.transforms import MelSpectrogram

from avss.models.recurrence import BothWays
from avss.rates import SAMPLE_RATE, SAMPLES_PER_FRAME

_BANDS, _STEPS = 40, 4  # of the spectrum, and steps a frame
_FLOOR = 1e-3  # power of a band of a voice of level 1 that counts as silence
_CONTEXT = 5  # frames


class VoiceToLips(nn.Module):
    """Voices to the features of their faces.

    Args:
        features: D, as many as the frontend has.
        hidden: width of the net.
        dropout: share of values dropped in training.
    """

    def __init__(self, features: int, hidden: int = 128, dropout: float = 0.3) -> None:
        super().__init__()
        hop = SAMPLES_PER_FRAME // _STEPS
        self.spectrum = MelSpectrogram(
            SAMPLE_RATE, n_fft=512, win_length=400, hop_length=hop, n_mels=_BANDS, pad_mode="constant"
        )
        self.context = nn.Conv1d(_BANDS * _STEPS, hidden, _CONTEXT, padding=_CONTEXT // 2)
        self.norm = nn.LayerNorm(hidden)
        first = BothWays(hidden, hidden)
        second = BothWays(first.width, hidden)
        self.recurrent = nn.ModuleList([first, second])
        self.drop = nn.Dropout(dropout)
        self.out = nn.Linear(second.width, features)

    def forward(self, voices: Tensor, inside: Tensor) -> Tensor:
        """Features [B,T,D] of voices [B,640·T] of level 1, whose frames are ``inside`` bool [B,T]; zeros outside."""
        kept = inside[..., None]
        heard = self._heard(voices, kept).transpose(-1, -2)  # [B,160,T]
        hidden = self.norm(nn.functional.gelu(self.context(heard).transpose(-1, -2))) * kept
        for layer in self.recurrent:
            hidden = layer(self.drop(hidden), inside)
        return self.out(self.drop(hidden)) * kept

    def _heard(self, voices: Tensor, kept: Tensor) -> Tensor:
        """Log power of the bands, above its mean over the clip: how bright a recording is tells nothing of lips."""
        power = self.spectrum(voices)[..., : _STEPS * kept.shape[1]]  # [B,40,4·T]
        frames = (power + _FLOOR).log().unflatten(-1, (-1, _STEPS)).movedim(1, 2).flatten(2) * kept  # [B,T,160]
        count = kept.sum(1, keepdim=True).clamp(min=1)
        mean = frames.sum(1, keepdim=True) / count  # [B,1,160]
        return (frames - mean) * kept
