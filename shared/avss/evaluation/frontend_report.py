"""All that is known of a frontend after its evaluation, as one table to print and a folder of tables and pictures.

::

    figures.csv .json       a row per figure: value, interval over speakers, baseline; and what could not be judged
    speakers.csv .png       a row per speaker; a dot per speaker
    confusion.csv .png      how often each phone is read as each
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import pandas as pd
from rich.markup import escape
from rich.table import Table

from avss.data.lip_clips import LipClip
from avss.data.splits import Split
from avss.data.store import PreparedStore
from avss.drawing import save_figure
from avss.errors import AvssError
from avss.evaluation.frontend_scores import Score, judge_faces, judge_lips, judge_words
from avss.evaluation.phone_pictures import confusion, confusion_figure, confusion_table
from avss.evaluation.phones import FrameReadings
from avss.evaluation.score_picture import scores_figure
from avss.files import writing
from avss.models.frontend import Frontend


@dataclass(frozen=True)
class FrontendReport:
    """What a frontend is worth.

    Attributes:
        scores: all figures.
        missing: why a part could not be judged, by part.
        frames: what was read, frame by frame.
    """

    scores: list[Score]
    missing: dict[str, str]
    frames: FrameReadings

    def figures(self) -> pd.DataFrame:
        """A row per figure: part, figure, value, low, high, speakers, baseline."""
        rows = [
            {"part": score.part, "figure": score.figure, **asdict(score.interval), "baseline": score.baseline}
            for score in self.scores
        ]
        return pd.DataFrame(rows).rename(columns={"groups": "speakers"})

    def table(self, title: str) -> Table:
        """The figures, to print."""
        table = Table("part", "figure", "value [95 % over speakers]", "baseline", "speakers", title=title)
        for before, score in zip([None, *self.scores], self.scores, strict=False):
            part = "" if before and before.part == score.part else score.part
            numbers = f"{score.interval}", f"{score.baseline:.3f}", f"{score.interval.groups}"
            table.add_row(part, score.figure, *map(escape, numbers))
        return table

    def speakers(self) -> pd.DataFrame:
        """A row per speaker, a column per figure that a single speaker has."""
        return pd.DataFrame({s.figure: s.of_speaker for s in self.scores if s.of_speaker}).rename_axis("speaker")


def judge_frontend(
    frontend: Frontend, lips: Sequence[LipClip], part: Split, store: PreparedStore | None
) -> FrontendReport:
    """Judge all that can be judged of ``frontend``.

    Args:
        frontend: in evaluation mode.
        lips: labelled clips of all parts of the speakers.
        part: whose figures are wanted.
        store: where their faces and voices lie; ``None`` for a corpus of landmarks alone.

    Raises:
        CorpusError: ``part`` or "valid" has no clips, or nothing is said in them.
    """
    scores, frames = judge_lips(frontend, lips, part)
    missing = {}
    others = {
        "words": partial(judge_words, frontend, lips, part),
        "face": partial(judge_faces, frontend, store, part),
    }
    for name, judge in others.items():
        try:
            scores += judge()
        except AvssError as error:
            missing[name] = str(error)
    return FrontendReport(scores, missing, frames)


def write_report(folder: Path, report: FrontendReport, title: str) -> None:
    """Write ``figures``, ``speakers`` and ``confusion`` as csv and as pictures, and all figures as json.

    Raises:
        OutputError: ``folder`` cannot be written.
    """
    counts, figures = confusion(report.frames), report.figures()
    tables = {"figures": figures, "speakers": report.speakers().reset_index(), "confusion": confusion_table(counts)}
    for name, table in tables.items():
        with writing(folder / f"{name}.csv") as path:
            table.to_csv(path, index=False, float_format="%.4f")
    rows = figures.astype(object).where(figures.notna(), None).to_dict("records")  # json has null, but no NaN
    told = {"title": title, "figures": rows, "missing": report.missing}
    with writing(folder / "figures.json") as path:
        path.write_text(json.dumps(told, indent=2, ensure_ascii=False) + "\n")
    save_figure(confusion_figure(counts, f"What is read as what · {title}"), folder / "confusion.png")
    save_figure(scores_figure(report.scores, f"A dot per speaker · {title}"), folder / "speakers.png")
