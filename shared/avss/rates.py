"""The clock of the project: 16 000 samples and 25 frames a second, 640 samples to a frame.

Time is counted in samples ``S`` or frames ``T``; seconds appear only at the edges. A clip always has
``S = 640·T``, so sound and picture can be cut, shifted and concatenated together without rounding.

>>> frames_in(3.0), samples_in(75)
(75, 48000)
>>> frames_in(2.978)                       # a started frame counts
75
"""

import math

SAMPLE_RATE = 16_000
FRAME_RATE = 25
SAMPLES_PER_FRAME = SAMPLE_RATE // FRAME_RATE

# Container clocks are rational: 75 frames may be reported as 3.0000001 s. A frame counts as started
# only when more than this share of it is there.
_STARTED = 1e-3


def frames_in(seconds: float) -> int:
    """Number of video frames T that cover ``seconds``: ``ceil(25 · seconds)``, and at least one.

    Raises:
        ValueError: ``seconds`` is not a positive finite number.
    """
    if not (math.isfinite(seconds) and seconds > 0):
        raise ValueError(f"a clip of {seconds} s has no frames; a positive duration is needed")
    return max(1, math.ceil(seconds * FRAME_RATE - _STARTED))


def samples_in(frames: int) -> int:
    """Number of audio samples S = 640·T that belong to ``frames`` video frames."""
    return frames * SAMPLES_PER_FRAME
