"""How a head moves while it speaks: small, slow sways and turns, and blinks."""

from dataclasses import dataclass

import numpy as np
from scipy.signal import butter, sosfiltfilt

from avss.rates import FRAME_RATE

_SLOWEST, _SETTLING = 1.0, 50
"""Cut-off of the sway in Hz, and frames that the filter needs to forget its start."""
_BLINK = (0.5, 1.0, 1.0, 0.8, 0.5, 0.2)
"""How far the lids are closed in the frames of one blink."""


@dataclass(frozen=True)
class HeadMotion:
    """Pose of the head and its lids in each of T frames, float32.

    Attributes:
        shift: [T,2] to the right and down, pixels.
        turn: [T,3] roll (clockwise), yaw and pitch, radians.
        nearness: [T] factor of the size of the head.
        blink: [T] 0 open … 1 closed.
    """

    shift: np.ndarray
    turn: np.ndarray
    nearness: np.ndarray
    blink: np.ndarray

    def __len__(self) -> int:
        return len(self.blink)

    @classmethod
    def still(cls, frames: int) -> "HeadMotion":
        """A head that looks straight ahead for ``frames`` frames without blinking."""
        zeros = np.zeros(frames, np.float32)
        return cls(
            shift=np.zeros((frames, 2), np.float32),
            turn=np.zeros((frames, 3), np.float32),
            nearness=zeros + 1,
            blink=zeros,
        )


def draw_head_motion(rng: np.random.Generator, frames: int) -> HeadMotion:
    """Draw the motion of one clip: where the speaker sits today, the sway around it, and a blink every 1.5–4.5 s."""
    seat = 3.0 * rng.standard_normal(2)
    sways = _sways(rng, frames, (1.5, 1.2, 0.012, 0.035, 0.025, 0.006))
    return HeadMotion(
        shift=(sways[:, :2] + seat).astype(np.float32),
        turn=sways[:, 2:5].astype(np.float32),
        nearness=(1 + sways[:, 5]).astype(np.float32),
        blink=_blinks(rng, frames),
    )


def _sways(rng: np.random.Generator, frames: int, spreads: tuple[float, ...]) -> np.ndarray:
    """Low-passed noise [T,len(spreads)] of the given standard deviations, within ±2.5 of them."""
    noise = rng.standard_normal((frames + 2 * _SETTLING, len(spreads)))
    slow = sosfiltfilt(butter(2, _SLOWEST, fs=FRAME_RATE, output="sos"), noise, axis=0)
    slow = np.clip(slow / slow.std(axis=0), -2.5, 2.5)
    return slow[_SETTLING : _SETTLING + frames] * spreads


def _blinks(rng: np.random.Generator, frames: int) -> np.ndarray:
    blink = np.zeros(frames + len(_BLINK), np.float32)
    start = int(rng.integers(5, 60))
    while start < frames:
        blink[start : start + len(_BLINK)] = _BLINK
        start += int(rng.integers(35, 110))
    return blink[:frames]
