"""What ablations of stages 2 to 4 vary and are judged by, small enough for tests."""

from pathlib import Path
from typing import Any

from avss.data.mixture_settings import MixtureSettings
from avss.data.store import PreparedStore
from avss.models.separators.families import SeparatorSettings
from avss.training.separation_task import Learning
from avss.training.separation_variants import SeparatorVariant
from avss.training.variant_bench import VariantBench, Yardstick

SMALL = SeparatorSettings(width=8, stages=1)
TINY: dict[str, Any] = {
    "mixtures": MixtureSettings(frames=20),
    "learning": Learning(average=0.8),
    "epochs": 2,
    "steps": 2,
    "batch": 2,
    "valid_steps": 1,
}
BASE = SeparatorVariant(separator=SMALL, **TINY)
YARDSTICK = Yardstick(mixtures=3, frames=40)


def bench(store: PreparedStore, start: Path, nets: Path, yardstick: Yardstick = YARDSTICK) -> VariantBench:
    return VariantBench(store, [start], yardstick, nets, "cpu", "32-true")
