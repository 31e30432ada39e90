"""Sitting an exam: every row of the table separates every mixture of the list, and each result is judged.

The scores of a batch are written before the next batch is begun. What was judged before is not judged again while the
mixture, the clips and the weights are the same, so an exam goes on where it was stopped, and a new separator costs only
its own rows.
"""

from collections.abc import Sequence
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from torch import Tensor

from avss.data.exam_list import RESTS
from avss.data.exam_mixtures import exam_mixtures
from avss.data.mixing import Mixtures
from avss.data.mixture_recipe import Sources
from avss.errors import ModelError
from avss.evaluation.exam_rows import ExamRow
from avss.evaluation.listening_metrics import Listening, listen
from avss.evaluation.mixture_scores import MixtureJudge
from avss.evaluation.score_book import Pair, ScoreBook

MIXTURES = "mixtures.csv"

_OF_LIST = ["K", "snr", "speakers", "sexes"]
_SHOWN = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())


@torch.inference_mode()
def sit_exam(
    exam: pd.DataFrame,
    sources: Sources,
    rows: Sequence[ExamRow],
    folder: Path,
    *,
    listened: int,
    batch: int,
    jobs: int,
) -> pd.DataFrame:
    """Scores of every mixture by every row.

    Args:
        exam: a list, see :mod:`avss.data.exam_list`.
        sources: what its mixtures are made from, on the device to separate on.
        rows: of different names; a row is left out of mixtures of more faces than it can separate.
        folder: where scores are kept, in ``mixtures.csv``.
        listened: of so many mixtures of each K and level the slow metrics are computed, the first ones of the list in
            which every face speaks.
        batch: mixtures at a time.
        jobs: processes for the slow metrics; -1 uses all cores.

    Returns:
        A row per row and mixture: ``row``, ``id``, ``K``, ``snr``, ``speakers``, ``sexes``, and the figures of
        :class:`~avss.evaluation.mixture_scores.MixtureScores` and of
        :class:`~avss.evaluation.listening_metrics.Listening`.

    Raises:
        StoreError: clips or noise of the list are missing.
        CorpusError: of a clip of the list, only silence is in its mixture.
        ModelError: a separator gives what is no number.
        OutputError: ``folder`` cannot be written.
    """
    spoken = exam[~exam.filter(regex=r"^face_\d+$").eq(RESTS).any(axis=1)]
    heard = set(spoken.groupby(["K", "snr"], dropna=False).head(listened).id)
    book = ScoreBook(folder / MIXTURES, _checksums(exam, sources, rows, heard))
    missing = book.missing
    todo = exam[exam.id.isin({mixture for _, mixture in missing})]
    if todo.empty:
        return book.table()
    with Progress(*_SHOWN, transient=True) as progress:
        task = progress.add_task("exam", total=len(missing))
        for listed, mixtures in exam_mixtures(todo, sources, batch):
            truths = zip(mixtures.mixture, mixtures.voices, mixtures.heard, mixtures.judged, strict=True)
            judges = [MixtureJudge(*truth) for truth in truths]
            for row in rows:
                places = [n for n, mixture in enumerate(listed.id) if (row.name, mixture) in missing]
                if not places:
                    continue
                voices = _separated(row, mixtures, listed)
                said = _listened(voices, mixtures, [n for n in places if listed.id.iloc[n] in heard], jobs)
                for n in places:
                    about = listed.iloc[n][_OF_LIST].to_dict()
                    judged = asdict(judges[n].judge(voices[n])) | (said[n]._asdict() if n in said else {})
                    book.add((row.name, listed.id.iloc[n]), about | judged)
                progress.advance(task, len(places))
            book.write()
    return book.table()


def _checksums(exam: pd.DataFrame, sources: Sources, rows: Sequence[ExamRow], heard: set[str]) -> dict[Pair, str]:
    """Of all that a score depends on, for every pair of row and mixture that can be scored."""
    clips = _fingerprint(sources)
    listed = [repr(line) for line in exam.itertuples(index=False)]
    return {
        (row.name, str(mixture)): sha256(f"{clips} {row.checksum} {mixture in heard} {line}".encode()).hexdigest()[:16]
        for row in rows
        for mixture, K, line in zip(exam.id, exam.K, listed, strict=True)
        if row.most_faces is None or row.most_faces >= K
    }


def _fingerprint(sources: Sources) -> str:
    """Checksum of everything that is heard and seen in the clips, and of the noise."""
    bank, digest = sources.bank, sha256()
    noise = [] if sources.noise is None else [sources.noise.audio]
    for tensor in (bank.audio, bank.valid, *bank.frames.values(), *bank.stills.values(), *noise):
        digest.update(tensor.cpu().contiguous().numpy().data)
    return digest.hexdigest()


def _separated(row: ExamRow, mixtures: Mixtures, listed: pd.DataFrame) -> Tensor:
    voices = row.separate(mixtures)
    for n in (~voices.isfinite().flatten(1).all(dim=1)).nonzero().flatten().tolist():
        what = f"'{row.name}' made NaN or infinite numbers of the mixture {listed.id.iloc[n]}"
        raise ModelError(what, "finite voices", "train it again, or in higher precision")
    return voices


def _listened(voices: Tensor, mixtures: Mixtures, places: list[int], jobs: int) -> dict[int, Listening]:
    """What listeners would say of the mixtures at ``places``: means over the faces that speak and are judged."""
    asked = mixtures.heard & mixtures.judged
    pairs = {n: (voices[n][asked[n]], mixtures.voices[n][asked[n]]) for n in places}
    estimates, references = ([wave for pair in pairs.values() for wave in pair[side].cpu().numpy()] for side in (0, 1))
    figures = iter(listen(estimates, references, jobs=jobs))
    of_mixture = {n: np.array([next(figures) for _ in pair[0]]) for n, pair in pairs.items()}
    return {n: Listening(*_means(table)) for n, table in of_mixture.items()}


def _means(table: np.ndarray) -> list[float]:
    """Mean of each column over the rows that have a number; NaN where there is none."""
    known = np.isfinite(table)
    with np.errstate(invalid="ignore"):
        return (np.where(known, table, 0).sum(axis=0) / known.sum(axis=0)).tolist()
