"""The page of an ablation, in Markdown: a table per question, what it was measured on, and why something is missing."""

from collections.abc import Mapping, Sequence
from math import isnan
from typing import Any

from avss.training.ablation_answers import DATA

MARKDOWN = "ablations.md"
REASON = "not_measured"
GAIN = "gain"
SCORES = "scores"  # a file with more than a table has room for

_ABOUT_GAIN = f"{GAIN}: over the first variant, the same mixtures compared one by one; –: the first itself, or unknown."


def as_markdown(question: str, changed: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> str:
    """The part of the page about one question.

    Args:
        question: what was asked.
        changed: names of the settings that it changes.
        rows: its variants, with their settings, ``data`` and figures, or the reason why they have none.
    """
    measured = [row for row in rows if REASON not in row]
    names = list(measured[0]) if measured else []
    figures = names[names.index(DATA) + 1 :] if measured else []
    columns = [*changed, *(name for name in figures if name != SCORES)]
    lines = [f"## {question}", "", f"On {(measured or rows)[0][DATA]}.", ""]
    lines += ["| " + " | ".join(columns) + " |", "|" + "---|" * len(columns)]
    lines += ["| " + " | ".join(_cell(row.get(name, "not measured")) for name in columns) + " |" for row in rows]
    notes = [_ABOUT_GAIN] if GAIN in columns else []
    notes += dict.fromkeys(f"Not measured: {row[REASON]}" for row in rows if REASON in row)
    return "\n".join([*lines, *(line for note in notes for line in ("", note))]) + "\n"


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return "–" if isnan(value) else f"{value:.3f}"
    return str(value)
