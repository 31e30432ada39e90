"""The answers of an ablation: the tables that it wrote, with each interval beside its value."""

from collections.abc import Sequence
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from avss.report.document import Cell, Figure, Number, Section, Table
from avss.report.embedding import embed_picture
from avss.report.runs import Run
from avss.training.ablation_page import MARKDOWN

_PICTURE = "ablations.png"
_ENDS = ("_low", "_high")


def ablation_section(run: Run) -> Section:
    """All questions of the ablation in the folder of ``run``, each with its table, and the picture of all answers.

    Raises:
        RunError: the picture is damaged.
    """
    path, blocks = run.folder / _PICTURE, []
    if path.is_file():
        picture = embed_picture(path, f"The answers of {run.folder}, as in the tables")
        caption = (
            "All answers, a panel for each question. Bars: 95 % intervals of each answer alone; "
            "how sure a difference is tells the column gain, where a table has one."
        )
        blocks.append(Figure(caption, [picture]))
    return Section(f"Ablations · {run.folder}", [*blocks, *_tables((run.folder / MARKDOWN).read_text())])


def _tables(markdown: str) -> list[Table]:
    """A table for each heading; the paragraphs below the heading are its note."""
    nodes = SyntaxTreeNode(MarkdownIt().enable("table").parse(markdown)).children
    starts = [place for place, node in enumerate(nodes) if node.type == "heading"]
    tables = []
    for start, end in pairwise([*starts, len(nodes)]):
        note = " ".join(_text(node) for node in nodes[start:end] if node.type == "paragraph")
        tables += [_table(_text(nodes[start]), node, note) for node in nodes[start:end] if node.type == "table"]
    return tables


def _table(caption: str, table: SyntaxTreeNode, note: str) -> Table:
    head, *rows = ([_text(cell) for cell in row.children] for part in table.children for row in part.children)
    columns = [column for column, name in enumerate(head) if not name.endswith(_ENDS)]
    return Table(
        caption, [head[column] for column in columns], [[_cell(head, row, c) for c in columns] for row in rows], note
    )


def _cell(head: Sequence[str], row: Sequence[str], column: int) -> Cell:
    """A value with the ends of its interval, which stand in columns of their own."""
    ends = [row[head.index(head[column] + end)] for end in _ENDS if head[column] + end in head]
    # A variant that was not measured says so in all three.
    return Number(row[column], f"[{', '.join(ends)}]") if ends and set(ends) != {row[column]} else row[column]


def _text(node: SyntaxTreeNode) -> str:
    return " ".join(part.content for part in node.children)
