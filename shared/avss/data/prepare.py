"""From a corpus of videos to a prepared store: each clip is decoded, its face followed and cropped, once and for all.

The unit of work is a clip. Every clip ends as a row of the store: usable, or rejected with the reason. A run that is
repeated does only what is new: clips that were added, whose files changed, or that were rejected before.
"""

import functools
import logging
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import cv2

from avss.batch import Failure, run_batch
from avss.corpora.clip import Clip, Corpus
from avss.data.parts import Row, write_part
from avss.data.sixteen_bits import as_int16
from avss.data.store import PreparedClip, PreparedStore
from avss.data.store_layout import PICTURE_SIDE
from avss.data.store_writer import StoreWriter
from avss.errors import MediaError
from avss.media.frame import Frame
from avss.media.probing import probe
from avss.media.reading import read_frames, read_wave
from avss.vision.speaking import choose_speaker
from avss.vision.tracks import face_follower


def prepare_corpus(
    corpus: Corpus, out: Path, split: Mapping[str, str], *, jobs: int = -1, ray: str | None = None
) -> PreparedStore:
    """Prepare all clips of ``corpus`` into the store ``out``, or those that are not yet in it.

    Args:
        corpus: where the clips come from.
        out: folder of the store.
        split: which part ("train", "valid", "test") each speaker belongs to.
        jobs: number of processes; -1 uses all cores.
        ray: address of a Ray cluster instead of this machine; its nodes must see the same folders.

    Raises:
        StoreError: ``out`` holds a store made with other settings, or a damaged one.
        OutputError: ``out`` cannot be written; finished clips are kept.
        PartMissingError: a part of the installation is missing.
    """
    writer = StoreWriter(out)
    clips = list(corpus.clips())
    new = [clip for clip in clips if not writer.has(clip.id, fingerprint(clip))]
    rejected = {bad.id: bad.reason for bad in corpus.bad_clips()}
    described: dict[str, Row] = {clip_id: {"speaker": clip_id.partition("/")[0]} for clip_id in rejected}
    described |= {clip.id: _describe(clip, split) for clip in clips}
    for outcome in run_batch(functools.partial(_prepare_into, out), new, jobs=jobs, label="prepare", ray=ray):
        if isinstance(outcome, Failure):
            rejected[outcome.item.id] = outcome.reason
    writer.finish(described, rejected)
    return PreparedStore(out)


def prepare_clip(clip: Clip) -> tuple[PreparedClip, Row]:
    """Decode one clip and follow its talking face.

    Returns:
        The arrays of the clip, and the columns of the store that were measured.

    Raises:
        MediaError: the clip cannot be decoded, is cut off, or lacks picture or sound.
        FaceError: no talking face can be followed.
    """
    info = probe(clip.video)
    if info.missing:
        what = f"{clip.video} is cut off: {info.missing:.2f} s are missing"
        raise MediaError(what, "a whole video", "copy or record it again")
    wave = read_wave(clip.audio or clip.video, info.frames)
    damaged: list[bool] = []
    with _damage_unlogged():  # it goes into the clip's row instead
        tracks = face_follower().follow(_noting_damage(read_frames(clip.video, longest_side=PICTURE_SIDE), damaged))
    speaker = choose_speaker(tracks, wave)
    measured = {
        "frames": info.frames,
        "valid_share": float(speaker.valid.mean()),
        "face_score": speaker.score,
        "damaged_frames": sum(damaged),
    }
    audio = as_int16(wave)
    return PreparedClip(audio, speaker.landmarks, speaker.mouth, speaker.valid, speaker.face), measured


def fingerprint(clip: Clip) -> str:
    """Size and time of last change of a clip's files; a file that is missing leaves its place empty."""
    return " ".join(_file_state(path) for path in (clip.video, clip.audio) if path is not None)


def _prepare_into(out: Path, clip: Clip) -> None:
    cv2.setNumThreads(1)  # a process keeps to one core
    source = fingerprint(clip)  # before reading: a file that changes meanwhile is prepared again next time
    prepared, measured = prepare_clip(clip)
    write_part(out, {"id": clip.id, "source": source, **measured}, prepared)


@contextmanager
def _damage_unlogged() -> Generator[None]:
    log = logging.getLogger("avss.media")
    level = log.level
    log.setLevel(logging.ERROR)
    try:
        yield
    finally:
        log.setLevel(level)


def _noting_damage(frames: Iterable[Frame], damaged: list[bool]) -> Iterator[Frame]:
    for frame in frames:
        damaged.append(frame.damaged)
        yield frame


def _describe(clip: Clip, split: Mapping[str, str]) -> Row:
    return {
        "id": clip.id,
        "speaker": clip.speaker,
        "sex": clip.sex,
        "split": split[clip.speaker],
        "text": clip.text,
        "words": None if clip.words is None else [asdict(word) for word in clip.words],
        "phones": None if clip.phones is None else [asdict(phone) for phone in clip.phones],
    }


def _file_state(path: Path) -> str:
    try:
        state = path.stat()
    except OSError:
        return "-"
    return f"{state.st_size}@{state.st_mtime_ns}"
