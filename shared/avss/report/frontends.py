"""What the evaluations of stage 1 wrote: how mouths are kept, how lips are read, how faces tell voices."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from avss.evaluation.mouths import PARTS, over_speakers
from avss.report.document import Block, Figure, Missing, Number, Table, interval, number
from avss.report.embedding import embed_picture
from avss.report.runs import Run, damaged, read_table

# What there is, and what is missing.
Shown = tuple[list[Block], list[Missing]]

_MOUTHS = {
    "explained": "How much of mouths is kept, by the number of components: speakers the PCA never saw (red) should "
    "lose little more than those it learned from (grey).",
    "eigenmouths": "The mean mouth, and what mouths differ in: each component darkens where it is blue and lightens "
    "where it is red.",
    "reconstructions": "Mouths, and beneath each what its few numbers keep: lips, teeth and tongue should be the same.",
    "extremes": "One component at a time, from −3 to +3 standard deviations: what each number means.",
}
_LIPS = {
    "speakers": "Every figure with its interval (blue), what is reached without looking (red), and a dot per speaker.",
    "confusion": "What is read as what. Phones in one box look alike on the lips; mistakes should stay in the box.",
}


def of_mouths(run: Run) -> Shown:
    """How much the PCA of ``run`` keeps of mouths, and its pictures; nothing where it was not evaluated.

    Raises:
        RunError: a file is damaged.
    """
    errors = read_table(run.folder / "reconstruction.csv")
    if errors.empty:
        return [], []
    most = int(errors.components.max())
    kept, lost = (over_speakers(errors, column) for column in ("explained", "error"))
    rows = []
    for part in (part for part in PARTS if (part, most) in kept):
        share, error = kept[part, most], lost[part, most]
        shown = interval(share.value, share.low, share.high, 3), interval(error.value, error.low, error.high, 2)
        rows.append([part, str(share.groups), *shown])
    columns = ["speakers", "how many", "explained ↑", "error, grey levels ↓"]
    table = Table(f"What {most} numbers keep of a mouth", columns, rows, "Intervals: 95 % over speakers.")
    return [table, *_pictures(run.folder, _MOUTHS)], []


def of_voices(run: Run) -> Shown:
    """What FaceToSpeaker tells of the voices of its test speakers; nothing before it is trained and judged.

    Raises:
        RunError: a file is damaged.
    """
    figures = read_table(run.folder / "face_voice.csv")
    if figures.empty:
        return [], []
    rows = [[mean.figure, _interval(mean), number(mean.chance, 2)] for _, mean in figures.iterrows()]
    note = (
        "r2: R² of each number of the voice, 1 being perfect and 0 the mean of all; top1: share of own voices picked."
    )
    return [Table("What a face tells of the voice", ["", "value ↑", "by chance"], rows, note)], []


def of_lips(run: Run) -> Shown:
    """All evaluations of the frontend of ``run``, which may be on several corpora, and what they could not judge.

    Raises:
        RunError: one is damaged.
    """
    blocks, missing = [], []
    for path in sorted(run.folder.glob("*/figures.json")):
        told = _evaluation(path)
        blocks += [_scores(told), *_pictures(path.parent, _LIPS)]
        missing += [Missing(f"{path.parent.name}: {part} not judged. {why}") for part, why in told["missing"].items()]
    return blocks, missing


def _scores(told: Mapping[str, Any]) -> Table:
    figures = pd.DataFrame(told["figures"]).astype(dict.fromkeys(("value", "low", "high", "baseline"), float))
    rows = [
        [f"{mean.part} · {mean.figure}", _interval(mean), number(mean.baseline, 2), str(mean.speakers)]
        for _, mean in figures.iterrows()
    ]
    note = (
        "Shares of frames (lips) and of words that are right, area under the curve of speaking, R² of the numbers of "
        "the voice: higher is better; errors per phone: lower. The baseline is what is reached without looking. "
        "Intervals: 95 % over speakers."
    )
    return Table(f"Reading lips and faces · {told['title']}", ["", "value", "baseline", "speakers"], rows, note)


def _interval(mean: pd.Series) -> Number:
    return interval(mean.value, mean.low, mean.high, 2)


def _evaluation(path: Path) -> dict[str, Any]:
    try:
        told = json.loads(path.read_text())
        return {name: told[name] for name in ("title", "figures", "missing")}
    except (ValueError, TypeError, KeyError) as error:
        raise damaged(path) from error


def _pictures(folder: Path, captions: Mapping[str, str]) -> list[Figure]:
    """The pictures of ``folder`` that are there."""
    files = {folder / f"{name}.png": caption for name, caption in captions.items()}
    there = {path: caption for path, caption in files.items() if path.is_file()}
    return [Figure(caption, [embed_picture(path, f"{path.stem}, as said below")]) for path, caption in there.items()]
