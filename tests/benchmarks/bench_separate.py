"""`avss separate` from file to files: time beside that of the video, and memory, over its length; and the net alone.

    python tests/benchmarks/bench_separate.py [--minutes 1] [--weights RUN] [VIDEO VIDEO]
    python tests/benchmarks/bench_separate.py --minutes 1 10 60        # up to an hour of video

Two people side by side, said again and again; by default generated ones, of 360 × 288 pixels each, and the model that
comes with the package. Wall time, since cores are part of the answer, so nothing else should run. Memory is what all
processes hold together at the worst moment, looked at once a second; what they share counts once. For that it needs
Linux. The separator alone is timed on one core (``process_time``) and on a window of the usual length, the fastest of
several rounds, beside asteroid's ConvTasNet with its default settings on the same mixture; what they take is divided
among the faces.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import cycle, islice
from pathlib import Path

import numpy as np
import psutil
import torch
from asteroid.models import ConvTasNet
from rich.console import Console
from rich.table import Table

from avss.commands.weights import USUAL as USUAL_WEIGHTS
from avss.corpora.generated.corpus import generate_corpus
from avss.corpora.opening import open_corpus
from avss.data.visual import Visual
from avss.inference.made_party import made_party
from avss.inference.party import mix_party
from avss.inference.shipped import find_weights
from avss.inference.windows import USUAL as USUAL_WINDOWS
from avss.media.reading import read_frames, read_wave
from avss.media.writing import write_video
from avss.models.audio_visual import AudioVisualSeparator
from avss.models.weights import load_model
from avss.rates import FRAME_RATE, SAMPLE_RATE

FLOOR, MOST, GOAL = 0.5, 2.0, 0.05
K, ROUNDS = 2, 5


def main() -> None:
    """Measure, and print a table and a line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("videos", type=Path, nargs="*", help="of one talking person each")
    parser.add_argument("--minutes", type=int, nargs="+", default=[1])
    parser.add_argument("--weights", default=USUAL_WEIGHTS, help="model of the package, or run folder (%(default)s)")
    options = parser.parse_args()
    weights = find_weights(options.weights)
    table = Table("video", "without films", "with films", f"of the floor {FLOOR}", "memory", f"of {MOST:g} GB")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        mix_party(options.videos or generated_videos(folder), folder / "party")
        for minutes in options.minutes:
            video = folder / f"{minutes}.mp4"
            repeat(folder / "party" / "party.mp4", minutes, video)
            plain, _ = separate(video, weights, folder / f"{minutes}.plain", "--no-films")
            whole, memory = separate(video, weights, folder / f"{minutes}.films")
            shares = [seconds / (60 * minutes) for seconds in (plain, whole)]
            cells = [f"{share:.2f} × real time" for share in shares]
            cells += [f"{shares[1] / FLOOR:.1f} ×", f"{memory:.2f} GB", f"{memory / MOST:.1f} ×"]
            table.add_row(f"{minutes} min", *cells)
    alone, baseline = nets_alone(weights)
    Console().print(table)
    Console().print(f"the separator alone: {alone:.3f} × real time for each of {K} faces, {alone / GOAL:.1f} × {GOAL}")
    Console().print(
        f"asteroid's ConvTasNet: {baseline:.3f} × real time for each, {baseline / alone:.1f} × the separator's"
    )


def generated_videos(folder: Path) -> list[Path]:
    """Two people who say a sentence."""
    generate_corpus(folder / "clips", speakers=2, clips=1, seed=0, jobs=-1)
    return [clip.video for clip in open_corpus(folder / "clips").clips()]


def nets_alone(weights: Path) -> tuple[float, float]:
    """Time of one core for a face, beside that of the sound: the separator without its frontend, and ConvTasNet."""
    model, party = load_model(weights, AudioVisualSeparator), made_party(1, K, USUAL_WINDOWS.length)
    baseline = ConvTasNet(n_src=K, sample_rate=SAMPLE_RATE).eval()
    torch.set_num_threads(1)
    with torch.inference_mode():
        features = model.frontend(Visual(*(part.flatten(0, 1) for part in party.visual)))[None]
        return for_a_face(lambda: model.separator(party.mixture, features)), for_a_face(lambda: baseline(party.mixture))


def for_a_face(separate: Callable[[], object]) -> float:
    """Time of one core for each face of a window, the fastest of several rounds, beside that of the sound."""
    taken = []
    for _ in range(ROUNDS):
        start = time.process_time()
        separate()
        taken.append(time.process_time() - start)
    return min(taken) / (USUAL_WINDOWS.length / FRAME_RATE) / K


def repeat(video: Path, minutes: int, out: Path) -> None:
    """Write ``video`` again and again, until it lasts ``minutes``."""
    frames = [frame.rgb for frame in read_frames(video)]
    T = minutes * 60 * FRAME_RATE
    wave = read_wave(video, len(frames))
    sound = np.resize(wave, T * len(wave) // len(frames))

    def shown() -> Iterator[np.ndarray]:
        yield from islice(cycle(frames), T)

    write_video(out, shown(), sound)


def separate(video: Path, weights: Path, out: Path, *options: str) -> tuple[float, float]:
    """Seconds that it takes, and the most memory that it held, GB."""
    command = [sys.executable, "-m", "avss.cli", "separate", video, "--weights", weights, "--out", out, *options]
    start, most = time.perf_counter(), 0.0
    with subprocess.Popen([str(part) for part in command], stdout=subprocess.DEVNULL) as running:
        while True:
            with suppress(subprocess.TimeoutExpired):
                status = running.wait(timeout=1)
                break
            most = max(most, held(running.pid))
    if status:
        raise subprocess.CalledProcessError(status, command)
    return time.perf_counter() - start, most


def held(pid: int) -> float:
    """Memory that a process and all that it started hold, GB; what k processes share counts 1/k in each."""
    total = 0
    with suppress(psutil.NoSuchProcess):
        parent = psutil.Process(pid)
        for process in (parent, *parent.children(recursive=True)):
            with suppress(psutil.NoSuchProcess):
                total += process.memory_full_info().pss
    return total / 1e9


if __name__ == "__main__":
    main()
