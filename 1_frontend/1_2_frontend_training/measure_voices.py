"""Stage 1.2: what the voice of every clip and speaker of a prepared store is like, in seventeen numbers.

Pitch, brightness, the spacing of formants and MFCC means go into the folder ``voices`` of the store, with names, units
and the standardisation over the training speakers. A run that was killed goes on where it stopped.

    python measure_voices.py --config measure_voices_quick.yaml
"""

from pathlib import Path

from rich.console import Console

from avss.data import voices
from avss.data.store import PreparedStore
from avss.terminal import run_script


def measure_voices(store: Path, jobs: int = -1, ray: str | None = None) -> None:
    """Measure the voices of a prepared store.

    Args:
        store: folder of the prepared store; the result goes into it.
        jobs: processes; -1 uses every core.
        ray: address of a Ray cluster, such as auto; its nodes must see the same folders.
    """
    found = voices.measure_voices(PreparedStore(store), jobs=jobs, ray=ray)
    console = Console()
    for clip_id, reason in found.rejects.items():
        console.print(f"{clip_id}: {reason}", markup=False)
    console.print(
        f"{len(found.of_clip)} clips of {len(found.of_speaker)} speakers measured, {len(found.rejects)} not · "
        f"{store / voices.FOLDER}",
        soft_wrap=True,
        markup=False,
    )


if __name__ == "__main__":
    run_script(measure_voices)
