"""Training and using the separators, against asteroid's ConvTasNet with its default settings, on the same batch.

    python tests/benchmarks/bench_separators.py [--batch 2] [--voices 2] [--seconds 3] [--repeats 3]

Time is that of one core (``process_time``), so that other work on the machine disturbs it little, and of several rounds
the fastest counts. A training step is forward, loss, backward and AdamW, in float32 and with activations in bfloat16,
which only some CPUs have; using a model is forward for one mixture, in float32.
Multiply-accumulates (MAC) are for a second of one mixture.
"""

import argparse
import time
from collections.abc import Callable

import torch
from asteroid.models import ConvTasNet
from rich.console import Console
from rich.table import Table
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from avss.models.separators.families import FAMILIES, SeparatorSettings, make_separator
from avss.rates import FRAME_RATE, SAMPLE_RATE, frames_in, samples_in
from avss.training.separation_losses import SeparationLoss

FEATURES, IDENTITY = 192, 64
TARGET = 2.0

Forward = Callable[[Tensor, Tensor], Tensor]


def cpu_seconds(work: Callable[[], object]) -> float:
    """CPU time of ``work``."""
    start = time.process_time()
    work()
    return time.process_time() - start


def training_step(
    model: nn.Module, forward: Forward, voices: Tensor, features: Tensor, *, short: bool = False
) -> Callable[[], None]:
    """One step of training on a batch, with activations in bfloat16 if they shall be ``short``."""
    loss, optimizer, mixture = SeparationLoss(), torch.optim.AdamW(model.parameters()), voices.sum(1)

    def step() -> None:
        optimizer.zero_grad()
        with torch.autocast("cpu", torch.bfloat16, enabled=short):
            found = forward(mixture, features)
        loss(found.float(), voices, mixture).backward()
        optimizer.step()

    return step


def multiply_accumulates(model: nn.Module, forward: Forward, mixture: Tensor, features: Tensor) -> float:
    """Billions for a second of one mixture; those of recurrent nets are added to torch's count, which misses them."""
    recurrent = 0

    def count(net: nn.Module, given: tuple[Tensor, ...], _: object) -> None:
        nonlocal recurrent
        frames = given[0].shape[0] * given[0].shape[1]
        recurrent += frames * sum(weight.numel() for weight in net.parameters() if weight.ndim == 2)

    hooks = [net.register_forward_hook(count) for net in model.modules() if isinstance(net, nn.LSTM)]
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        forward(mixture[:1], features[:1])
    for hook in hooks:
        hook.remove()
    return (counter.get_total_flops() / 2 + recurrent) / 1e9 / (mixture.shape[1] / SAMPLE_RATE)


def fastest(work: Callable[[], object], repeats: int) -> float:
    """The least CPU time of ``repeats`` rounds, after one to warm up."""
    work()
    return min(cpu_seconds(work) for _ in range(repeats))


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--batch", type=int, default=2)
    parser.add_argument("--voices", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    B, K, T = options.batch, options.voices, frames_in(options.seconds)
    voices, features = 0.1 * torch.randn(B, K, samples_in(T)), torch.randn(B, K, T, FEATURES)
    mixture = voices.sum(1)

    baseline = ConvTasNet(n_src=K, sample_rate=SAMPLE_RATE)
    models: dict[str, tuple[nn.Module, Forward]] = {
        "asteroid's ConvTasNet": (baseline, lambda mixture, _: baseline(mixture))
    }
    for family in FAMILIES:
        separator = make_separator(SeparatorSettings(family), FEATURES, IDENTITY)
        models[family] = separator, separator
    steps: dict[str, float] = {}
    table = Table(
        "",
        "weights, M",
        "GMAC/s",
        "training, CPU s/step",
        "in bfloat16",
        "steps, ratio to asteroid's",
        "using it, CPU s per s",
        title=f"{B} mixtures of {K} voices, {options.seconds:g} s",
    )
    for name, (model, forward) in models.items():
        steps[name], half = (
            fastest(training_step(model, forward, voices, features, short=short), options.repeats)
            for short in (False, True)
        )
        with torch.inference_mode():
            use = fastest(lambda forward=forward: forward(mixture[:1], features[:1]), options.repeats)
        ratio = steps["asteroid's ConvTasNet"] / steps[name]
        table.add_row(
            name,
            f"{sum(weight.numel() for weight in model.parameters()) / 1e6:.2f}",
            f"{multiply_accumulates(model, forward, mixture, features):.2f}",
            f"{steps[name]:.3f}",
            f"{half:.3f}",
            f"{ratio:.1f}" + (f" (target ≥ {TARGET:g})" if name == "tcn" else ""),
            f"{use / (T / FRAME_RATE):.3f}",
        )
    Console(width=140).print(table)


if __name__ == "__main__":
    main()
