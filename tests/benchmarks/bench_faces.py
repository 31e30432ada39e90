"""What following the faces of a video costs, and how well people are told apart.

    python tests/benchmarks/bench_faces.py [--corpus DIR] [--seconds S] [--people N]

CPU time of one core, not wall time, from a video file to the finished segments. Without a corpus, clips are generated
first. Faces of different clips are shown side by side.
"""

import argparse
import tempfile
import time
from collections.abc import Iterator
from itertools import chain, combinations, islice, repeat
from pathlib import Path

import cv2
import numpy as np
from rich.console import Console
from rich.table import Table

from avss.corpora.clip import Clip
from avss.corpora.generated.corpus import generate_corpus
from avss.corpora.opening import open_corpus
from avss.inference.segments import follow_video
from avss.media.probing import probe
from avss.media.reading import read_frames
from avss.media.writing import write_video
from avss.rates import FRAME_RATE
from avss.vision.detector import HogDetector
from avss.vision.identity import SAME_PERSON, FaceDescriber
from avss.vision.landmarks import LandmarkPredictor
from avss.vision.tracks import FaceFollower

# Faces in the picture, and how many of them in a row.
PARTIES = {1: 1, 2: 2, 4: 2}
TARGET = 0.25


def film(video: Path) -> Iterator[np.ndarray]:
    """The frames of a clip of 360 × 288 pixels, forwards and backwards without end."""
    frames = [frame.rgb for frame in read_frames(video)]
    return chain.from_iterable(repeat(frames + frames[::-1]))


def fitted(picture: np.ndarray, height: int, width: int) -> np.ndarray:
    """A picture in the middle of one of another size, which it fills as far as its shape allows."""
    scale = min(height / picture.shape[0], width / picture.shape[1])
    scaled = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    framed = np.zeros((height, width, 3), np.uint8)
    top, left = (height - scaled.shape[0]) // 2, (width - scaled.shape[1]) // 2
    framed[top : top + scaled.shape[0], left : left + scaled.shape[1]] = scaled
    return framed


def party(path: Path, clips: list[Clip], size: tuple[int, int] | None, seconds: int) -> Path:
    """A video with the faces of ``clips``, as large as they are or as fits a picture of ``size`` [H,W]."""
    wide = PARTIES[len(clips)]

    def frames() -> Iterator[np.ndarray]:
        for faces in zip(*(film(clip.video) for clip in clips), strict=True):
            rows = [np.hstack(faces[at : at + wide]) for at in range(0, len(faces), wide)]
            yield np.vstack(rows) if size is None else fitted(np.vstack(rows), *size)

    write_video(path, islice(frames(), seconds * FRAME_RATE), None)
    return path


def cost(video: Path) -> tuple[int, float, float]:
    """Tracklets found in a video, and CPU seconds per second of it: of decoding, and of all until they are written."""
    info = probe(video)
    start = time.process_time()
    for frame in read_frames(video):
        _ = frame.grey
    decoded = time.process_time()
    with tempfile.TemporaryDirectory() as work:
        found = len(follow_video(video, info, Path(work), jobs=1))
    seconds = info.frames / FRAME_RATE
    return found, (decoded - start) / seconds, (time.process_time() - decoded) / seconds


def distances(clips: list[Clip]) -> dict[str, list[float]]:
    """Distances of the descriptors of all pairs of clips, of one person and of two."""
    follower, describe = FaceFollower(HogDetector(), LandmarkPredictor()), FaceDescriber()
    known = [(clip.speaker, describe(follower.follow(read_frames(clip.video))[0].face)) for clip in clips]
    apart: dict[str, list[float]] = {"one person": [], "two people": []}
    for (one, ours), (two, theirs) in combinations(known, 2):
        apart["one person" if one == two else "two people"].append(float(np.linalg.norm(ours - theirs)))
    return apart


def clips_of(corpus: Path, people: int) -> list[Clip]:
    """The first, the middle and the last clip of up to so many speakers."""
    by_speaker: dict[str, list[Clip]] = {}
    for clip in open_corpus(corpus).clips():
        by_speaker.setdefault(clip.speaker, []).append(clip)
    chosen = islice(by_speaker.values(), people)
    return [clip for clips in chosen for clip in dict.fromkeys((clips[0], clips[len(clips) // 2], clips[-1]))]


def main() -> None:
    """Measure and print two tables."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--corpus", type=Path, help="clips to measure on; generated when left out")
    parser.add_argument("--seconds", type=int, default=30, help="length of the videos; a segment has 30")
    parser.add_argument("--people", type=int, default=8)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        corpus = options.corpus or Path(folder) / "clips"
        if options.corpus is None:
            generate_corpus(corpus, speakers=options.people, clips=3, seed=0, jobs=1)
        report(clips_of(corpus, options.people), options.seconds, Path(folder))


def report(clips: list[Clip], seconds: int, folder: Path) -> None:
    """Measure on ``clips`` and print two tables."""
    several = list({clip.speaker: clip for clip in clips}.values())
    cost(party(folder / "warm.mp4", several[:1], None, 1))  # load the models
    table = Table(
        "faces", "picture", "followed", "decoding", "all", "target", title="CPU seconds per second of video, one core"
    )
    for faces in PARTIES:
        for size in (None, (720, 1280)):
            video = party(folder / f"{faces}.mp4", several[:faces], size, seconds)
            height, width = next(read_frames(video)).grey.shape
            found, decoding, whole = cost(video)
            target = f"≤ {TARGET}" if (faces, size) == (2, None) else ""
            table.add_row(f"{faces}", f"{width} × {height}", f"{found}", f"{decoding:.3f}", f"{whole:.3f}", target)
    Console().print(table)

    table = Table(
        "clips of", "pairs", "least", "median", "most", title=f"distance of descriptors; one person: ≤ {SAME_PERSON}"
    )
    for who, apart in distances(clips).items():
        least, median, most = np.percentile(apart, [0, 50, 100])
        table.add_row(who, f"{len(apart)}", f"{least:.2f}", f"{median:.2f}", f"{most:.2f}")
    Console().print(table)


if __name__ == "__main__":
    main()
