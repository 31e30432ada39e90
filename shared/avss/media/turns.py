"""In which order pictures come, and when, also where a container tells only when they are decoded.

A picture may be coded as a change to a later one, which then comes first in the file. Most containers tell of each when
it appears. An avi does not, and FFmpeg gives its pictures times that rise as they are *decoded*. They come out of the
decoder in the order in which they appear, with times that go back and forth: the right times, each at the wrong
picture. So, as long as times rise in the file though the codec can change the order, pictures are held back until no
earlier time can follow, and the earliest time is always given to the next picture.
"""

import heapq
from collections import deque
from collections.abc import Iterable, Iterator

from av.video.frame import VideoFrame
from av.video.stream import VideoStream

# Pictures held back: H.264 and its successors show no picture more than sixteen later than they decode it.
_HELD = 17

Turn = tuple[int | None, VideoFrame]  # when it appears, in ticks of the stream, and what


class Turns:
    """Pictures of a stream as they come out of its decoder, and when each of them appears.

    Args:
        stream: from its beginning, or from one of its key frames on.
    """

    def __init__(self, stream: VideoStream) -> None:
        self._stream = stream
        self._rising, self._last_sent = True, -(2**63)
        self._held: deque[VideoFrame] = deque()
        self._times: list[int] = []  # a heap, of what is held

    def sent(self, time: int | None) -> None:
        """Take note of what the container says when the packet appears that the decoder gets next."""
        self._rising = self._rising and time is not None and time > self._last_sent
        self._last_sent = self._last_sent if time is None else time

    def come(self, pictures: Iterable[VideoFrame]) -> Iterator[Turn]:
        """Yield those whose turn it is, now that ``pictures`` have come out of the decoder."""
        for picture in pictures:
            time = picture.pts
            if time is None or not self._rising or not self._stream.codec_context.has_b_frames:
                yield from self.rest()
                yield time, picture
            else:
                heapq.heappush(self._times, time)
                self._held.append(picture)
        while len(self._held) > _HELD:
            yield self._next()

    def rest(self) -> Iterator[Turn]:
        """Yield what is held back."""
        while self._held:
            yield self._next()

    def _next(self) -> Turn:
        return heapq.heappop(self._times), self._held.popleft()
