"""Each source of labels on clips with much, little, and nothing to go by."""

from collections.abc import Callable

import numpy as np
import pytest

from avss.corpora.clip import Segment
from avss.data.label_sources import AlignedWords, ExactPhones
from avss.data.store import PreparedStore
from avss.errors import PartMissingError
from avss.speech.phone_labels import LabelError, PhoneLabels
from avss.speech.phones import PHONES, UnknownPhoneError

MakeStore = Callable[..., PreparedStore]

WORDS = [Segment(0.4, 0.8, "bin"), Segment(0.8, 1.2, "red"), Segment(1.4, 1.8, "again")]
PHONES_SAID = [Segment(0.0, 0.4, "SIL"), Segment(0.4, 0.6, "B"), Segment(0.6, 0.8, "IH"), Segment(1.0, 1.2, "N")]


def named(labels: PhoneLabels) -> list[str]:
    return [PHONES[phone] for phone in labels.phones]


def test_exact_phones_are_labelled_where_they_are_and_gaps_are_silence(made_store: MakeStore) -> None:
    labels = ExactPhones().label(made_store({"s1/a": (40, None, PHONES_SAID)}), "s1/a")
    assert named(labels) == ["SIL"] * 10 + ["B"] * 5 + ["IH"] * 5 + ["SIL"] * 5 + ["N"] * 5 + ["SIL"] * 10
    np.testing.assert_allclose(labels.confidence, 1, atol=1e-6)


def test_pauses_of_a_forced_aligner_are_silence(made_store: MakeStore) -> None:
    said = [Segment(0.0, 0.08, "sil"), Segment(0.08, 0.16, "B"), Segment(0.16, 0.24, "sp")]
    assert named(ExactPhones().label(made_store({"s1/a": (6, None, said)}), "s1/a")) == [
        "SIL", "SIL", "B", "B", "SIL", "SIL",
    ]  # fmt: skip


def test_words_are_spread_in_the_order_of_their_phones_with_doubt_at_edges(made_store: MakeStore) -> None:
    labels = AlignedWords().label(made_store({"s1/a": (75, WORDS, None)}), "s1/a")
    said = named(labels)
    order = [phone for phone, before in zip(said, [None, *said], strict=False) if phone != before]
    assert order == ["SIL", "B", "IH", "N", "R", "EH", "D", "SIL", "AH", "G", "EH", "N", "SIL"]
    assert said.index("B") == 10
    assert 43 <= len(said) - said[::-1].index("N") <= 46
    assert labels.confidence[:7].min() > 0.99
    assert labels.confidence[9:11].max() < 0.95
    assert ((labels.confidence > 0) & (labels.confidence <= 1)).all()


@pytest.mark.parametrize("source", [ExactPhones(), AlignedWords()], ids=lambda source: source.name)
def test_a_clip_of_three_frames_has_three_labels(made_store: MakeStore, source: ExactPhones | AlignedWords) -> None:
    store = made_store({"s1/a": (3, [Segment(0.0, 0.12, "at")], [Segment(0.0, 0.12, "AE")])})
    assert len(source.label(store, "s1/a")) == 3


def test_silence_alone_is_labelled_as_silence(made_store: MakeStore) -> None:
    labels = ExactPhones().label(made_store({"s1/a": (5, None, [Segment(0.0, 0.2, "SIL")])}), "s1/a")
    assert named(labels) == ["SIL"] * 5


@pytest.mark.parametrize("source", [ExactPhones(), AlignedWords()], ids=lambda source: source.name)
def test_a_clip_of_which_nothing_is_known_is_refused(made_store: MakeStore, source: ExactPhones | AlignedWords) -> None:
    store = made_store({"s1/a": (75, WORDS, PHONES_SAID), "s1/b": (75, None, None), "s1/c": (75, [], [])})
    source.check(store)
    for clip_id in ("s1/b", "s1/c"):
        with pytest.raises(LabelError, match=f"{clip_id} are not known"):
            source.label(store, clip_id)


@pytest.mark.parametrize("source", [ExactPhones(), AlignedWords()], ids=lambda source: source.name)
def test_a_store_in_which_no_clip_can_be_labelled_says_what_to_do(
    made_store: MakeStore, source: ExactPhones | AlignedWords
) -> None:
    with pytest.raises(PartMissingError, match=r"with times\. Do: "):
        source.check(made_store({"s1/a": (75, None, None)}))


def test_an_unknown_phone_or_word_and_overlaps_are_refused(made_store: MakeStore) -> None:
    overlapping = [Segment(0.0, 0.5, "bin"), Segment(0.4, 0.8, "red")]
    store = made_store({
        "s1/a": (25, overlapping, [Segment(0.0, 0.4, "Ä")]),
        "s1/b": (25, [Segment(0.0, 0.4, "...")], None),
    })  # fmt: skip
    with pytest.raises(UnknownPhoneError, match="'Ä'"):
        ExactPhones().label(store, "s1/a")
    with pytest.raises(LabelError, match="have the edges"):
        AlignedWords().label(store, "s1/a")
    with pytest.raises(UnknownPhoneError, match=r"'\.\.\.'"):
        AlignedWords().label(store, "s1/b")


def test_the_accent_decides_what_a_word_sounds_like(made_store: MakeStore) -> None:
    store = made_store({"s1/a": (25, [Segment(0.0, 1.0, "z")], None)})
    assert "D" in named(AlignedWords("en").label(store, "s1/a"))
    assert "D" not in named(AlignedWords("en-us").label(store, "s1/a"))
