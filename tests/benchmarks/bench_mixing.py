"""Cost of drawing and mixing a batch, against a training step of the separator it is for.

    python tests/benchmarks/bench_mixing.py [--batch B] [--faces K]

CPU time on one thread, batches of 3 s with 192 features a frame.
"""

import argparse
import time
from collections.abc import Callable, Iterator
from itertools import count

import numpy as np
import torch
from rich.console import Console
from rich.table import Table

from avss.data.mixing import Mixtures, mix
from avss.data.mixture_draw import draw_recipe
from avss.data.mixture_recipe import Sources
from avss.data.mixture_settings import MixtureSettings
from avss.data.noise import babble, coloured_noise, join_noise
from avss.data.rooms import simulate_rooms
from avss.data.voice_bank import VoiceBank
from avss.models.separators.families import SeparatorSettings, make_separator
from avss.training.separation_losses import SeparationLoss

TARGET = 0.1
SPEAKERS, CLIPS, T, D, IDENTITY = 40, 6, 75, 192, 64


def made_bank() -> VoiceBank:
    """Clips of noise with random features: what they are costs nothing."""
    N, rng = SPEAKERS * CLIPS, np.random.default_rng(0)
    speakers = tuple(f"s{n // CLIPS}" for n in range(N))
    bank = VoiceBank(
        ids=tuple(f"{speaker}/{n}" for n, speaker in enumerate(speakers)),
        speakers=speakers,
        sexes=(None,) * N,
        lengths=np.full(N, T),
        audio=torch.from_numpy(rng.integers(-5000, 5000, (N, 640 * T), np.int16)),
        level=torch.full((N,), 0.1),
        valid=torch.ones(N, T, dtype=torch.bool),
    )
    return bank.seen_as(features=torch.randn(N, T, D, generator=torch.Generator().manual_seed(0)).half())


def cpu_seconds(work: Callable[[], object], times: int) -> float:
    """Median CPU time of ``work``, after a first time."""
    taken = []
    for _ in range(times + 1):
        start = time.process_time()
        work()
        taken.append(time.process_time() - start)
    return float(np.median(taken[1:]))


def batches(sources: Sources, settings: MixtureSettings, B: int) -> Iterator[Mixtures]:
    """Batches without end."""
    return (mix(draw_recipe(settings, sources, B, seed=0, step=step), sources) for step in count())


def training_step(batch: Mixtures) -> Callable[[], None]:
    """A step of the cheapest family on ``batch``."""
    separator, loss = make_separator(SeparatorSettings(), D, IDENTITY), SeparationLoss()
    optimizer = torch.optim.AdamW(separator.parameters())

    def step() -> None:
        optimizer.zero_grad()
        loss(separator(batch.mixture, batch.frames["features"].float()), batch.voices, batch.mixture).backward()
        optimizer.step()

    return step


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--faces", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(1)
    B, K = options.batch, options.faces
    bank = made_bank()
    noise = join_noise(coloured_noise(), babble(bank))
    plain = MixtureSettings(speakers=(K, K))
    noisy = MixtureSettings(
        speakers=(K, K), unseen_talkers=(1, 1), noise=1.0, largest_offset=2, frozen=0.03, dropped=0.02
    )
    roomy = MixtureSettings(speakers=(K, K), unseen_talkers=(1, 1), noise=1.0, rooms=1.0)
    cases = {
        "voices": (Sources(bank), plain),
        "and noise, a talker, bad frames": (Sources(bank, noise=noise), noisy),
        "voices, noise and a talker in rooms": (Sources(bank, noise=noise, rooms=simulate_rooms()), roomy),
    }
    step = cpu_seconds(training_step(next(batches(Sources(bank), plain, B))), 3)
    table = Table(
        "", "ms per batch", "mixtures/s", "share of a step", "target", title=f"{B} mixtures of {K} faces, one thread"
    )
    for name, (sources, settings) in cases.items():
        endless = batches(sources, settings, B)
        seconds = cpu_seconds(lambda endless=endless: next(endless), 20)
        row = (f"{1000 * seconds:.1f}", f"{B / seconds:.0f}", f"{seconds / step:.1%}", f"≤ {TARGET:.0%}")
        table.add_row(name, *row)
    table.add_row("training step of tcn", f"{1000 * step:.0f}", f"{B / step:.1f}")
    Console(width=110).print(table)


if __name__ == "__main__":
    main()
