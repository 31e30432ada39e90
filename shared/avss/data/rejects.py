"""The rejected clips of a store as a table for people; the same list lies in the store as ``rejects.csv``."""

from rich.table import Table
from rich.text import Text

from avss.data.store import PreparedStore

_ROWS = 40


def rejects_table(store: PreparedStore) -> Table | Text:
    """Id and reason of the rejected clips, the first 40 of them, under the count of all clips."""
    rejects = store.rejects
    counts = f"{len(store)} clips prepared, {len(rejects)} rejected"
    if rejects.empty:
        return Text(counts)
    table = Table(title=counts, title_justify="left")
    table.add_column("clip", no_wrap=True)
    table.add_column("why it was rejected", overflow="fold")
    for clip_id, reason in rejects.reason.head(_ROWS).items():
        table.add_row(Text(str(clip_id)), Text(reason))
    if len(rejects) > _ROWS:
        table.add_row("…", Text(f"{len(rejects) - _ROWS} more in {store.root / 'rejects.csv'}"))
    return table
