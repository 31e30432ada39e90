"""Where the films and sounds of the tests are made, in all the ways that people's cameras make them."""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import chain
from pathlib import Path
from typing import Literal

import av
import numpy as np
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.stream import Disposition
from av.video.stream import VideoStream

# Of a film whose pictures are numbered.
WIDTH, HEIGHT, BITS = 160, 64, 10


class Studio:
    """Made films. If not told otherwise, every picture carries its number as a bar code, to know which one is shown."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def film(
        self,
        name: str,
        *,
        times: Sequence[Fraction | float] = tuple(Fraction(k, 25) for k in range(75)),
        pictures: Iterable[np.ndarray] | None = None,
        codec: str = "mpeg4",
        rate: Fraction | int = 25,
        sound: np.ndarray | None = None,
        sound_codec: str = "aac",
        sound_rate: int = 44_100,
        sound_layout: str = "stereo",
        sound_time: float = 0.0,
        turned: int = 0,
        pixel_shape: Fraction | None = None,
        pixels: str = "yuv420p",
        muxer: dict[str, str] | None = None,
        encoder: dict[str, str] | None = None,
    ) -> Path:
        """Make a film: pictures that appear at ``times``, ``sound`` [channels, n] that starts at ``sound_time``."""
        drawn = iter(pictures) if pictures is not None else (self.numbered(k) for k in range(len(times)))
        first = next(drawn)
        path = self.folder / name
        with av.open(f"file:{path}", "w", options=muxer or {}) as container:
            video = container.add_stream(codec, rate, options=encoder or {}, pix_fmt=pixels)
            assert isinstance(video, VideoStream)
            video.height, video.width = first.shape[:2]
            video.bit_rate = 4_000_000
            # Regular timestamps count pictures, as cameras do; irregular ones need a finer clock.
            regular = all(Fraction(time) * rate == k for k, time in enumerate(times))
            clock = video.codec_context.time_base = 1 / Fraction(rate) if regular else Fraction(1, 1000)
            if turned:
                video.set_display_rotation(turned)
            if pixel_shape:
                video.codec_context.sample_aspect_ratio = pixel_shape
            track = None
            if sound is not None:
                track = _SoundTrack(container, sound, sound_codec, sound_rate, sound_layout, sound_time)
            for time, picture in zip(times, chain([first], drawn), strict=True):
                frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
                frame.time_base, frame.pts = clock, round(Fraction(time) / clock)
                container.mux(video.encode(frame))
                if track is not None:
                    track.encode_until(float(time) + 0.5)
            if track is not None:
                track.finish()
            container.mux(video.encode(None))
        return path

    @staticmethod
    def spoil(film: Path, kind: Literal["video", "audio"], numbers: Iterable[int]) -> Path:
        """Overwrite the packets of these numbers in an mp4, mov or avi with zeros."""
        with av.open(film) as container:
            places = [(packet.pos or 0, packet.size) for packet in container.demux(**{kind: 0}) if packet.size]
        content = bytearray(film.read_bytes())
        for number in numbers:
            position, size = places[number]
            content[position : position + size] = bytes(size)
        film.write_bytes(content)
        return film

    def without_sound(self, film: Path, start: float, stop: float) -> Path:
        """The film again, without its packets of sound from ``start`` to ``stop`` seconds."""
        path = film.with_name(f"hole {film.name}")
        with av.open(film) as source, av.open(path, "w") as target:
            streams = {stream.index: target.add_stream_from_template(stream) for stream in source.streams}
            for packet in source.demux():
                is_sound = packet.stream.type == "audio"
                if packet.pts is not None and not (is_sound and start <= packet.pts * packet.time_base < stop):
                    packet.stream = streams[packet.stream_index]
                    target.mux(packet)
        return path

    def song_with_cover(self, name: str) -> Path:
        """A sound file whose only video stream is the picture of its cover."""
        path = self.folder / name
        with av.open(path, "w") as container:
            track = _SoundTrack(container, self.tone(1, 44_100), "libmp3lame", 44_100, "stereo", 0.0)
            cover = container.add_stream("mjpeg", 25, width=WIDTH, height=HEIGHT, pix_fmt="yuvj420p")
            cover.disposition = Disposition.attached_pic
            container.mux(cover.encode(av.VideoFrame.from_ndarray(self.numbered(1), format="rgb24")))
            track.finish()
            container.mux(cover.encode(None))
        return path

    @staticmethod
    def numbered(number: int) -> np.ndarray:
        """A picture [64,160,3]: ``number`` in ten bars, white for a one, over noise that keeps packets large."""
        bars = np.array([255 * (number >> bit & 1) for bit in range(BITS)], np.uint8)
        picture = np.tile(np.repeat(bars, WIDTH // BITS), (HEIGHT, 1))
        picture[HEIGHT // 2 :] = np.random.default_rng(number).integers(0, 256, (HEIGHT // 2, WIDTH), np.uint8)
        return np.repeat(picture[:, :, None], 3, axis=2)

    @staticmethod
    def number(grey: np.ndarray) -> int:
        bars = grey[: HEIGHT // 2 - 8].mean(axis=0).reshape(BITS, -1).mean(axis=1) > 128
        return int(sum(int(bar) << bit for bit, bar in enumerate(bars)))

    @staticmethod
    def tone(seconds: float, rate: int, channels: int = 2, frequency: float = 440.0, peak: float = 0.5) -> np.ndarray:
        """The same sine in all channels, [channels, n]."""
        return np.tile(peak * np.sin(2 * np.pi * frequency * np.arange(round(seconds * rate)) / rate), (channels, 1))

    @staticmethod
    def click(at: float, seconds: float, rate: int, channels: int = 2) -> np.ndarray:
        """Silence with one click of a millisecond, [channels, n]."""
        sound = np.zeros((channels, round(seconds * rate)))
        sound[:, round(at * rate) :][:, : rate // 1000] = 0.9
        return sound


class _SoundTrack:
    """Sound [channels, n] that is encoded little by little beside the picture, as a camera does."""

    def __init__(
        self, container: OutputContainer, sound: np.ndarray, codec: str, rate: int, layout: str, start: float
    ) -> None:
        strict = {"strict": "experimental"} if codec == "vorbis" else {}
        stream = container.add_stream(codec, rate, options=strict, layout=layout)
        assert isinstance(stream, AudioStream)
        self.container, self.stream = container, stream
        self.sound, self.rate, self.layout, self.start = sound, rate, layout, start
        self.done = 0

    def encode_until(self, time: float) -> None:
        stop = min(round((time - self.start) * self.rate), self.sound.shape[1])
        if stop > self.done:
            part = np.ascontiguousarray(self.sound[:, self.done : stop], np.float32)
            frame = av.AudioFrame.from_ndarray(part, "fltp", self.layout)
            frame.sample_rate, frame.time_base = self.rate, Fraction(1, self.rate)
            frame.pts = self.done + round(self.start * self.rate)
            self.container.mux(self.stream.encode(frame))
            self.done = stop

    def finish(self) -> None:
        self.encode_until(float(self.sound.shape[1]))
        self.container.mux(self.stream.encode(None))
