"""Learning from several corpora at once: a store of one of them, which the training clips of others join.

Who validates and who is tested are speakers of the first corpus alone, so a result is still a result on that corpus,
whoever else was learned from. Speakers of the others are called ``s1@NAME``, so that nobody is taken for a namesake.
A file of the joined store, ``joined.json``, says where each of them came from, so that they are known again elsewhere.
"""

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from rich.progress import track

from avss.data.parts import Row, write_part
from avss.data.store import PreparedStore
from avss.data.store_writer import StoreWriter, check_settings
from avss.errors import StoreError
from avss.files import writing

JOINED = "@"  # between a speaker's name and that of the corpus they join from
ORIGINS = "joined.json"

_FIRST = ""  # the name in that file of the store whose speakers keep their names
_MEASURED = ("frames", "valid_share", "face_score", "damaged_frames")
_DESCRIBED = ("sex", "split", "text", "words", "phones")


def join_stores(first: PreparedStore, others: Mapping[str, PreparedStore], out: Path) -> PreparedStore:
    """Write a store of all clips of ``first``, and of the training clips of ``others``; finished clips are kept.

    Args:
        first: whose speakers validate and are tested.
        others: the others, by a short name.
        out: folder of the joined store; clips are copied, so that none depends on another folder.

    Raises:
        StoreError: a store was made with other settings, or is damaged.
        OutputError: ``out`` cannot be written; finished clips are kept.
    """
    for store in (first, *others.values()):
        check_settings(store.root)
    writer = StoreWriter(out)
    stores = {_FIRST: first, **others}
    with writing(out / ORIGINS) as path:
        # From here to there, so that a folder with all of them may be moved.
        roots = {name: os.path.relpath(store.root.resolve(), out.resolve()) for name, store in stores.items()}
        path.write_text(json.dumps(roots, indent=2) + "\n")
    described: dict[str, Row] = {}
    clips = [*_of_first(first), *(clip for name, store in others.items() for clip in _of_other(name, store))]
    for store, row, clip_id, speaker in track(clips, "join"):
        described[clip_id] = {"id": clip_id, "speaker": speaker} | {name: row[name] for name in _DESCRIBED}
        if not writer.has(clip_id, row["source"]):
            measured = {name: row[name] for name in _MEASURED}
            write_part(out, {"id": clip_id, "source": row["source"], **measured}, store[row["id"]])
    rejected = {str(clip_id): reason for clip_id, reason in first.rejects.reason.items()}
    described |= {clip_id: {"speaker": first.rejects.speaker[clip_id]} for clip_id in rejected}
    writer.finish(described, rejected)
    return PreparedStore(out)


def origin(root: Path, speaker: str) -> tuple[Path, str]:
    """The store that a speaker of the store ``root`` came from, and what they are called there.

    A store that does not tell whom it was joined from, or is not there, is taken for the first one.

    Raises:
        StoreError: what it tells is damaged.
    """
    path = root / ORIGINS
    if not path.is_file():
        return root.resolve(), speaker
    try:
        roots = {str(name): str(folder) for name, folder in json.loads(path.read_text()).items()}
        first = roots[_FIRST]
    except (ValueError, AttributeError, KeyError) as error:
        raise StoreError(f"{path} is damaged", "what join_stores.py wrote", "join the stores again") from error
    name, _, corpus = speaker.rpartition(JOINED)
    if name and corpus in roots:
        return origin(root / roots[corpus], name)
    return origin(root / first, speaker)


_Placed = tuple[PreparedStore, Row, str, str]


def _of_first(store: PreparedStore) -> Iterator[_Placed]:
    """The usable clips of a store, with the ids and speakers they keep."""
    for row in store.rows():
        if row["status"] == "ok":
            yield store, row, row["id"], row["speaker"]


def _of_other(name: str, store: PreparedStore) -> Iterator[_Placed]:
    """The training clips of a store, with the ids and speakers they get."""
    for _, row, clip_id, speaker in _of_first(store):
        if row["split"] == "train":
            renamed = f"{speaker}{JOINED}{name}"
            yield store, row, f"{renamed}/{clip_id.removeprefix(f'{speaker}/')}", renamed
