"""The mixtures of an exam list, rebuilt by the code that mixes for training."""

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
import torch

from avss.data.exam_list import JOINS, OF_FACE, RESTS
from avss.data.mixing import Mixtures, mix
from avss.data.mixture_recipe import NONE, Recipe, Sources, Talk, seen_frames
from avss.errors import CorpusError, StoreError

_NAMED = 5  # of the missing clips, in an error


def exam_mixtures(exam: pd.DataFrame, sources: Sources, batch: int) -> Iterator[tuple[pd.DataFrame, Mixtures]]:
    """Rebuild the mixtures of a list, up to ``batch`` at a time, each batch with its rows.

    Raises:
        StoreError: clips or noise of the list are missing; before the first batch.
        CorpusError: of a clip, only silence is in its mixture.
    """
    _check(exam, sources)
    device = sources.bank.audio.device
    for _, alike in exam.groupby(["K", "frames"]):
        for start in range(0, len(alike), batch):
            rows = alike.iloc[start : start + batch]
            mixtures = mix(exam_recipe(rows, sources).to(device), sources)
            _check_heard(rows, mixtures)
            yield rows, mixtures


def exam_recipe(rows: pd.DataFrame, sources: Sources) -> Recipe:
    """The recipe of rows with one K and one length, on the CPU."""
    (K,), (T,) = rows.K.unique(), rows.frames.unique()
    bank, B = sources.bank, len(rows)
    columns = {name: rows[[f"{name}_{k}" for k in range(1, K + 1)]].to_numpy() for name in OF_FACE}
    clip = np.vectorize(bank.index.__getitem__, otypes=[np.int64])(columns["clip"])
    delay, rests = columns["delay"].astype(np.int64), columns["face"] == RESTS
    seen = seen_frames(delay, bank.lengths[clip], np.arange(T))
    frame = np.where(rests[..., None], bank.first_seen[clip][..., None], seen)
    noise = [NONE if pd.isna(name) or sources.noise is None else sources.noise.index[name] for name in rows.noise]
    gain = torch.from_numpy(columns["gain"].astype(np.float32))
    return Recipe(
        Talk(torch.from_numpy(clip), torch.from_numpy(delay), gain),
        torch.from_numpy(~rests),
        torch.from_numpy(columns["face"] != JOINS),
        torch.from_numpy(frame),
        Talk(torch.zeros(B, 0, dtype=torch.int64), torch.zeros(B, 0, dtype=torch.int64), torch.zeros(B, 0)),
        torch.tensor(noise),
        torch.from_numpy(rows.noise_offset.fillna(0).to_numpy(np.int64)),
        torch.from_numpy(rows.snr.fillna(0).to_numpy(np.float32)),
        torch.full((B,), NONE),
    )


def _check(exam: pd.DataFrame, sources: Sources) -> None:
    clips = exam[[f"clip_{k}" for k in range(1, int(exam.K.max()) + 1)]].stack().dropna().unique()
    missing = sorted(set(clips) - set(sources.bank.ids))
    if missing:
        raise StoreError(
            f"{len(missing)} of the {len(clips)} clips of the exam list are missing: {_some(missing)}",
            "the clips of the split the list was drawn from",
            "prepare these clips, give the store and split of the list, or draw a new list",
        )
    tracks = set() if sources.noise is None else set(sources.noise.names)
    absent = sorted(set(exam.noise.dropna()) - tracks)
    if absent:
        raise StoreError(
            f"{len(absent)} tracks of noise of the exam list are missing: {_some(absent)}",
            "the noise the list was drawn with",
            "make the same noise, or draw a new list",
        )


def _check_heard(rows: pd.DataFrame, mixtures: Mixtures) -> None:
    silent = mixtures.heard & ~mixtures.voices.any(dim=-1)
    for row, face in silent.nonzero().tolist():
        listed = rows.iloc[row]
        raise CorpusError(
            f"nothing is heard of {listed[f'clip_{face + 1}']} in the mixture {listed.id} of the exam list",
            "mixtures in which every face that speaks is heard",
            "draw a new list",
        )


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:_NAMED]) + (", …" if len(names) > _NAMED else "")
