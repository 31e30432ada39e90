"""Random reads from a prepared store, against one npz file per clip.

    python tests/benchmarks/bench_store.py [--clips N]

Wall time, everything in the cache of the operating system; each read copies the sound, the landmarks and the mouths.
"""

import argparse
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from avss.data.parts import part_path, write_part
from avss.data.store import PreparedClip, PreparedStore
from avss.data.store_writer import StoreWriter

TARGET = 2000
READ = ("audio", "landmarks", "mouth")


def random_clip(rng: np.random.Generator, T: int) -> PreparedClip:
    """A clip of T frames of noise."""
    return PreparedClip(
        rng.integers(-30_000, 30_000, 640 * T, np.int16),
        rng.normal(size=(T, 68, 2)).astype(np.float32),
        rng.integers(0, 256, (T, 32, 48), np.uint8),
        np.ones(T, bool),
        rng.integers(0, 256, (64, 64, 3), np.uint8),
    )


def reads_per_second(read: Callable[[str], object], ids: Sequence[str]) -> float:
    """Clips read in a second, in random order, after every clip was read once."""
    for clip_id in ids:
        read(clip_id)
    order = np.random.default_rng(1).permutation(np.tile(ids, 4))
    start = time.perf_counter()
    for clip_id in order:
        read(str(clip_id))
    return len(order) / (time.perf_counter() - start)


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--clips", type=int, default=1000)
    options = parser.parse_args()
    rng, ids = np.random.default_rng(0), [f"s{n % 10}/{n}" for n in range(options.clips)]
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "store"
        writer = StoreWriter(root)
        for clip_id in ids:
            write_part(root, {"id": clip_id, "source": "", "frames": 75}, random_clip(rng, 75))

        def from_npz(clip_id: str) -> list[np.ndarray]:
            with np.load(part_path(root, clip_id)) as arrays:
                return [arrays[name] for name in READ]

        singly = reads_per_second(from_npz, ids)
        start = time.perf_counter()
        writer.finish({clip_id: {"id": clip_id, "speaker": clip_id.split("/")[0]} for clip_id in ids}, {})
        gathering = options.clips / (time.perf_counter() - start)
        start = time.perf_counter()
        store = PreparedStore(root)
        store[ids[0]]
        opening = time.perf_counter() - start
        rate = reads_per_second(lambda clip_id: [np.array(getattr(store[clip_id], name)) for name in READ], ids)

    table = Table(
        "", "measured", "target", "ratio to a file per clip", title=f"a store of {options.clips} clips of 3 s"
    )
    table.add_row("random reads, clips/s", f"{rate:.0f}", f"≥ {TARGET}", f"{rate / singly:.1f}")
    table.add_row("opening, s", f"{opening:.3f}", "", "")
    table.add_row("gathering parts into volumes, clips/s", f"{gathering:.0f}", "", "")
    Console(width=110).print(table)


if __name__ == "__main__":
    main()
