"""One picture of a video, converted only when its pixels are asked for.

Decoders hand out planes of luma and chroma. Turning those into RGB costs as much as decoding, and most of
the pipeline wants grey; so a :class:`Frame` keeps the decoder's picture and converts, scales and turns it
in one pass on first use.
"""

from dataclasses import dataclass
from functools import cached_property

import av
import numpy as np
from av.video.reformatter import ColorRange, Interpolation


@dataclass(frozen=True)
class Frame:
    """One video frame.

    Attributes:
        picture: the decoder's picture.
        longest_side: longest side of the arrays in pixels if the picture is larger; ``None`` keeps its size.
        damaged: the picture was decoded with errors, or stands in for one that cannot be decoded.
    """

    picture: av.VideoFrame
    longest_side: int | None = None
    damaged: bool = False

    @cached_property
    def grey(self) -> np.ndarray:
        """Brightness, uint8 [H,W], 0 black to 255 white whatever range the file uses."""
        return self._converted("gray")

    @cached_property
    def rgb(self) -> np.ndarray:
        """Colours, uint8 [H,W,3]."""
        return self._converted("rgb24")

    def _converted(self, pixel_format: str) -> np.ndarray:
        picture, scale = self.picture, 1.0
        if self.longest_side is not None:
            scale = min(1.0, self.longest_side / max(picture.width, picture.height))
        pixels = picture.reformat(
            width=max(1, round(picture.width * scale)),
            height=max(1, round(picture.height * scale)),
            format=pixel_format,
            interpolation=Interpolation.AREA,
            dst_color_range=ColorRange.JPEG,
            threads=1,
        ).to_ndarray()
        quarter_turns = round(picture.rotation / 90)
        return np.ascontiguousarray(np.rot90(pixels, quarter_turns))
