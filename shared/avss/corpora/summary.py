"""What is in a corpus, as a table for people: per speaker the sex, the clips, and the bad clips with their reasons."""

from collections import Counter, defaultdict

from rich.table import Table
from rich.text import Text

from avss.corpora.clip import Corpus, Sex


def summarise(corpus: Corpus) -> Table:
    """A row per speaker, in the order of the corpus, and the sums in the footer. Reads every clip's labels once."""
    clips: Counter[str] = Counter()
    timed: Counter[str] = Counter()
    sexes: dict[str, Sex | None] = {}
    for clip in corpus.clips():
        clips[clip.speaker] += 1
        timed[clip.speaker] += clip.words is not None
        sexes[clip.speaker] = clip.sex
    bad: defaultdict[str, list[str]] = defaultdict(list)
    for clip in corpus.bad_clips():
        speaker, _, stem = clip.id.partition("/")
        bad[speaker].append(f"{stem}: {clip.reason}")

    table = Table(show_footer=True, title="clips by speaker")
    table.add_column("speaker", footer=str(len(clips | Counter(bad.keys()))))
    table.add_column("sex")
    table.add_column("clips", footer=str(clips.total()), justify="right")
    table.add_column("with word times", footer=str(timed.total()), justify="right")
    table.add_column("bad", footer=str(sum(map(len, bad.values()))), justify="right")
    table.add_column("why", overflow="fold")
    for speaker in dict.fromkeys([*clips, *bad]):
        table.add_row(
            speaker,
            sexes.get(speaker) or "?",
            str(clips[speaker]),
            str(timed[speaker]),
            str(len(bad[speaker])) if speaker in bad else "",
            Text("\n".join(bad[speaker]) if speaker in bad else ""),
        )
    return table
