"""Stage 1.2, first step: one phone label and a confidence for every video frame of a prepared store.

The labels come from the phones the corpus knows (exact), from Allosaurus listening to the sound (allosaurus), or from
word times and espeak-ng's pronunciations (alignment). They are written to labels/SOURCE.parquet in the store, one file
per source. When a store that knows its phones is labelled in another way, the agreement with them is printed.

    python label_phones.py --config label_phones_quick.yaml                     the generated corpus
    python label_phones.py --store data/grid/prepared --labels alignment        GRID without Allosaurus

Labelling is always done anew, for it is quick: from phones or words some 1 000 clips of 3 s a second on one core, by
Allosaurus some 7, on as many processes as --jobs says.
"""

from collections import Counter
from pathlib import Path
from typing import Literal

from rich.console import Console
from rich.table import Table
from rich.text import Text

from avss.data.label_sources import AlignedWords, ExactPhones, HeardPhones, LabelSource
from avss.data.labelling import first_possible, label_store
from avss.data.labels import StoreLabels, labels_path, read_labels, write_labels
from avss.data.store import PreparedStore
from avss.evaluation.label_agreement import agreement
from avss.terminal import run_script

_ROWS = 20


def label_phones(
    store: Path,
    labels: Literal["auto", "exact", "allosaurus", "alignment"] = "auto",
    accent: str = "en",
    allosaurus: Path | None = None,
    jobs: int = 1,
    ray: str | None = None,
) -> None:
    """Label every video frame of a prepared store with the phone that is said.

    Args:
        store: folder of the prepared store.
        labels: where they come from; auto takes the first of exact, allosaurus, alignment that is possible.
        accent: accent in which alignment pronounces words, en, en-us, en-gb-x-rp or en-gb-scotland.
        allosaurus: folder that holds Allosaurus' model as latest; null is where the package puts it.
        jobs: processes; -1 uses every core. Worth it for allosaurus only.
        ray: address of a Ray cluster, such as auto; its nodes must see the same folders.
    """
    console = Console(soft_wrap=True, markup=False, highlight=False)
    prepared = PreparedStore(store)
    by_preference: list[LabelSource] = [ExactPhones(), HeardPhones(allosaurus), AlignedWords(accent)]
    if labels == "auto":
        source, passed_over = first_possible(prepared, by_preference)
        for reason in (*passed_over, f"labels are taken from {source.name}, the first source that is possible"):
            console.print(reason)
    else:
        (source,) = (known for known in by_preference if known.name == labels)

    made = label_store(prepared, source, jobs=jobs, ray=ray)
    path = write_labels(prepared, made)
    console.print(summary(made))
    console.print(f"labels {path}")
    if source.name != "exact" and labels_path(prepared, "exact").exists():
        console.print(agreement_table(read_labels(prepared, "exact"), made))


def summary(labels: StoreLabels) -> Table | Text:
    """What was labelled, which sounds have no ARPAbet phone, and the first clips without labels."""
    unknown = Counter(symbol for found in labels.of_clip.values() for symbol in found.unknown)
    lines = [f"{len(labels.of_clip)} clips labelled by {labels.source}, {len(labels.rejects)} not"]
    if unknown:
        listed = ", ".join(f"{symbol} ({count} ×)" for symbol, count in unknown.most_common())
        lines.append(f"sounds without a label: {listed}")
    if not labels.rejects:
        return Text("\n".join(lines))
    table = Table(title="\n".join(lines), title_justify="left")
    table.add_column("clip", no_wrap=True)
    table.add_column("why it has no labels", overflow="fold")
    for clip_id, reason in list(labels.rejects.items())[:_ROWS]:
        table.add_row(Text(clip_id), Text(reason))
    return table


def agreement_table(exact: StoreLabels, made: StoreLabels) -> Table:
    """Frame accuracy of labels against the exact ones, by viseme class."""
    table = Table(title=f"{made.source} against exact: share of frames", title_justify="left")
    table.add_column("frames of", no_wrap=True)
    for column in ("frames", "same phone", "same viseme", "weighted", "confidence"):
        table.add_column(column, justify="right")
    for name, row in agreement(exact, made).iterrows():
        shares = row[["same_phone", "same_viseme", "weighted", "confidence"]]
        table.add_row(str(name), f"{row.frames:.0f}", *(f"{share:.3f}" for share in shares))
    return table


if __name__ == "__main__":
    run_script(label_phones)
