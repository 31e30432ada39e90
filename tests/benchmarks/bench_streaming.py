"""Separating a stream, frame by frame: how late voices are, and what share of one core it takes.

    python tests/benchmarks/bench_streaming.py [--faces 1 2 4] [--seconds 10] [--weights RUN]

By default a model with everything in it, of the quick preset's size and of that of the defaults, with random weights,
which change nothing. The faces are generated ones in pictures of 360 × 288 pixels each, side by side. A block is a
frame of the video and the 40 ms of sound that belong to it. Time is that of one core (``process_time``): its mean over
the length of the stream, and of 19 of 20 blocks at most, of those after the first second.
"""

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import cycle, islice
from pathlib import Path

import cv2
import numpy as np
import torch
from rich.console import Console
from rich.table import Table

from avss.corpora.generated.corpus import generate_corpus
from avss.corpora.opening import open_corpus
from avss.inference.streaming import StreamingSeparator, VoiceStream
from avss.media.reading import read_frames
from avss.models.audio_visual import AudioVisualSeparator
from avss.models.causal.lip2phone import CausalLip2Phone
from avss.models.frontend import Frontend
from avss.models.mouth_pca import MouthPCA
from avss.models.separators.families import SeparatorSettings, make_separator
from avss.models.weights import load_model
from avss.rates import FRAME_RATE, SAMPLE_RATE, SAMPLES_PER_FRAME
from avss.vision.detector import HogDetector
from avss.vision.landmarks import LandmarkPredictor
from avss.vision.live_faces import LiveFaces
from avss.vision.mouth import CROP

LATENCY, SHARE = 100.0, 0.5
COMPONENTS, WIDTHS = 32, (128, 176)


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--faces", type=int, nargs="+", default=[1, 2, 4])
    parser.add_argument("--seconds", type=int, default=10)
    parser.add_argument("--weights", type=Path, help="run folder of a causal separator")
    options = parser.parse_args()
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    models = (
        {str(options.weights): load_model(options.weights, AudioVisualSeparator)}
        if options.weights
        else {f"width {width}": random_model(width) for width in WIDTHS}
    )
    table = Table("model", "faces", "latency", "", "real time", "per face", "95 % of blocks")
    with tempfile.TemporaryDirectory() as folder:
        films = generated_films(Path(folder), max(options.faces))
        for name, model in models.items():
            for K in options.faces:
                pictures = list(islice(side_by_side(films[:K]), options.seconds * FRAME_RATE))
                latency = 1000 * VoiceStream(model, K).latency / SAMPLE_RATE
                late = f"{latency:.0f} ms (at most {LATENCY:.0f})"
                for what, seconds in (
                    ("with faces followed", whole_way(model, K, pictures)),
                    ("model alone", model_alone(model, K, pictures)),
                ):
                    share = seconds.mean() * FRAME_RATE
                    cells = (f"{share:.3f}", f"{share / K:.3f} (below {SHARE})")
                    table.add_row(name, str(K), late, what, *cells, f"{1000 * np.quantile(seconds, 0.95):.1f} ms")
    Console(width=130).print(table)


def random_model(width: int) -> AudioVisualSeparator:
    """A causal model, untrained."""
    frontend = Frontend(CausalLip2Phone(COMPONENTS), MouthPCA(COMPONENTS, CROP))
    separator = make_separator(SeparatorSettings(width=width, causal=True), frontend.size)
    return AudioVisualSeparator(frontend, separator).eval()


def generated_films(folder: Path, people: int) -> list[list[np.ndarray]]:
    """Pictures uint8 [288,360,3] of people who say a sentence."""
    generate_corpus(folder / "clips", speakers=people, clips=1, seed=0, jobs=1)
    return [[frame.rgb for frame in read_frames(clip.video)] for clip in open_corpus(folder / "clips").clips()]


def side_by_side(films: list[list[np.ndarray]]) -> Iterator[np.ndarray]:
    """Pictures of all people, for ever, each film there and back, so that nobody jumps."""
    for pictures in zip(*(cycle([*film, *film[::-1]]) for film in films), strict=True):
        yield np.hstack(pictures)


def whole_way(model: AudioVisualSeparator, K: int, pictures: list[np.ndarray]) -> np.ndarray:
    """CPU seconds for each block, from pictures to voices."""
    live = StreamingSeparator(model, K)
    return timed(live.push, [picture[None] for picture in pictures])


def model_alone(model: AudioVisualSeparator, K: int, pictures: list[np.ndarray]) -> np.ndarray:
    """CPU seconds for each block, from points and mouths to voices."""
    faces = LiveFaces(K, HogDetector(), LandmarkPredictor())
    return timed(VoiceStream(model, K).push, [faces.look(picture[None]) for picture in pictures])


def timed(push: Callable, frames: list) -> np.ndarray:
    """CPU seconds of ``push`` for each of ``frames``, after the first second."""
    noise = np.random.default_rng(0).normal(0, 0.1, SAMPLES_PER_FRAME).astype(np.float32)
    seconds = []
    for frame in frames:
        start = time.process_time()
        push(frame, noise)
        seconds.append(time.process_time() - start)
    return np.array(seconds[FRAME_RATE:])


if __name__ == "__main__":
    main()
