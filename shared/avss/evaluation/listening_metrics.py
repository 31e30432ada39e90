"""How separated voices sound to listeners, as models of hearing guess it. Slow: about 0.1 s for 3 s of sound.

=======  ===================================================================================================
pesq     quality, about 1 (bad) to 4.64 (ITU-T P.862.2, wide band)
stoi     intelligibility, about 0 to 1 (Taal et al., TASLP 2011)
estoi    the same, also right for maskers that change in time, such as voices (Jensen and Taal, TASLP 2016)
=======  ===================================================================================================

Both libraries want the reference first, and a swapped pair gives a plausible figure; here the names are needed.
"""

import warnings
from collections.abc import Sequence
from typing import NamedTuple

import joblib
import numpy as np
import pystoi
from pesq import NoUtterancesError
from pesq import pesq as itu_pesq

from avss.batch import check_jobs, processes
from avss.rates import SAMPLE_RATE

_WORST_PESQ, _WORST_STOI = 1.0, 0.0
_TOO_SHORT = "Not enough STFT frames"


class Listening(NamedTuple):
    """What listeners would say of one voice; NaN where a model of hearing finds too little speech in the reference."""

    pesq: float
    stoi: float
    estoi: float


def pesq(*, estimate: np.ndarray, reference: np.ndarray) -> float:
    """Wide-band PESQ of signals [S]; 1 for a silent estimate, NaN where the standard finds no speech in the reference.

    Raises:
        ValueError: shapes differ or are not [S], or a number is not finite.
    """
    _check(estimate, reference)
    if not estimate.any():
        return _WORST_PESQ
    try:
        return float(itu_pesq(SAMPLE_RATE, ref=reference, deg=estimate, mode="wb"))
    except NoUtterancesError:
        return float("nan")


def stoi(*, estimate: np.ndarray, reference: np.ndarray) -> float:
    """STOI of signals [S]; 0 for a silent estimate, NaN for less than 0.4 s of speech in the reference.

    Raises:
        ValueError: shapes differ or are not [S], or a number is not finite.
    """
    return _stoi(estimate, reference, extended=False)


def estoi(*, estimate: np.ndarray, reference: np.ndarray) -> float:
    """Extended STOI of signals [S]; 0 for a silent estimate, NaN for less than 0.4 s of speech in the reference.

    Raises:
        ValueError: shapes differ or are not [S], or a number is not finite.
    """
    return _stoi(estimate, reference, extended=True)


def listen(estimates: Sequence[np.ndarray], references: Sequence[np.ndarray], *, jobs: int) -> list[Listening]:
    """All three of every pair of signals [S], in ``jobs`` processes; -1 uses all cores.

    Raises:
        SettingsError: ``jobs`` is 0.
    """
    check_jobs(jobs)
    jobs = joblib.effective_n_jobs(jobs)
    spread = map if jobs == 1 else processes(jobs).map
    return list(spread(_listen, zip(estimates, references, strict=True)))


def _listen(estimate_and_reference: tuple[np.ndarray, np.ndarray]) -> Listening:
    pair = dict(zip(("estimate", "reference"), estimate_and_reference, strict=True))
    return Listening(pesq(**pair), stoi(**pair), estoi(**pair))


def _stoi(estimate: np.ndarray, reference: np.ndarray, *, extended: bool) -> float:
    _check(estimate, reference)
    if not estimate.any():
        return _WORST_STOI  # the library fills silence with noise, and gives another figure every time
    with warnings.catch_warnings():
        warnings.filterwarnings("error", _TOO_SHORT, RuntimeWarning)
        try:
            return float(pystoi.stoi(x=reference, y=estimate, fs_sig=SAMPLE_RATE, extended=extended))
        except RuntimeWarning:
            return float("nan")


def _check(estimate: np.ndarray, reference: np.ndarray) -> None:
    if estimate.ndim != 1 or estimate.shape != reference.shape:
        raise ValueError(f"estimate and reference must both be [S], not {estimate.shape} and {reference.shape}")
    if not (np.isfinite(estimate).all() and np.isfinite(reference).all()):
        raise ValueError("estimate or reference has NaN or infinite numbers")
