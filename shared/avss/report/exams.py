"""Reading the exams of a run, and the mixtures behind their means."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from avss.evaluation.bootstrap import Interval, bootstrap_mean
from avss.evaluation.exam import MIXTURES
from avss.evaluation.exam_rows import AUDIO_VISUAL
from avss.evaluation.exam_table import MAIN, level_name
from avss.report.runs import Run, damaged, read_mapping, read_table
from avss.training.environment import ENVIRONMENT

_FILE = "exam.json"


@dataclass(frozen=True)
class Exam:
    """An exam that a run has sat.

    Attributes:
        run: whose.
        folder: of its tables.
        store, part: whom it was about.
        company: names of the speakers who were mixed with them and not judged.
        weights: checksum of the weights behind each row.
        missing: why some rows are missing.
        figures: its means, as in ``figures.csv``.
        environment: what it ran on; empty where that is unknown.
    """

    run: Run
    folder: Path
    store: str
    part: str
    company: str
    weights: dict[str, str]
    missing: dict[str, str]
    figures: pd.DataFrame
    environment: Mapping[str, str]

    @property
    def outdated(self) -> bool:
        """Whether the run has been trained again since."""
        now = self.run.description
        return now is None or now.sha256 != self.weights.get(AUDIO_VISUAL)

    def easiest(self) -> pd.DataFrame:
        """The means at the fewest faces and the first level of noise, which is none where that was asked."""
        return at(self.figures, *self.conditions()[0])

    def conditions(self) -> list[tuple[int, float]]:
        """Numbers of faces and levels of noise (NaN: none), in the order of the exam."""
        pairs = self.figures[["K", "snr"]].drop_duplicates()
        return [(int(K), float(snr)) for K, snr in pairs.itertuples(index=False)]

    def advantage(self, over: str, K: int, snr: float) -> Interval | None:
        """How much more the separator improves than the row ``over`` on the same mixtures of a condition, dB.

        The mixtures are compared one by one, so that their own difficulty drops out; ``None`` where they are not there.
        """
        scores = read_table(self.folder / MIXTURES)
        if scores.empty:
            return None
        scores = at(scores, K, snr)
        wide = scores.pivot(index=["id", "speakers"], columns="row", values=MAIN).reset_index()
        if not {over, AUDIO_VISUAL} <= set(wide.columns):
            return None
        both = wide[wide[over].notna() & wide[AUDIO_VISUAL].notna()]
        return bootstrap_mean((both[AUDIO_VISUAL] - both[over]).to_numpy(), both.speakers.to_numpy())


def read_exams(run: Run) -> list[Exam]:
    """The exams in the folders of a run, which may have sat some on several corpora.

    Raises:
        RunError: one is damaged.
    """
    return [_read(run, path) for path in sorted(run.folder.glob(f"*/{_FILE}"))]


def at(table: pd.DataFrame, K: int, snr: float) -> pd.DataFrame:
    """The rows of ``table`` for K faces at the level ``snr``, NaN being no noise."""
    level = table.snr.isna() if pd.isna(snr) else table.snr == snr
    return table[(table.K == K) & level]


def noise(snr: float) -> str:
    """A level of the voices above the noise, NaN being none, as text."""
    return "no noise" if pd.isna(snr) else f"SNR {level_name(snr)}".replace("-", "−")


def condition(K: int, snr: float) -> str:
    """Number of faces and noise of a mixture, as text."""
    return f"{K} faces, {noise(snr)}"


def of_corpora(exams: Sequence[Exam]) -> dict[tuple[str, str], list[Exam]]:
    """Exams by store and part of the speakers, those of later stages last."""
    found: dict[tuple[str, str], list[Exam]] = {}
    for exam in sorted(exams, key=lambda exam: exam.run.kind.stage):
        found.setdefault((exam.store, exam.part), []).append(exam)
    return found


def _read(run: Run, path: Path) -> Exam:
    try:
        told = json.loads(path.read_text())
        figures = pd.DataFrame(told["figures"])
        figures = figures.astype(dict.fromkeys(("snr", "value", "low", "high"), float))
        whom = told["store"], told["part"], told.get("company", "")
        ran_on = read_mapping(path.with_name(ENVIRONMENT), json.loads)
        return Exam(run, path.parent, *whom, told["rows"], told["missing"], figures, ran_on)
    except (ValueError, TypeError, KeyError) as error:
        raise damaged(path) from error
