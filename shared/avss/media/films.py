"""Video files that are written picture by picture, each picture with the sound that is heard while it is shown."""

from collections.abc import Generator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.video.stream import VideoStream

from avss.files import writing
from avss.rates import FRAME_RATE

# Films are made quickly, since several are encoded at once: x264's next preset takes a quarter longer, for files a
# tenth smaller, and its threads cost more than they gain beside each other; AAC's usual coder takes three times as
# long as the fast one.
_PICTURE = {"preset": "ultrafast", "crf": "23", "threads": "1"}
_SOUND = {"aac_coder": "fast"}

# The rates AAC knows. Sound of any other is brought to the last of them.
_AAC_RATES = (8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 64_000, 88_200, 96_000, 48_000)


class Film:
    """An open video file of 25 pictures a second that grows at its end.

    Args:
        container: the open file.
        video: its picture, whose size is that of all pictures.
        audio: its sound, or ``None`` for a silent film.
    """

    def __init__(self, container: OutputContainer, video: VideoStream, audio: AudioStream | None) -> None:
        self._container, self._video, self._audio = container, video, audio
        self._pictures = self._samples = 0

    def show(self, picture: np.ndarray) -> None:
        """Add a picture, uint8 RGB [H,W,3].

        Raises:
            ValueError: it has another size than the film.
        """
        size, wanted = size_of(picture), (self._video.height, self._video.width)
        if size != wanted:
            raise ValueError(f"frame {self._pictures} has the size {size}, frame 0 has {wanted}")
        frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
        frame.pts, frame.time_base = self._pictures, Fraction(1, FRAME_RATE)
        self._container.mux(self._video.encode(frame))
        self._pictures += 1

    def play(self, sound: np.ndarray, rate: int) -> None:
        """Add sound, float32 [n] in [−1, 1], of ``rate`` samples per second, the same for all the film."""
        if self._audio is None or not len(sound):
            return
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(sound[None]), format="fltp", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = rate, self._samples, Fraction(1, rate)
        self._container.mux(self._audio.encode(frame))
        self._samples += len(sound)

    def finish(self) -> None:
        """Write what the encoders still hold back."""
        for stream in (self._video, self._audio):
            if stream is not None:
                self._container.mux(stream.encode(None))


@contextmanager
def filming(path: Path, size: tuple[int, int], rate: int) -> Generator[Film]:
    """Yield an mp4 that every browser plays: H.264 in 4:2:0, AAC, and the index before the pictures.

    The file has its name only when the block is left without an error.

    Args:
        path: the file, ``.mp4``.
        size: height and width of the pictures, both even.
        rate: samples per second of its sound; kept where AAC knows it.

    Raises:
        OutputError: the disk is full, read-only or forbids writing.
    """
    height, width = size
    with writing(path) as temporary, av.open(f"file:{temporary}", "w", options={"movflags": "+faststart"}) as container:
        video = container.add_stream(
            "libx264", FRAME_RATE, options=_PICTURE, width=width, height=height, pix_fmt="yuv420p"
        )
        known = rate if rate in _AAC_RATES else _AAC_RATES[-1]
        audio = container.add_stream("aac", known, options=_SOUND, layout="mono")
        film = Film(container, video, audio)
        yield film
        film.finish()


def size_of(picture: np.ndarray) -> tuple[int, int]:
    """Height and width of a picture.

    Raises:
        ValueError: it is none.
    """
    if picture.ndim != 3 or picture.shape[2] != 3 or picture.dtype != np.uint8:
        raise ValueError(f"{picture.dtype} {list(picture.shape)} is no frame; uint8 [H,W,3] is")
    return picture.shape[0], picture.shape[1]
