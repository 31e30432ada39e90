"""Speed and landmark quality of the road from video to store, against detecting the face on every frame.

    python tests/benchmarks/bench_prepare.py [--corpus DIR] [--clips N]

CPU time, not wall time. Without a corpus, clips are generated first.
"""

import argparse
import functools
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import chain, islice, repeat
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from avss.corpora.clip import BadClip, Clip
from avss.corpora.generated.corpus import generate_corpus
from avss.corpora.opening import open_corpus
from avss.data.prepare import prepare_corpus
from avss.media.reading import read_frames
from avss.media.writing import write_video
from avss.vision.detector import Box, HogDetector
from avss.vision.landmarks import LandmarkPredictor, box_around
from avss.vision.tracks import FaceFollower

SECONDS_PER_CLIP, JITTER = 0.35, 0.5


class Chosen:
    """A corpus of some clips of another one."""

    def __init__(self, clips: list[Clip]) -> None:
        self._clips = clips

    def clips(self) -> Iterator[Clip]:
        return iter(self._clips)

    def bad_clips(self) -> list[BadClip]:
        return []


def cpu_seconds(work: Callable[[], object]) -> float:
    """CPU seconds of this process that ``work`` takes."""
    start = time.process_time()
    work()
    return time.process_time() - start


def prepare(clips: list[Clip]) -> None:
    """Prepare ``clips`` into a store that is thrown away."""
    with tempfile.TemporaryDirectory() as out:
        prepare_corpus(Chosen(clips), Path(out) / "store", {clip.speaker: "train" for clip in clips}, jobs=1)


@functools.cache
def detector() -> HogDetector:
    """The detector, which takes a while to load."""
    return HogDetector()


Follow = Callable[[Path], np.ndarray]


def carried(video: Path) -> np.ndarray:
    """Landmarks [T,68,2] as they are prepared."""
    return FaceFollower(detector(), LandmarkPredictor()).follow(read_frames(video))[0].landmarks


def detected(video: Path) -> np.ndarray:
    """Landmarks [T,68,2] in the box of a detection on every frame; one that finds nothing keeps the box before."""
    predict, points, box = LandmarkPredictor(), [], Box(0, 0, 1, 1)
    for frame in read_frames(video):
        faces = detector()(frame.grey)
        box = faces[0].box if faces else box
        points.append(predict(frame.grey, box))
    return np.stack(points)


def distance_to_ensemble(video: Path, landmarks: np.ndarray) -> float:
    """Mean distance in pixels to the mean of 24 predictions from randomly shifted and scaled boxes."""
    rng, predict, distances = np.random.default_rng(0), LandmarkPredictor(), []
    for frame, points in zip(islice(read_frames(video), 0, None, 5), landmarks[::5], strict=True):
        box = box_around(points)
        moves = rng.normal(0, 0.03, (24, 4)) * (box.right - box.left)
        ensemble = np.mean([predict(frame.grey, Box(*(np.array(box) + move))) for move in moves], axis=0)
        distances.append(np.linalg.norm(points - ensemble, axis=1).mean())
    return float(np.mean(distances))


def still_jitter(clips: list[Clip], follow: Follow) -> float:
    """Median step in pixels of the mouth's landmarks in a still picture under sensor noise."""
    rng, steps = np.random.default_rng(0), []
    with tempfile.TemporaryDirectory() as folder:
        for clip in clips:
            still = next(iter(read_frames(clip.video))).rgb.astype(np.float32)
            still = still[: still.shape[0] // 2 * 2, : still.shape[1] // 2 * 2]
            noisy = (np.clip(still + rng.normal(0, 2.5, still.shape), 0, 255).astype(np.uint8) for _ in range(40))
            write_video(Path(folder) / "still.mp4", noisy, None)
            steps.append(np.linalg.norm(np.diff(follow(Path(folder) / "still.mp4")[:, 48:], axis=0), axis=2))
    return float(np.median(np.concatenate(steps)))


def memory_of(clip: Clip, frames: int) -> float:
    """MiB by which the peak of this process's memory grows while a clip of ``frames`` frames is prepared."""
    with tempfile.TemporaryDirectory() as folder:
        pictures = [frame.rgb for frame in read_frames(clip.video)]
        there_and_back = chain.from_iterable(repeat(pictures + pictures[::-1]))
        wave = np.random.default_rng(0).normal(0, 0.05, 640 * frames).astype(np.float32)
        path = Path(folder) / "s1" / "long.mp4"
        write_video(path, islice(there_and_back, frames), wave)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        prepare([Clip("s1/long", "s1", path)])
        return (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--corpus", type=Path, help="clips to measure on; generated when left out")
    parser.add_argument("--clips", type=int, default=16)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        corpus = options.corpus or Path(folder) / "clips"
        if options.corpus is None:
            generate_corpus(corpus, speakers=8, clips=max(1, options.clips // 8), seed=0, jobs=1)
        clips = list(open_corpus(corpus).clips())
        report(clips[:: max(1, len(clips) // options.clips)][: options.clips])


def report(clips: list[Clip]) -> None:
    """Measure ``clips`` and print a table."""
    prepare(clips[:1])  # load the models
    half = cpu_seconds(lambda: prepare(clips[: len(clips) // 2])) / (len(clips) // 2)
    whole = cpu_seconds(lambda: prepare(clips)) / len(clips)
    ours: list[np.ndarray] = []
    baseline: list[np.ndarray] = []
    seconds = cpu_seconds(lambda: ours.extend(carried(clip.video) for clip in clips)) / len(clips)
    slow = cpu_seconds(lambda: baseline.extend(detected(clip.video) for clip in clips)) / len(clips)
    jitter, unsteady = still_jitter(clips, carried), still_jitter(clips, detected)
    errors, rough = (
        np.mean([distance_to_ensemble(clip.video, points) for clip, points in zip(clips, followed, strict=True)])
        for followed in (ours, baseline)
    )
    apart = [np.linalg.norm(a - b, axis=2).mean() for a, b in zip(ours, baseline, strict=True)]

    table = Table("", "measured", "target", "detecting on every frame", "ratio", title=f"preparing {len(clips)} clips")
    table.add_row("CPU s per clip, video to store", f"{whole:.3f}", f"≤ {SECONDS_PER_CLIP}")
    table.add_row("  the same over half the clips", f"{half:.3f}", "the same")
    table.add_row("CPU s per clip, decode and follow", f"{seconds:.3f}", "", f"{slow:.3f}", f"{seconds / slow:.2f}")
    table.add_row(
        "jitter of a still mouth, px", f"{jitter:.2f}", f"≤ {JITTER}", f"{unsteady:.2f}", f"{jitter / unsteady:.2f}"
    )
    table.add_row("distance to an ensemble, px", f"{errors:.2f}", "", f"{rough:.2f}", f"{errors / rough:.2f}")
    table.add_row("distance of one from the other, px", f"{np.mean(apart):.2f}")
    for minutes in (1, 10):
        grown = memory_of(clips[0], minutes * 60 * 25)
        table.add_row(f"memory for a clip of {minutes} min, MiB more", f"{grown:.0f}", "its arrays only")
    Console(width=120).print(table)


if __name__ == "__main__":
    main()
