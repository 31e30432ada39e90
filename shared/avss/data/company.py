"""Company: people who fill up mixtures where a part of the split has too few speakers for them.

With one speaker to validate on, or two to test on, no mixture of three can be drawn. Then people of another part join.
The first face of every mixture is one of the part that is asked about, the others are anybody. Only voices of that
part are judged; those of the company are heard, seen and not judged. Where models are chosen, the company has to be
strangers too: a voice that was learned by heart is easily taken away, and what is left is the voice that is judged.
"""

from collections.abc import Collection
from typing import get_args

from avss.data.bank_reading import read_bank
from avss.data.splits import Split
from avss.data.store import PreparedStore
from avss.data.voice_bank import VoiceBank
from avss.errors import SettingsError


def held_back(store: PreparedStore, count: int) -> frozenset[str]:
    """Who would train, and joins those who validate instead: nobody where these are ``count`` or more.

    Else the ``count`` speakers with the fewest clips, so that the training loses little.

    Raises:
        SettingsError: nobody would be left to learn from.
    """
    if len(store.speakers.get("valid", [])) >= count:
        return frozenset()
    clips = store.clips.speaker[store.clips.split == "train"].value_counts()
    if len(clips) <= count:
        what = f"{count} of {len(clips)} training speakers are to join those who validate"
        raise SettingsError(what, f"fewer than {len(clips)}", "ask for less company, or prepare more speakers")
    return frozenset(sorted(clips.index, key=lambda name: (clips[name], name))[:count])


def read_with_company(
    store: PreparedStore, part: Split, company: Collection[str], faces: int
) -> tuple[VoiceBank, frozenset[str]]:
    """The clips of a part, and if it has fewer speakers than ``faces`` those of its company, with the latters' names.

    Args:
        store: where they lie.
        part: of its split, who is asked about.
        company: names of who joins, of other parts.
        faces: the largest number of faces in a mixture.

    Raises:
        CorpusError: there are no clips of ``part``.
        StoreError: a volume is missing or damaged.
    """
    asked = frozenset(store.speakers.get(part, []))
    joining = frozenset(company) - asked
    if not joining or not asked or len(asked) >= faces:
        return read_bank(store, part), frozenset()
    return read_bank(store, *get_args(Split), names=asked | joining), joining
