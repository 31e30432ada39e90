"""Company: people who fill up mixtures where a part of the split has too few speakers for them.

With one speaker to validate on, or two to test on, no mixture of three can be drawn. Then people of another part join.
The first face of every mixture is one of the part that is asked about, the others are anybody. Only voices of that
part are judged; those of the company, whom a separator may have learned from, are heard, seen and not judged.
"""

from avss.data.bank_reading import read_bank
from avss.data.splits import Split
from avss.data.store import PreparedStore
from avss.data.voice_bank import VoiceBank


def read_with_company(
    store: PreparedStore, part: Split, company: Split | None, faces: int
) -> tuple[VoiceBank, frozenset[str]]:
    """The clips of a part, and if it has fewer speakers than ``faces`` those of its company, with the latters' names.

    Args:
        store: where they lie.
        part: of its split, who is asked about.
        company: part of the split who joins; ``None`` is nobody.
        faces: the largest number of faces in a mixture.

    Raises:
        CorpusError: there are no clips of ``part``.
        StoreError: a volume is missing or damaged.
    """
    asked = store.clips[store.clips.split == part]
    if company is None or asked.empty or asked.speaker.nunique() >= faces:
        return read_bank(store, part), frozenset()
    bank = read_bank(store, part, company)
    return bank, frozenset(bank.speakers) - frozenset(asked.speaker)
