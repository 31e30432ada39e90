"""Stage 1.1, first step: turn any corpus of one-speaker videos into a prepared store.

Each clip is decoded to 25 frames and 16 000 samples a second, the talking face is followed through every frame, and
landmarks, the inside of the mouth, one neutral picture of the face and the sound are kept (the layout is told in
``avss/data/store_layout.py``). A run that was killed goes on where it stopped.

    python prepare.py --config prepare_quick.yaml         the generated corpus, minutes on two cores
    python prepare.py --config prepare.yaml --ray auto    all of GRID on a Ray cluster
"""

from pathlib import Path

from rich.console import Console

from avss.corpora.opening import open_corpus
from avss.data.prepare import prepare_corpus
from avss.data.rejects import rejects_table
from avss.data.sheets import draw_sheets
from avss.data.splits import split_speakers
from avss.errors import CorpusError
from avss.terminal import run_script


def prepare(corpus: Path, out: Path, split: str = "shares", jobs: int = -1, ray: str | None = None) -> None:
    """Prepare a corpus: follow the talking faces, crop the mouths, store it all.

    Args:
        corpus: folder in GRID's layout, or FOLDER/SPEAKER/*.mp4 (mov, mkv, webm, avi, mpg).
        out: folder of the prepared store; finished clips in it are kept.
        split: avss, morrone, lipreading, grid-mini, lip-landmarks, or shares (70/15/15 % of the speakers).
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


if __name__ == "__main__":
    run_script(prepare)
