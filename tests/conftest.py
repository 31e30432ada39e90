"""Fixtures shared by all tests. Real clips are optional: tests that need them skip, saying so."""

import json
import os
import subprocess
from argparse import Namespace
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from fractions import Fraction
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import av
import numpy as np
import pytest
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.stream import Disposition
from av.video.stream import VideoStream

from avss.corpora.generated.corpus import generate_corpus
from avss.corpora.opening import open_corpus
from avss.data.parts import write_part
from avss.data.store import PreparedClip, PreparedStore
from avss.data.store_writer import StoreWriter

if TYPE_CHECKING:
    from avss.models.audio_visual import AudioVisualSeparator

MakeStore = Callable[..., PreparedStore]

# Of a film whose pictures are numbered.
WIDTH, HEIGHT, BITS = 160, 64, 10

REAL_DATA = Path(os.environ.get("AVSS_REAL_DATA", Path(__file__).parents[1] / ".." / "shared")).resolve()


def _real(name: str) -> Path:
    folder = REAL_DATA / name
    if not folder.is_dir():
        pytest.skip(f"no real data in {folder}; set AVSS_REAL_DATA to run this test")
    return folder


@pytest.fixture(scope="session")
def real_grid() -> Path:
    """Folder of real GRID clips in the official layout."""
    return _real("grid")


@pytest.fixture(scope="session")
def real_landmarks() -> Path:
    """Folder of real lip landmarks, one npz per speaker."""
    return _real("grid_landmarks")


@pytest.fixture(scope="session")
def generated_clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of a generated corpus of two speakers with two clips each; do not write into it."""
    folder = tmp_path_factory.mktemp("generated") / "clips"
    generate_corpus(folder, speakers=2, clips=2, seed=0, jobs=1)
    return folder


@pytest.fixture(scope="session")
def small_model() -> "AudioVisualSeparator":
    """A separator with a frontend of landmarks, both with random weights; do not change them."""
    # Torch takes seconds to import, and half of the tests do without it.
    import torch

    from avss.models.audio_visual import AudioVisualSeparator
    from avss.models.frontend import Frontend
    from avss.models.lip2phone import Lip2Phone
    from avss.models.separators.families import SeparatorSettings, make_separator

    with torch.random.fork_rng():
        torch.manual_seed(0)
        frontend = Frontend(Lip2Phone(hidden=8, features=8))
        separator = make_separator(SeparatorSettings(width=16, stages=1), frontend.size)
        return AudioVisualSeparator(frontend, separator).eval()


@pytest.fixture(scope="session")
def weights(small_model: "AudioVisualSeparator", tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of a small separator with random weights."""
    from avss.models.weights import save_model

    folder = tmp_path_factory.mktemp("weights") / "small"
    save_model(small_model, folder, corpus="made", split={"train": ["s1"]})
    return folder


@pytest.fixture(scope="session")
def party(generated_clips: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two people side by side, 3 s."""
    from avss.inference.party import mix_party

    videos = [clip.video for clip in open_corpus(generated_clips).clips()]
    folder = tmp_path_factory.mktemp("party") / "party"
    mix_party([videos[0], videos[-1]], folder)
    return folder / "party.mp4"


@pytest.fixture(scope="session")
def make_store() -> MakeStore:
    """Makes a store of given mouths: ``make_store(root, mouths={"s1/a": uint8 [T,32,48]}, split={"s1": "train"})``.

    All else in it is zero. Frames are valid unless ``valid={"s1/a": bool [T]}`` says otherwise.
    """

    def make(
        root: Path,
        mouths: Mapping[str, np.ndarray],
        split: Mapping[str, str],
        valid: Mapping[str, np.ndarray] | None = None,
    ) -> PreparedStore:
        writer = StoreWriter(root)
        measured = {"source": "1@1", "face_score": 1.0, "damaged_frames": 0}
        for clip_id, mouth in mouths.items():
            T = len(mouth)
            seen = (valid or {}).get(clip_id, np.ones(T, bool))
            clip = PreparedClip(
                np.zeros(640 * T, np.int16),
                np.zeros((T, 68, 2), np.float32),
                mouth,
                seen,
                np.zeros((64, 64, 3), np.uint8),
            )
            write_part(root, {"id": clip_id, "frames": T, "valid_share": float(seen.mean()), **measured}, clip)
        speakers = {clip_id: clip_id.partition("/")[0] for clip_id in mouths}
        writer.finish({i: {"id": i, "speaker": who, "split": split[who]} for i, who in speakers.items()}, {})
        return PreparedStore(root)

    return make


@pytest.fixture(scope="session")
def allosaurus_models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with a model of Allosaurus as ``latest``: in its own format, small, with random weights.

    It knows p, æ, ɸ and the click ǃ in English.
    """
    import torch
    from allosaurus.am.allosaurus_torch import AllosaurusTorchModel

    models = tmp_path_factory.mktemp("allosaurus")
    folder = models / "latest"
    (folder / "inventory").mkdir(parents=True)
    phones = ["p", "æ", "ɸ", "ǃ"]
    settings = {
        "am_config": {
            "model": "allosaurus", "feat_size": 39, "hidden_size": 8, "layer_size": 1, "proj_size": 0,
            "lang_size_dict": {}, "phone_size": len(phones) + 1,
        },
        "pm_config": {
            "model": "mfcc_hires", "backend": "numpy", "sample_rate": 8000, "window_size": 0.025,
            "window_shift": 0.01, "feature_window": 3, "cep_size": 13, "bank_size": 40, "low_freq": 40,
            "high_freq": -200, "use_energy": False, "dither": 0.0, "cmvn": "speaker", "dtype": "float32",
        },
        "lm_config": {"model": "phone_ipa", "backend": "numpy"},
    }  # fmt: skip
    for name, content in settings.items():
        (folder / f"{name}.json").write_text(json.dumps(content))
    for name in ("phone.txt", "inventory/eng.txt"):
        (folder / name).write_text("\n".join(phones) + "\n", encoding="utf-8")
    english = {"LanguageName": "English", "ISO6393": "eng", "GlottoCode": "stan1293", "phonelists": "eng.txt"}
    (folder / "inventory" / "index.json").write_text(json.dumps([english]))
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = AllosaurusTorchModel(Namespace(**settings["am_config"]))
        torch.nn.init.normal_(model.phone_layer.weight, std=3.0)
    torch.save(model.state_dict(), folder / "model.pt")
    return models


@contextmanager
def _mounted(folder: Path, options: str) -> Generator[Path]:
    folder.mkdir()
    mount = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder], capture_output=True, text=True)
    if mount.returncode:
        pytest.skip(f"cannot mount a file system of its own for this test: {mount.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """Folder on a disk of its own that is full after 200 kB."""
    with _mounted(tmp_path / "tiny", "size=200k") as folder:
        yield folder


@pytest.fixture
def read_only_disk(tmp_path: Path) -> Iterator[Path]:
    """Folder on a disk of its own that cannot be written, not even by root."""
    with _mounted(tmp_path / "locked", "ro") as folder:
        yield folder


@pytest.fixture
def studio(tmp_path: Path) -> "Studio":
    """Makes films and sounds in ``tmp_path``."""
    return Studio(tmp_path)


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
        """Overwrite the packets of these numbers in an mp4 or mov with zeros."""
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
