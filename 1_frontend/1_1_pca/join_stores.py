"""Stage 1.1, between preparing and the PCA, for those who learn from two corpora: one store of both.

Speakers of the first corpus validate and are tested; of the others, the training speakers join in.

    python join_stores.py --first data/grid/alone --others.generated data/generated/prepared --out data/grid/prepared
"""

from pathlib import Path

from rich.console import Console

from avss.data.store import PreparedStore
from avss.data.store_join import join_stores
from avss.terminal import run_script


def join(first: Path, others: dict[str, Path], out: Path) -> None:
    """Join prepared stores.

    Args:
        first: the store of the corpus that is asked about.
        others: further stores by name; the name is added to those of their speakers.
        out: folder of the joined store; finished clips in it are kept.
    """
    store = join_stores(PreparedStore(first), {name: PreparedStore(root) for name, root in others.items()}, out)
    parts = ", ".join(f"{len(names)} {part}" for part, names in store.speakers.items())
    Console().print(f"store {store.root} · {len(store)} clips of {parts} speakers", soft_wrap=True, markup=False)


if __name__ == "__main__":
    run_script(join)
