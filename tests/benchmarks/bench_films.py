"""Cost of what is written in the end, wavs and films of the voices, in seconds per second of video.

    python tests/benchmarks/bench_films.py [VIDEO VIDEO] [--seconds N]

CPU time of one core, not wall time. Without two videos of a person each, two are generated.
"""

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import chain, islice, repeat
from pathlib import Path

import cv2
import numpy as np
from rich.console import Console
from rich.table import Table

from avss.corpora.generated.corpus import generate_corpus
from avss.corpora.opening import open_corpus
from avss.data.store_layout import PICTURE_SIDE
from avss.inference.voice_files import write_voices
from avss.inference.voice_films import FilmedVoice, write_films
from avss.media.reading import read_frames
from avss.media.source_sound import SourceSound, probe_sound
from avss.media.writing import write_video
from avss.rates import FRAME_RATE, samples_in

K, TARGET = 2, 0.25
BLOCK = 50  # frames


def cpu_seconds(work: Callable[[], object]) -> float:
    """CPU seconds of this process that ``work`` takes."""
    start = time.process_time()
    work()
    return time.process_time() - start


def there_and_back(videos: list[Path]) -> Iterator[np.ndarray]:
    """Pictures of videos side by side, forwards and backwards without end, so that they always move."""
    clips = [[frame.rgb for frame in read_frames(video)] for video in videos]
    pictures = [np.concatenate(row, axis=1) for row in zip(*clips, strict=False)]
    return chain.from_iterable(repeat(pictures + pictures[::-1]))


def voices(sound: SourceSound, T: int) -> Iterator[np.ndarray]:
    """K shares of the sound, in the blocks of a separator."""
    heard = sound.on_frames()
    for start in range(0, T, BLOCK):
        block = heard.exactly(samples_in(min(BLOCK, T - start)))
        yield np.stack([block / K] * K)


def measure(folder: Path, videos: list[Path], seconds: int) -> list[str]:
    """A row of the table: what ``videos`` side by side cost."""
    T = FRAME_RATE * seconds
    video = folder / f"{len(videos)}.mp4"
    wave = np.random.default_rng(0).normal(0, 0.05, samples_in(T)).astype(np.float32)
    write_video(video, islice(there_and_back(videos), T), wave)
    size = next(read_frames(video, longest_side=PICTURE_SIDE)).rgb.shape
    sound = probe_sound(video)
    filmed = []
    for k in range(K):
        box = np.array([(k + 0.3) / K * size[1], 0.3 * size[0], (k + 0.6) / K * size[1], 0.8 * size[0]])
        name = f"face{k + 1}"
        filmed.append(FilmedVoice(name, np.tile(box, (T, 1)), folder / f"{name}.wav", folder / f"{name}.mp4"))
    waves = [voice.wave for voice in filmed]
    heard = cpu_seconds(lambda: write_voices(voices(sound, T), sound, waves, folder / "rest.wav")) / seconds
    shown = cpu_seconds(lambda: write_films(video, filmed, folder / "compare.mp4")) / seconds
    films = [voice.film for voice in filmed] + [folder / "compare.mp4"]
    megabytes = sum(film.stat().st_size for film in films) / seconds * 60 / 1e6
    return [f"{size[1]}x{size[0]}", f"{heard:.3f}", f"{shown:.3f}", f"≤ {TARGET}", f"{megabytes:.1f}"]


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("videos", type=Path, nargs="*", help="two videos of a person each; generated when left out")
    parser.add_argument("--seconds", type=int, default=30, help="of video to measure on (%(default)s)")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    with tempfile.TemporaryDirectory() as name:
        folder, videos = Path(name), options.videos
        if not videos:
            generate_corpus(folder / "clips", speakers=2, clips=1, seed=0, jobs=1)
            videos = [clip.video for clip in open_corpus(folder / "clips").clips()]
        table = Table("frames", "wavs", f"{K + 1} films", "target", "MB a minute", title="CPU s per s of video")
        for row in (measure(folder, videos[:1], options.seconds), measure(folder, videos[:2], options.seconds)):
            table.add_row(*row)
        Console(width=100).print(table)


if __name__ == "__main__":
    main()
