"""Voice signatures of a prepared store, kept in the folder ``voices`` of the store.

::

    clips.parquet       a row per clip: id, source, reason (why it has no voice, else null), a column per number
    speakers.csv        a row per speaker: speaker, sex, split, clips, a column per number
    voices.json         of each number: name, unit, and mean and deviation over the training speakers

A number that a voice does not tell (the pitch of a whisper) is null. A clip is measured again when its files changed
or it failed before; so a repeated run does only what is new.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from avss.batch import Done, run_batch
from avss.data.sixteen_bits import FULL_SCALE
from avss.data.store import PreparedStore
from avss.errors import StoreError
from avss.files import writing
from avss.speech.voice_signature import NAMES, UNITS, Standardisation, VoiceSignature, average, voice_signature

FOLDER, CLIPS, SPEAKERS, DESCRIPTION = "voices", "clips.parquet", "speakers.csv", "voices.json"

_SCHEMA = pa.schema(
    [
        ("id", pa.string()),
        ("source", pa.string()),
        ("reason", pa.string()),
        *((name, pa.float32()) for name in NAMES),
    ]
)
# Finished clips are written after this many, so that a kill costs a minute or two.
_FLUSH = 256
_AGAIN = "run measure_voices.py for this store again"

_Row = dict[str, Any]


@dataclass(frozen=True)
class StoreVoices:
    """The voices of a store's clips.

    Attributes:
        of_clip: signatures by clip id.
        of_speaker: their averages by speaker.
        rejects: why the other clips have none, by clip id.
        standardisation: over the training speakers.
    """

    of_clip: dict[str, VoiceSignature]
    of_speaker: dict[str, VoiceSignature]
    rejects: dict[str, str]
    standardisation: Standardisation


def measure_voices(store: PreparedStore, *, jobs: int = -1, ray: str | None = None) -> StoreVoices:
    """Measure the voices of all clips of ``store`` that are not yet measured, and write them into its folder.

    Args:
        store: whose clips.
        jobs: number of processes; -1 uses all cores.
        ray: address of a Ray cluster instead of this machine.

    Raises:
        StoreError: an earlier table is damaged, or no training speaker has a voice.
        OutputError: the store's folder cannot be written; finished clips are kept.
    """
    sources = {str(clip_id): source for clip_id, source in store.clips.source.items()}
    rows = {
        row["id"]: row
        for row in _read_rows(store.root / FOLDER / CLIPS)
        if row["reason"] is None and sources.get(row["id"]) == row["source"]
    }
    new = [clip_id for clip_id in sources if clip_id not in rows]
    for count, outcome in enumerate(
        run_batch(_Measuring(store), new, jobs=jobs, label="measure voices", ray=ray), start=1
    ):
        numbers = outcome.result if isinstance(outcome, Done) else {}
        reason = None if isinstance(outcome, Done) else outcome.reason
        rows[outcome.item] = {"id": outcome.item, "source": sources[outcome.item], "reason": reason, **numbers}
        if count % _FLUSH == 0:
            _write_rows(store, rows)
    _write_rows(store, rows)
    voices = _gather(store, rows.values())
    _write_speakers(store, voices)
    return voices


def read_voices(store: PreparedStore) -> StoreVoices:
    """The voices that ``measure_voices.py`` found.

    Raises:
        StoreError: they are missing, damaged, or not those of the store's clips.
    """
    path = store.root / FOLDER / CLIPS
    rows = _read_rows(path)
    if {(row["id"], row["source"]) for row in rows} != set(store.clips.source.items()):
        raise StoreError(f"{path} lacks clips of the store, or was made for others", "a row per clip", _AGAIN)
    return _gather(store, rows)


class _Measuring:
    """Measures one clip of a store; picklable, and each process opens the store once."""

    def __init__(self, store: PreparedStore) -> None:
        self._store = store

    def __call__(self, clip_id: str) -> _Row:
        signature = voice_signature(self._store[clip_id].audio.astype(np.float32) / FULL_SCALE)
        return _as_row(signature)


def _gather(store: PreparedStore, rows: Iterable[_Row]) -> StoreVoices:
    rows = list(rows)
    of_clip = {row["id"]: _as_signature(row) for row in rows if row["reason"] is None}
    rejects = {row["id"]: row["reason"] for row in rows if row["reason"] is not None}
    measured = store.clips[store.clips.index.isin(list(of_clip))]
    of_speaker = {
        str(speaker): average([of_clip[str(clip_id)] for clip_id in clips.index])
        for speaker, clips in measured.groupby("speaker")
    }
    training = [of_speaker[name] for name in store.speakers.get("train", []) if name in of_speaker]
    if not training:
        raise StoreError(f"no training speaker of {store.root} has a voice", "at least one", "see the reasons of clips")
    stacked = VoiceSignature(np.stack([v.values for v in training]), np.stack([v.known for v in training]))
    return StoreVoices(of_clip, of_speaker, rejects, Standardisation.of(stacked))


def _as_row(signature: VoiceSignature) -> _Row:
    numbers = zip(NAMES, signature.values.tolist(), signature.known, strict=True)
    return {name: value if known else None for name, value, known in numbers}


def _as_signature(row: _Row) -> VoiceSignature:
    numbers = [row[name] for name in NAMES]
    values = np.array([number if number is not None else 0 for number in numbers], np.float32)
    return VoiceSignature(values, np.array([number is not None for number in numbers]))


def _read_rows(path: Path) -> list[_Row]:
    if not path.is_file():
        return []
    try:
        table = pq.read_table(path)
    except (OSError, pa.ArrowException) as error:
        raise StoreError(f"{path} is damaged", "what measure_voices.py wrote", f"delete it and {_AGAIN}") from error
    if not table.schema.equals(_SCHEMA):
        raise StoreError(f"{path} is of another version", "the numbers of this one", f"delete it and {_AGAIN}")
    return table.to_pylist()


def _write_rows(store: PreparedStore, rows: dict[str, _Row]) -> None:
    ordered = [rows[clip_id] for clip_id in map(str, store.clips.index) if clip_id in rows]
    with writing(store.root / FOLDER / CLIPS) as path:
        pq.write_table(pa.Table.from_pylist(ordered, _SCHEMA), path)


def _write_speakers(store: PreparedStore, voices: StoreVoices) -> None:
    speakers = store.clips.groupby("speaker").agg(
        sex=("sex", "first"), split=("split", "first"), clips=("speaker", "size")
    )
    numbers = pd.DataFrame.from_dict({name: _as_row(voice) for name, voice in voices.of_speaker.items()}, "index")
    with writing(store.root / FOLDER / SPEAKERS) as path:
        speakers.join(numbers).rename_axis("speaker").to_csv(path)
    standard = voices.standardisation
    columns = zip(UNITS.items(), standard.mean.tolist(), standard.scale.tolist(), strict=True)
    described = [
        {"name": name, "unit": unit, "mean": mean, "deviation": scale} for (name, unit), mean, scale in columns
    ]
    with writing(store.root / FOLDER / DESCRIPTION) as path:
        path.write_text(json.dumps({"over": "training speakers", "numbers": described}, indent=2) + "\n")
