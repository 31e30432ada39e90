"""A corpus made by code alone, in GRID's layout: clips, alignments, phones and a table of speakers.

It is a pure function of the seed: speaker n and clip i are the same in every corpus of that seed, whatever
its size and however it was made. So a corpus can be stopped at any time, gone on with, and grown.

::

    corpus.json               kind, seed, recipe
    speakers.csv              speaker, sex, size, f0_hz, formant_scale, rate, accent, …
    rejected_identities.csv   faces that were drawn but that landmarks could not follow
    s1/bbaf2n.mp4             360 × 288, 25 frames a second, 3 s, sound at 16 kHz
    alignments/s1/bbaf2n.align
    phones/s1/bbaf2n.align    ARPAbet
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path

from avss.batch import Done, Failure, run_batch
from avss.corpora.generated.cast.cast_list import CastList
from avss.corpora.generated.cast.casting import cast_speaker
from avss.corpora.generated.clip_making import clip_files, make_clip
from avss.corpora.generated.voice.script import check_counts
from avss.errors import CorpusError
from avss.files import explained, writing

# Raised whenever the same seed gives other clips than before.
RECIPE = 1
# Clips that one process makes of one speaker in a row, so that the face is painted once for them.
_CLIPS_IN_A_ROW = 10


@dataclass(frozen=True)
class _Session:
    """Clips ``indices`` of speaker ``number``, made by one process."""

    number: int
    face_draw: int
    indices: tuple[int, ...]


def generate_corpus(out: Path, speakers: int, clips: int, seed: int, jobs: int) -> None:
    """Make the clips of a corpus that are not there yet.

    Args:
        out: a new or empty folder, or one with a corpus of the same seed, which is completed.
        speakers: how many, 1 to 640.
        clips: how many of each, 1 to 100.
        seed: not negative; another one gives other people and other sentences.
        jobs: number of processes; -1 uses all cores.

    Raises:
        CorpusError: the counts or the seed are out of range, ``out`` is another corpus or no corpus, or some
            clips could not be made (all others are).
        OutputError: ``out`` cannot be written.
        PartMissingError: espeak-ng or the landmark model is not installed.
    """
    check_counts(speakers, clips)
    if seed < 0:
        raise CorpusError(f"seed {seed}", "a seed that is not negative", "choose 0 or more")
    _claim(out, seed)
    cast = _cast(out, speakers, seed, jobs)
    sessions = _sessions(out, cast, range(1, speakers + 1), clips, seed)
    failures = [
        f"s{outcome.item.number}: {outcome.reason}"
        for outcome in run_batch(partial(_make_clips, out, seed), sessions, jobs=jobs, label="generating clips")
        if isinstance(outcome, Failure)
    ]
    _refuse_failures(failures)


def _claim(out: Path, seed: int) -> None:
    """Make sure that ``out`` is ours: write ``corpus.json`` into an empty folder, or find it as it should be."""
    identity = {"kind": "generated", "seed": seed, "recipe": RECIPE}
    label = out / "corpus.json"
    with explained(out):
        out.mkdir(parents=True, exist_ok=True)
        foreign = not label.exists() and any(not path.name.startswith(".") for path in out.iterdir())
    if foreign:
        raise _not_ours(f"{out} holds other files")
    if not label.exists():
        with writing(label) as temporary:
            temporary.write_text(json.dumps(identity | {"avss": version("avss")}, indent=2) + "\n", encoding="utf-8")
        return
    try:
        found = json.loads(label.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise _not_ours(f"{label} cannot be read: {error}") from error
    if not isinstance(found, dict) or any(found.get(key) != value for key, value in identity.items()):
        raise _not_ours(f"{label} is of another corpus: {found}; this one is {identity}")


def _not_ours(what: str) -> CorpusError:
    return CorpusError(what, "a new folder, or a corpus generated with the same seed", "choose another output folder")


def _cast(out: Path, speakers: int, seed: int, jobs: int) -> CastList:
    """Find a face for every speaker that has none yet."""
    cast = CastList.of(out)
    missing = [number for number in range(1, speakers + 1) if number not in cast]
    failures = []
    for outcome in run_batch(partial(cast_speaker, seed), missing, jobs=jobs, label="casting speakers"):
        if isinstance(outcome, Done):
            cast.add(outcome.result)
        else:
            failures.append(f"s{outcome.item}: {outcome.reason}")
    _refuse_failures(failures)
    return cast


def _sessions(out: Path, cast: CastList, numbers: Sequence[int], clips: int, seed: int) -> list[_Session]:
    """What is left to do, speaker by speaker."""
    sessions = []
    for number in numbers:
        missing = [
            index for index in range(clips) if not all(path.exists() for path in clip_files(out, seed, number, index))
        ]
        for start in range(0, len(missing), _CLIPS_IN_A_ROW):
            row = tuple(missing[start : start + _CLIPS_IN_A_ROW])
            sessions.append(_Session(number, cast.face_draw(number), row))
    return sessions


def _make_clips(out: Path, seed: int, session: _Session) -> None:
    for index in session.indices:
        make_clip(out, seed, session.number, session.face_draw, index)


def _refuse_failures(failures: Sequence[str]) -> None:
    if failures:
        raise CorpusError(
            f"{len(failures)} parts of the corpus could not be generated; the first: {failures[0]}",
            "every clip to be made",
            "solve that and run the same command again; finished clips are kept",
        )
