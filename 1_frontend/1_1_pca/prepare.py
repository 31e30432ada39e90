"""Stage 1.1, first step: turn any corpus of one-speaker videos into a prepared store.

Each clip is decoded to 25 frames and 16 000 samples a second, the talking face is followed through every frame, and
landmarks, the inside of the mouth, one neutral picture of the face and the sound are kept (the layout is told in
``avss/data/store_layout.py``). A run that was killed goes on where it stopped.

    python prepare.py --config quick.yaml                 the generated corpus, minutes on two cores
    python prepare.py --config config.yaml --ray auto     all of GRID on a Ray cluster
"""

import sys
from pathlib import Path

from jsonargparse import auto_cli
from rich.console import Console
from rich.text import Text

from avss.corpora.opening import open_corpus
from avss.data.prepare import prepare_corpus
from avss.data.rejects import rejects_table
from avss.data.sheets import draw_sheets
from avss.data.splits import split_speakers
from avss.errors import AvssError, CorpusError


def prepare(corpus: Path, out: Path, split: str = "shares", jobs: int = -1, ray: str | None = None) -> None:
    """Prepare a corpus: follow the talking faces, crop the mouths, store it all.

    Args:
        corpus: folder in GRID's layout, or FOLDER/SPEAKER/*.mp4 (mov, mkv, webm, avi, mpg).
        out: folder of the prepared store; finished clips in it are kept.
        split: avss, morrone, lipreading, grid-mini, or shares (70/15/15 % of the speakers).
        jobs: processes; -1 uses every core.
        ray: address of a Ray cluster, such as auto; its nodes must see the same folders.
    """
    clips = open_corpus(corpus)
    speakers = {clip.speaker: clip.sex for clip in clips.clips()}
    if not speakers:
        raise CorpusError(f"{corpus} holds no usable clip", "at least one video of one speaker", "check the folder")

    store = prepare_corpus(clips, out, split_speakers(speakers, split), jobs=jobs, ray=ray)
    sheets = draw_sheets(store, clips, jobs=jobs)

    console = Console()
    console.print(rejects_table(store))
    console.print(
        f"store {store.root} · {len(sheets)} contact sheets in {store.root / 'sheets'}", soft_wrap=True, markup=False
    )


def main() -> int:
    """Run with the options of the command line; the exit status is 1 after an error."""
    try:
        auto_cli(prepare, as_positional=False)
    except AvssError as error:
        Console(stderr=True, soft_wrap=True).print(Text("prepare: ", "bold red"), Text(str(error)), sep="")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
