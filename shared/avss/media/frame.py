"""One frame of a video, whose pixels are converted only when they are asked for.

Decoders hand out planes of luma and chroma. Turning those into RGB costs as much as decoding, and most of
the pipeline wants grey; so a :class:`Frame` keeps the decoder's picture, and converts, scales and turns it
in one pass at first use.
"""

from dataclasses import dataclass, field
from functools import cached_property

import av
import numpy as np
from av.video.reformatter import Interpolation, VideoReformatter
from av.video.stream import VideoStream


@dataclass(frozen=True, eq=False)
class Frame:
    """One video frame.

    Attributes:
        picture: the decoder's picture.
        width: of the picture in pixels, before it is turned upright.
        height: of the picture in pixels, before it is turned upright.
        damaged: the picture was decoded with errors, or stands in for one that cannot be decoded.
        converter: what turns pictures into pixels. Frames of a video share one, since setting it up costs more
            than using it; for this reason they are not for several threads at once.
    """

    picture: av.VideoFrame
    width: int
    height: int
    damaged: bool = False
    converter: VideoReformatter = field(default_factory=VideoReformatter, repr=False)

    @cached_property
    def grey(self) -> np.ndarray:
        """Brightness, uint8 [H,W], from 0 black to 255 white whatever range the file uses."""
        return self._pixels("gray")

    @cached_property
    def rgb(self) -> np.ndarray:
        """Colours, uint8 [H,W,3]."""
        return self._pixels("rgb24")

    def _pixels(self, pixel_format: str) -> np.ndarray:
        converted = self.converter.reformat(
            self.picture, self.width, self.height, pixel_format, interpolation=Interpolation.AREA, threads=1
        )
        quarter_turns = round(self.picture.rotation / 90)  # counter-clockwise, as in NumPy
        return np.rot90(converted.to_ndarray(), quarter_turns).copy()


def size_on_screen(stream: VideoStream, longest_side: int | None) -> tuple[int, int]:
    """Width and height at which to show a stream: with square pixels, and no side above ``longest_side``."""
    width, height = stream.width * float(stream.sample_aspect_ratio or 1), float(stream.height)
    scale = 1.0 if longest_side is None else min(1.0, longest_side / max(width, height))
    return max(1, round(width * scale)), max(1, round(height * scale))
