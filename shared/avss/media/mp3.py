"""Sound as small as a page can carry it, in a form that every browser plays."""

import io

import av
import numpy as np

from avss.rates import SAMPLE_RATE

_BITS_PER_SECOND = 48_000


def as_mp3(wave: np.ndarray) -> bytes:
    """Encode float32 [S] in [−1, 1] as a 16 kHz mono mp3 file of 48 kbit/s."""
    file = io.BytesIO()
    with av.open(file, "w", format="mp3") as container:
        stream = container.add_stream("libmp3lame", SAMPLE_RATE, layout="mono")
        stream.bit_rate = _BITS_PER_SECOND
        sound = av.AudioFrame.from_ndarray(wave[None].astype(np.float32), format="fltp", layout="mono")
        sound.sample_rate, sound.pts = SAMPLE_RATE, 0
        container.mux(stream.encode(sound))
        container.mux(stream.encode(None))
    return file.getvalue()
