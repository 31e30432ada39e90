"""A contact sheet for each speaker of a prepared store: one clip, drawn from the store and its video."""

import functools
from itertools import islice
from pathlib import Path

from avss.batch import Failure, run_batch
from avss.corpora.clip import Clip, Corpus
from avss.data.store import PreparedStore
from avss.data.store_layout import PICTURE_SIDE, SHEETS
from avss.errors import MediaError
from avss.media.reading import read_frames
from avss.vision.contact_sheet import draw_contact_sheet
from avss.vision.mouth import apertures


def draw_sheets(store: PreparedStore, corpus: Corpus, *, jobs: int = -1) -> list[Path]:
    """Draw the first usable clip of each speaker into ``sheets/``; sheets newer than their clip are kept.

    Returns:
        The PNG files of all speakers.

    Raises:
        OutputError: a sheet cannot be written.
        MediaError: the video of a clip can no longer be read.
    """
    first = {clip.speaker: clip for clip in reversed(list(corpus.clips())) if clip.id in store}
    outdated = [clip for clip in first.values() if not _is_current(store, clip)]
    draw = functools.partial(_draw, store)
    for outcome in run_batch(draw, outdated, jobs=jobs, label="contact sheets"):
        if isinstance(outcome, Failure):
            what = f"no contact sheet can be drawn of {outcome.item.id}: {outcome.reason}"
            raise MediaError(what, "the video that was prepared", "restore it, or prepare again")
    return [_sheet(store, speaker) for speaker in sorted(first)]


def _draw(store: PreparedStore, clip: Clip) -> None:
    prepared = store[clip.id]
    opening = apertures(prepared.landmarks) * prepared.valid
    shown = int(opening.argmax())
    frame = next(islice(read_frames(clip.video, longest_side=PICTURE_SIDE), shown, None))
    row = store.clips.loc[clip.id]
    said = f" · “{row.text}”" if row.text else ""
    title = f"{clip.id}{said} · face seen in {row.valid_share:.0%} · detector {row.face_score:.1f}"
    words = [(word.start, word.end, word.label) for word in clip.words or ()]
    draw_contact_sheet(
        _sheet(store, clip.speaker),
        title,
        frame.rgb,
        shown,
        prepared.landmarks,
        prepared.mouth,
        prepared.valid,
        prepared.face,
        words,
    )


def _sheet(store: PreparedStore, speaker: str) -> Path:
    return store.root / SHEETS / f"{speaker}.png"


def _is_current(store: PreparedStore, clip: Clip) -> bool:
    sheet, volume = _sheet(store, clip.speaker), store.root / store.clips.at[clip.id, "volume"]
    return sheet.exists() and sheet.stat().st_mtime >= volume.stat().st_mtime
