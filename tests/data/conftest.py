"""Prepared clips without a video, for tests of the store alone, and films of a generated face in odd formats."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
import torch
from av.video.stream import VideoStream

from avss.corpora.clip import Segment, Sex
from avss.corpora.opening import open_corpus
from avss.data.parts import write_part
from avss.data.store import PreparedClip, PreparedStore
from avss.data.store_writer import StoreWriter
from avss.data.voice_bank import VoiceBank
from avss.media.reading import read_frames, read_wave

MakeClip = Callable[[int, int], PreparedClip]
MakeBank = Callable[..., VoiceBank]


@pytest.fixture(scope="session")
def face(generated_clips: Path) -> list[np.ndarray]:
    """75 frames of a talking face, uint8 [288,360,3]."""
    return [frame.rgb for frame in read_frames(next(open_corpus(generated_clips).clips()).video)]


@pytest.fixture(scope="session")
def voice(generated_clips: Path) -> np.ndarray:
    """What the face says, float32 [48000]."""
    return read_wave(next(open_corpus(generated_clips).clips()).video, 75)


@pytest.fixture(scope="session")
def film() -> Callable[..., Path]:
    """Writes a film: :func:`make_film`."""
    return make_film


@pytest.fixture(scope="session")
def make_clip() -> MakeClip:
    """Makes a clip of T frames with random content: ``make_clip(seed, T)``."""

    def make(seed: int, T: int) -> PreparedClip:
        rng = np.random.default_rng(seed)
        return PreparedClip(
            rng.integers(-30000, 30000, 640 * T, np.int16),
            rng.normal(size=(T, 68, 2)).astype(np.float32),
            rng.integers(0, 256, (T, 32, 48), np.uint8),
            rng.random(T) < 0.9,
            rng.integers(0, 256, (64, 64, 3), np.uint8),
        )

    return make


def make_film(
    path: Path,
    pictures: Sequence[np.ndarray],
    sound: np.ndarray | None,
    *,
    rate: Fraction | int = 25,
    codec: str = "mpeg4",
    pixels: str = "yuv420p",
    sound_rate: int = 16_000,
    layout: str = "mono",
    turned: int = 0,
) -> Path:
    """Write ``pictures`` [H,W,3] and the mono ``sound`` (16 kHz), which is played by all channels of ``layout``."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with av.open(path, "w") as container:
        if pictures:
            video = container.add_stream(codec, rate, pix_fmt=pixels)
            assert isinstance(video, VideoStream)
            video.height, video.width = pictures[0].shape[:2]
            video.bit_rate = 3_000_000
            if turned:
                video.set_display_rotation(turned)
        if sound is not None:
            audio = container.add_stream(
                "pcm_s16le" if path.suffix in (".avi", ".mkv") else "aac", sound_rate, layout=layout
            )
        for picture in pictures:
            container.mux(video.encode(av.VideoFrame.from_ndarray(picture, "rgb24")))
        if pictures:
            container.mux(video.encode(None))
        if sound is not None:
            frame = av.AudioFrame.from_ndarray(sound[None].astype(np.float32), "fltp", "mono")
            frame.sample_rate = 16_000
            resampler = av.AudioResampler(audio.format, layout, sound_rate, audio.frame_size or 1024)
            for part in resampler.resample(frame) + resampler.resample(None):
                container.mux(audio.encode(part))
            container.mux(audio.encode(None))
    return path


@pytest.fixture
def made_store(tmp_path: Path, make_clip: MakeClip) -> Callable[..., PreparedStore]:
    """Makes a store of random clips of given lengths: ``made_store({"s1/a": (75, words, phones)})``."""

    def make(clips: dict[str, tuple[int, list[Segment] | None, list[Segment] | None]]) -> PreparedStore:
        writer = StoreWriter(tmp_path / f"store-{len(list(tmp_path.iterdir()))}")
        rows = {}
        for seed, (clip_id, (T, words, phones)) in enumerate(clips.items()):
            measured = {"frames": T, "valid_share": 0.9, "face_score": 1.5, "damaged_frames": 0}
            write_part(writer.root, {"id": clip_id, "source": "1@1", **measured}, make_clip(seed, T))
            rows[clip_id] = {
                "id": clip_id,
                "speaker": clip_id.partition("/")[0],
                "split": "train",
                "words": words and [asdict(word) for word in words],
                "phones": phones and [asdict(phone) for phone in phones],
            }
        writer.finish(rows, {})
        return PreparedStore(writer.root)

    return make


@pytest.fixture(scope="session")
def make_bank() -> MakeBank:
    """Makes a bank of noise: ``make_bank({"a": [10, 12], "b": [10]})`` has two clips of ``a``, of 10 and 12 frames.

    Men and women alternate. Frame t of clip n is seen as the number 100·n + t + 1, and the whole clip as n + 1.
    """

    def make(lengths: Mapping[str, Sequence[int]], seed: int = 0) -> VoiceBank:
        clips = [(speaker, number, T) for speaker, of_speaker in lengths.items() for number, T in enumerate(of_speaker)]
        rng, longest = np.random.default_rng(seed), max(T for _, _, T in clips)
        within = np.arange(longest) < np.array([[T] for _, _, T in clips])
        loudness = rng.uniform(300, 6000, (len(clips), 1, 1))
        audio = np.clip(rng.normal(0, loudness, (len(clips), longest, 640)), -32767, 32767) * within[..., None]
        level = np.sqrt((audio**2).mean(axis=2).sum(axis=1) / within.sum(axis=1)) / 32767
        sexes: Sequence[Sex] = ("m", "f")
        numbers, times = torch.arange(len(clips)), torch.arange(longest)
        bank = VoiceBank(
            ids=tuple(f"{speaker}/{number}" for speaker, number, _ in clips),
            speakers=tuple(speaker for speaker, _, _ in clips),
            sexes=tuple(sexes[list(lengths).index(speaker) % 2] for speaker, _, _ in clips),
            lengths=np.array([T for _, _, T in clips]),
            audio=torch.from_numpy(audio.astype(np.int16)).flatten(1),
            level=torch.from_numpy(level.astype(np.float32)),
            valid=torch.from_numpy(within),
        )
        return bank.seen_as({"who": numbers + 1}, features=100 * numbers[:, None, None] + times[:, None] + 1.0)

    return make
