"""A voice in seventeen numbers: pitch, timbre and the length of the vocal tract, but not what is said.

- *Pitch*: mean and range of log-F0 over the voiced frames, found by probabilistic YIN.
- *Brightness*: centroid of the average spectrum, and its tilt, the slope of its level over octaves.
- *Formant spacing*: a tube closed at one end resonates at 1, 3, 5 … times half a spacing that is inverse to its length.
  The spacing that fits the first four formants best tells a short vocal tract from a long one, whatever the vowel.
- *MFCC means*: 1 to 12; the zeroth would tell how loud the recording is.

A number that cannot be known is masked, never guessed or NaN: silence has none, and a whisper no pitch.

Sources: M. Mauch and S. Dixon, "pYIN", ICASSP 2014 (librosa's ``pyin``); A. Lammert and S. Narayanan, "On short-time
estimation of vocal tract length from formant frequencies", PLoS ONE 10(7), 2015.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import librosa
import numpy as np
import scipy.signal

from avss.rates import SAMPLE_RATE

HOP = SAMPLE_RATE // 100
_WINDOW = 1024
# A constant offset would pass for a pitch, and rumble for a voice.
_HIGH_PASS = scipy.signal.butter(2, 40, "highpass", fs=SAMPLE_RATE, output="sos")
_LOWEST_HZ, _HIGHEST_HZ = 60.0, 400.0
# Semitones. Half as coarse takes two and a half times as long and moves the mean pitch by less than a hundredth.
_PITCH_STEP = 0.2
_TILT_HZ = (200.0, 6000.0)
_MFCC = range(1, 13)

# A frame is speech when it is louder than this, in dB of full scale and below the loudest frame.
_FLOOR_DB, _BELOW_LOUDEST_DB = -60.0, 35.0
# Fewer voiced frames (0.1 s), or a smaller share of the speech, are creaks and mistakes in unvoiced sound.
_FEWEST_VOICED, _LEAST_VOICED_SHARE = 10, 0.15

# Formants are looked for below 5 kHz, where five are expected and each takes two coefficients.
_FORMANT_RATE, _ORDER, _FORMANTS = 10_000, 10, 4
_FORMANT_WINDOW = 300
_EDGE_HZ, _WIDEST_HZ = 200.0, 500.0

UNITS: dict[str, str] = {
    "f0_mean": "ln Hz",
    "f0_range": "semitones, 5 to 95 % of the voiced frames",
    "centroid": "ln Hz",
    "tilt": "dB per octave",
    "formant_spacing": "ln Hz",
    **{f"mfcc_{n}": "librosa's MFCC, dB scale" for n in _MFCC},
}
NAMES: tuple[str, ...] = tuple(UNITS)


@dataclass(frozen=True)
class VoiceSignature:
    """The voices of one clip or of many.

    Attributes:
        values: float32 [..., 17] in the order of :data:`NAMES` and the :data:`UNITS`; 0 where unknown.
        known: bool [..., 17].
    """

    values: np.ndarray
    known: np.ndarray


def voice_signature(wave: np.ndarray) -> VoiceSignature:
    """The signature of the voice in ``wave``, float [S] at 16 kHz.

    Raises:
        ValueError: ``wave`` is not one row of finite numbers.
    """
    if wave.ndim != 1 or not np.isfinite(wave).all():
        raise ValueError(f"a sound of shape {wave.shape} with non-finite samples or channels; finite [S] is needed")
    wave = scipy.signal.sosfilt(_HIGH_PASS, wave) if len(wave) else wave
    found: dict[str, float] = {}
    speech = _speech_frames(wave)
    if speech.any():
        wave = wave / np.abs(wave).max()
        found |= _timbre(wave, speech) | _pitch_and_tract(wave, speech)
    values = np.array([found.get(name, 0.0) for name in NAMES], np.float32)
    return VoiceSignature(values, np.array([name in found for name in NAMES]))


def average(signatures: Sequence[VoiceSignature]) -> VoiceSignature:
    """The signature of a speaker: the mean over the clips that know each number.

    Raises:
        ValueError: there are no signatures.
    """
    if not signatures:
        raise ValueError("no signatures to average; at least one is needed")
    known = np.stack([signature.known for signature in signatures])
    total = np.where(known, np.stack([signature.values for signature in signatures]), 0).sum(axis=0)
    count = known.sum(axis=0)
    return VoiceSignature((total / np.maximum(count, 1)).astype(np.float32), count > 0)


@dataclass(frozen=True)
class Standardisation:
    """Takes each number to mean 0 and standard deviation 1 over the training speakers; ``mean`` and ``scale`` [17]."""

    mean: np.ndarray
    scale: np.ndarray

    @classmethod
    def of(cls, speakers: VoiceSignature) -> "Standardisation":
        """Mean and deviation over ``speakers`` [N,17]; a number that is unknown or never varies keeps its scale."""
        known = speakers.known
        count = np.maximum(known.sum(axis=0), 1)
        mean = np.where(known, speakers.values, 0).sum(axis=0) / count
        scale = np.sqrt(np.where(known, (speakers.values - mean) ** 2, 0).sum(axis=0) / count)
        return cls(mean.astype(np.float32), np.where(scale > 1e-6, scale, 1).astype(np.float32))

    def apply(self, voices: VoiceSignature) -> VoiceSignature:
        """Standardised ``voices`` [...,17]; unknown numbers become 0, the mean."""
        values = np.where(voices.known, (voices.values - self.mean) / self.scale, 0)
        return VoiceSignature(values.astype(np.float32), voices.known)


def _speech_frames(wave: np.ndarray) -> np.ndarray:
    """Which frames, one per :data:`HOP`, are loud enough to be speech: bool [L]."""
    if not len(wave):
        return np.zeros(0, bool)
    power = librosa.feature.rms(y=wave, frame_length=_WINDOW, hop_length=HOP)[0]
    level = 20 * np.log10(np.maximum(power, 1e-9))
    return level > max(_FLOOR_DB, level.max() - _BELOW_LOUDEST_DB)


def _timbre(wave: np.ndarray, speech: np.ndarray) -> dict[str, float]:
    spectrum = np.abs(librosa.stft(wave, n_fft=_WINDOW, hop_length=HOP))[:, speech] ** 2
    hertz = librosa.fft_frequencies(sr=SAMPLE_RATE, n_fft=_WINDOW)
    average_power = spectrum.mean(axis=1)
    band = (hertz >= _TILT_HZ[0]) & (hertz <= _TILT_HZ[1])
    level = 10 * np.log10(np.maximum(average_power[band], 1e-12))
    # Bins are evenly spaced in Hz; weights 1/Hz let each octave count alike.
    tilt = np.polyfit(np.log2(hertz[band]), level, 1, w=np.sqrt(1 / hertz[band]))[0]
    mel = librosa.feature.melspectrogram(S=spectrum, sr=SAMPLE_RATE, n_mels=40)
    mfcc = librosa.feature.mfcc(S=librosa.power_to_db(mel, top_db=None), n_mfcc=len(_MFCC) + 1).mean(axis=1)
    centroid = (hertz * average_power).sum() / average_power.sum()
    return {"centroid": float(np.log(centroid)), "tilt": float(tilt), **{f"mfcc_{n}": float(mfcc[n]) for n in _MFCC}}


def _pitch_and_tract(wave: np.ndarray, speech: np.ndarray) -> dict[str, float]:
    """What only voiced sound tells; empty where too little of the speech is voiced."""
    f0, voiced, _ = librosa.pyin(
        wave,
        fmin=_LOWEST_HZ,
        fmax=_HIGHEST_HZ,
        sr=SAMPLE_RATE,
        frame_length=_WINDOW,
        hop_length=HOP,
        resolution=_PITCH_STEP,
    )
    voiced = voiced & speech
    if voiced.sum() < max(_FEWEST_VOICED, _LEAST_VOICED_SHARE * speech.sum()):
        return {}
    pitch = np.log(f0[voiced])
    low, high = np.quantile(pitch, (0.05, 0.95))
    found = {"f0_mean": float(pitch.mean()), "f0_range": float(12 * (high - low) / np.log(2))}
    spacing = _formant_spacing(wave, np.flatnonzero(voiced))
    return found if spacing is None else found | {"formant_spacing": float(np.log(spacing))}


def _formant_spacing(wave: np.ndarray, frames: np.ndarray) -> float | None:
    """Median over ``frames`` of the spacing of formants in Hz; ``None`` where too few frames show four formants."""
    slow = scipy.signal.resample_poly(wave, _FORMANT_RATE, SAMPLE_RATE)
    sharp = np.pad(librosa.effects.preemphasis(slow), _FORMANT_WINDOW // 2)
    starts = frames * HOP * _FORMANT_RATE // SAMPLE_RATE
    windows = sharp[starts[:, None] + np.arange(_FORMANT_WINDOW)] * np.hamming(_FORMANT_WINDOW)
    poles = _poles(librosa.lpc(windows, order=_ORDER))
    hertz = np.angle(poles) * _FORMANT_RATE / (2 * np.pi)
    width = -np.log(np.maximum(np.abs(poles), 1e-9)) * _FORMANT_RATE / np.pi
    is_formant = (hertz > _EDGE_HZ) & (hertz < _FORMANT_RATE / 2 - _EDGE_HZ) & (width < _WIDEST_HZ)
    lowest = np.sort(np.where(is_formant, hertz, np.inf), axis=1)[:, :_FORMANTS]
    complete = lowest[np.isfinite(lowest).all(axis=1)]
    if len(complete) < _FEWEST_VOICED:
        return None
    odd = np.arange(_FORMANTS) + 0.5
    return float(np.median(complete @ odd / (odd @ odd)))


def _poles(coefficients: np.ndarray) -> np.ndarray:
    """Roots [N,R] of the polynomials ``coefficients`` [N,R+1] with leading 1: eigenvalues of companion matrices."""
    order = coefficients.shape[1] - 1
    companion = np.zeros((len(coefficients), order, order))
    companion[:, 0] = -coefficients[:, 1:]
    companion[:, np.arange(1, order), np.arange(order - 1)] = 1
    return np.linalg.eigvals(companion)
