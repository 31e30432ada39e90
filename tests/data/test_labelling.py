"""Labelling a whole store: one bad clip costs no other, and the source is chosen by what is there."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from avss.corpora.clip import Segment
from avss.data.label_sources import AlignedWords, ExactPhones, HeardPhones, LabelSource
from avss.data.labelling import first_possible, label_store
from avss.data.labels import read_labels, write_labels
from avss.data.store import PreparedStore
from avss.errors import PartMissingError
from avss.speech.phone_labels import LabelError

MakeStore = Callable[..., PreparedStore]

WORDS = [Segment(0.1, 0.5, "bin"), Segment(0.5, 0.9, "red")]
PHONES = [Segment(0.1, 0.5, "B")]


def test_clips_that_cannot_be_labelled_are_listed_and_the_others_go_on(made_store: MakeStore) -> None:
    store = made_store({
        "s1/a": (75, WORDS, None),
        "s1/b": (75, None, None),
        "s1/c": (3, [Segment(0.0, 0.12, "at")], None),
        "s2/d": (75, [Segment(0.0, 0.5, "???")], None),
    })  # fmt: skip
    labels = label_store(store, AlignedWords())
    assert {clip_id: len(found) for clip_id, found in labels.of_clip.items()} == {"s1/a": 75, "s1/c": 3}
    assert "words of s1/b are not known" in labels.rejects["s1/b"]
    assert "'???'" in labels.rejects["s2/d"]
    write_labels(store, labels)
    assert read_labels(store, "alignment").rejects == labels.rejects


def test_allosaurus_hears_the_same_on_one_process_and_on_two(made_store: MakeStore, allosaurus_models: Path) -> None:
    store = made_store({f"s1/{name}": (T, None, None) for name, T in (("a", 75), ("b", 3), ("c", 40))})
    here, there = (label_store(store, HeardPhones(allosaurus_models), jobs=jobs) for jobs in (1, 2))
    assert {clip_id: len(found) for clip_id, found in here.of_clip.items()} == {"s1/a": 75, "s1/b": 3, "s1/c": 40}
    for clip_id, found in here.of_clip.items():
        np.testing.assert_array_equal(found.phones, there.of_clip[clip_id].phones)
    write_labels(store, here)
    assert {clip_id: found.unknown for clip_id, found in read_labels(store, "allosaurus").of_clip.items()} == {
        clip_id: found.unknown for clip_id, found in here.of_clip.items()
    }


def test_a_store_without_one_labelled_clip_is_an_error_with_the_reason(made_store: MakeStore) -> None:
    store = made_store({"s1/a": (75, [Segment(0.0, 0.5, "???")], None)})
    with pytest.raises(LabelError, match=r"no clip of .* 'alignment'.*'\?\?\?'"):
        label_store(store, AlignedWords())


def test_an_impossible_source_ends_at_once(made_store: MakeStore, tmp_path: Path) -> None:
    with pytest.raises(PartMissingError, match="download_model"):
        label_store(made_store({"s1/a": (75, WORDS, PHONES)}), HeardPhones(tmp_path))


@pytest.mark.parametrize(
    ("words", "phones", "has_model", "chosen", "passed_over"),
    [
        (WORDS, PHONES, True, "exact", 0),
        (WORDS, None, True, "allosaurus", 1),
        (WORDS, None, False, "alignment", 2),
    ],
)
def test_the_first_possible_source_is_taken_and_why_others_are_not(
    made_store: MakeStore, allosaurus_models: Path, tmp_path: Path,
    words: list[Segment], phones: list[Segment] | None, has_model: bool, chosen: str, passed_over: int,
) -> None:  # fmt: skip
    models = allosaurus_models if has_model else tmp_path / "none"
    sources: list[LabelSource] = [ExactPhones(), HeardPhones(models), AlignedWords()]
    source, reasons = first_possible(made_store({"s1/a": (75, words, phones)}), sources)
    assert source.name == chosen
    assert [reason.split(":")[0] for reason in reasons] == ["not exact", "not allosaurus"][:passed_over]


def test_when_no_source_is_possible_every_reason_is_told(made_store: MakeStore, tmp_path: Path) -> None:
    sources: list[LabelSource] = [ExactPhones(), HeardPhones(tmp_path / "none"), AlignedWords()]
    with pytest.raises(PartMissingError, match=r"not exact: .* not allosaurus: .* not alignment: "):
        first_possible(made_store({"s1/a": (75, None, None)}), sources)
