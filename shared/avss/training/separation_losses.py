"""How wrong separated voices are, mostly in dB.

A voice that speaks is judged by its signal-to-noise ratio up to a limit, beyond which it is good enough, so that easy
mixtures do not outweigh hard ones. It is not the scale-invariant ratio: levels must not drift, for the voices and the
rest add up to the mixture. A face that is silent has no such ratio, and the same formula then tells how loud its output
is beside the mixture. The rest is one more stream.

Sources: S. Wisdom et al., "What's all the fuss about free universal sound separation data?", ICASSP 2021 (both limits);
R. Yamamoto et al., "Parallel WaveGAN", ICASSP 2020 (spectra of several resolutions).

Shapes are asteroid's: estimates and references [batch, n_src, time], mixture [batch, time].
"""

import torch
from asteroid.losses import PITLossWrapper
from torch import Tensor, nn

from avss.models.separators.separator import rest_of

LIMIT = 30.0  # dB

_SILENT = 1e-6  # energy beside the mixture's: -60 dB
_TINY = 1e-8
_WINDOWS = (256, 512, 1024)


class SeparationLoss(nn.Module):
    """The loss of a batch of separated mixtures.

    Args:
        limit: dB of signal-to-noise ratio, or of silence beside the mixture, that are good enough.
        silence: weight of a silent face's stream beside that of a speaking one.
        rest: weight of what belongs to no voice; silent where voices are all there is.
        spectral: weight of :func:`spectral_distance`.
        any_order: take the voices in the order that fits best, for a model that is not told which is which.
    """

    def __init__(
        self,
        limit: float = LIMIT,
        silence: float = 1.0,
        rest: float = 0.2,
        spectral: float = 0.0,
        any_order: bool = False,
    ) -> None:
        super().__init__()
        self.limit, self.silence, self.rest, self.spectral, self.any_order = limit, silence, rest, spectral, any_order
        self._match = PITLossWrapper(pairwise_error, pit_from="pw_mtx")

    def forward(self, estimates: Tensor, references: Tensor, mixture: Tensor) -> Tensor:
        """Weighted mean over the streams of the batch, a scalar.

        Args:
            estimates: separated voices [B,K,S].
            references: true voices [B,K,S], zeros for a silent face.
            mixture: [B,S].
        """
        _check(estimates, references, mixture)
        if self.any_order:
            estimates = self.in_order(estimates, references, mixture)
        silent = is_silent(references, mixture)
        weight = torch.where(silent, self.silence, 1.0)  # [B,K]
        loss = stream_error(estimates, references, mixture, self.limit)
        if self.spectral:
            loss = loss + self.spectral * spectral_distance(estimates, references) * ~silent
        rest, true_rest = rest_of(mixture, estimates)[:, None], rest_of(mixture, references)[:, None]
        rest_loss = stream_error(rest, true_rest, mixture, self.limit)  # [B,1]
        total = (loss * weight).sum() + self.rest * rest_loss.sum()
        return total / (weight.sum() + self.rest * len(mixture)).clamp(min=_TINY)

    def in_order(self, estimates: Tensor, references: Tensor, mixture: Tensor) -> Tensor:
        """The estimates [B,K,S] in that order in which they fit the references best."""
        return self._match(estimates, references, return_est=True, mixture=mixture)[1]


def stream_error(estimates: Tensor, references: Tensor, mixture: Tensor, limit: float = LIMIT) -> Tensor:
    """Level of each stream's error beside its reference, or beside the mixture where that is silent: [batch, n_src].

    In dB: the negative signal-to-noise ratio of a voice that speaks, and the level of the output of one that does not.
    Both flatten out towards ``-limit``.

    Raises:
        TypeError: not floating-point tensors.
        ValueError: shapes that do not belong together.
    """
    _check(estimates, references, mixture)
    energy = references.float().square().sum(-1)
    beside = torch.where(is_silent(references, mixture), mixture.float().square().sum(-1)[:, None], energy)
    error = (estimates.float() - references.float()).square().sum(-1)
    good_enough = 10 ** (-limit / 10)
    return 10 * ((error + good_enough * beside + _TINY) / (beside + _TINY)).log10()


def is_silent(references: Tensor, mixture: Tensor) -> Tensor:
    """Streams [batch, n_src] 60 dB or more below their mixture."""
    energy = references.float().square().sum(-1)
    return energy <= _SILENT * mixture.float().square().sum(-1)[:, None]


def pairwise_error(estimates: Tensor, references: Tensor, mixture: Tensor) -> Tensor:
    """:func:`stream_error` of every estimate with every reference, [batch, estimates, references]."""
    _check(estimates, references, mixture)
    n = references.shape[1]
    every = estimates.repeat_interleave(n, dim=1), references.repeat(1, n, 1)
    return stream_error(*every, mixture).unflatten(1, (n, n))


def spectral_distance(estimates: Tensor, references: Tensor) -> Tensor:
    """Spectral convergence and log magnitude distance, mean over three resolutions, [batch, n_src]; 0 is equality.

    Raises:
        TypeError: not floating-point tensors.
        ValueError: shapes that do not belong together.
    """
    _check(estimates, references, estimates.sum(1))
    total = estimates.new_zeros(estimates.shape[:2], dtype=torch.float32)
    for window in _WINDOWS:
        found, wanted = _magnitude(estimates, window), _magnitude(references, window)
        norm = wanted.square().sum((-2, -1)) + _TINY
        convergence = ((found - wanted).square().sum((-2, -1)) / norm + _TINY).sqrt()
        floor = (norm / wanted[0, 0].numel()).sqrt()[..., None, None] * 1e-3  # 60 dB below the mean level
        distance = ((found + floor).log() - (wanted + floor).log()).abs().mean((-2, -1))
        total = total + (convergence + distance) / len(_WINDOWS)
    return total


def _magnitude(waves: Tensor, window: int) -> Tensor:
    """[B,n,S] → [B,n,F,L], in float32 whatever the precision around."""
    with torch.autocast(waves.device.type, enabled=False):
        hann = torch.hann_window(window, device=waves.device)
        flat = waves.float().flatten(0, 1)
        spectra = torch.stft(flat, window, window // 4, window=hann, pad_mode="constant", return_complex=True)
        return torch.view_as_real(spectra).square().sum(-1).add(_TINY).sqrt().unflatten(0, waves.shape[:2])


def _check(estimates: Tensor, references: Tensor, mixture: Tensor) -> None:
    for name, tensor in {"estimates": estimates, "references": references, "mixture": mixture}.items():
        if not (isinstance(tensor, Tensor) and tensor.is_floating_point()):
            came = f"{tensor.dtype} tensor" if isinstance(tensor, Tensor) else type(tensor).__name__
            raise TypeError(f"{name} must be a floating-point tensor, not a {came}")
    B, S = mixture.shape[0], mixture.shape[-1]
    fits = estimates.ndim == 3 and mixture.shape == (B, S) and (estimates.shape[0], estimates.shape[2]) == (B, S)
    if not fits or estimates.shape != references.shape:
        came = f"{list(estimates.shape)}, {list(references.shape)} and {list(mixture.shape)}"
        raise ValueError(f"estimates and references must be [batch, n_src, time] and mixture [batch, time], not {came}")
