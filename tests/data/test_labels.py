"""Phone labels lie beside the clips they were made for, and are refused beside any others."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from avss.data.labels import StoreLabels, labels_path, read_labels, write_labels
from avss.data.store import PreparedStore
from avss.errors import OutputError, StoreError
from avss.speech.phone_labels import PhoneLabels
from avss.speech.phones import PHONES

MakeStore = Callable[..., PreparedStore]


def some_labels(T: int) -> PhoneLabels:
    rng = np.random.default_rng(T)
    return PhoneLabels(rng.integers(0, len(PHONES), T).astype(np.int8), rng.random(T).astype(np.float32))


@pytest.fixture
def store(made_store: MakeStore) -> PreparedStore:
    return made_store({"s1/b": (75, None, None), "s1/a": (3, None, None), "s2/ü": (30, None, None)})


@pytest.fixture
def labels() -> StoreLabels:
    return StoreLabels("exact", {"s2/ü": some_labels(30), "s1/b": some_labels(75)}, {"s1/a": "no phone was heard"})


def test_labels_come_back_as_they_were_written(store: PreparedStore, labels: StoreLabels) -> None:
    assert write_labels(store, labels) == store.root / "labels" / "exact.parquet"
    read = read_labels(store, "exact")
    assert (read.source, read.rejects) == (labels.source, labels.rejects)
    assert list(read.of_clip) == [clip_id for clip_id in store.clips.index if clip_id in labels.of_clip]
    for clip_id, found in read.of_clip.items():
        for name in ("phones", "confidence"):
            array, given = getattr(found, name), getattr(labels.of_clip[clip_id], name)
            assert array.dtype == given.dtype
            np.testing.assert_array_equal(array, given)


def test_labels_of_a_source_that_was_not_made_name_the_command(store: PreparedStore) -> None:
    with pytest.raises(StoreError, match=r"label_phones\.py --store .* --labels alignment"):
        read_labels(store, "alignment")


def test_labels_made_for_clips_of_other_lengths_are_refused(
    store: PreparedStore, labels: StoreLabels, made_store: MakeStore
) -> None:
    other = made_store({"s1/b": (74, None, None), "s1/a": (3, None, None), "s2/ü": (30, None, None)})
    path = labels_path(other, "exact")
    path.parent.mkdir()
    path.write_bytes(write_labels(store, labels).read_bytes())
    with pytest.raises(StoreError, match=r"75 labels for s1/b.*74 frames"):
        read_labels(other, "exact")


@pytest.mark.parametrize(
    ("clips", "message"), [(("s1/b", "s1/a"), "s2/ü is not in"), (("s1/b", "s1/a", "s2/ü", "s3/n"), "s3/n is new in")]
)
def test_labels_made_for_other_clips_are_refused(
    store: PreparedStore, labels: StoreLabels, made_store: MakeStore, clips: tuple[str, ...], message: str
) -> None:
    other = made_store({clip_id: (int(store.clips.frames.get(clip_id, 5)), None, None) for clip_id in clips})
    path = labels_path(other, "exact")
    path.parent.mkdir()
    path.write_bytes(write_labels(store, labels).read_bytes())
    with pytest.raises(StoreError, match=message):
        read_labels(other, "exact")
    with pytest.raises(StoreError, match=message):
        write_labels(other, labels)


@pytest.mark.parametrize(("phone", "confidence"), [(40, 1.0), (-1, 1.0), (3, np.nan), (3, 1.5)])
def test_impossible_values_are_never_written(store: PreparedStore, phone: int, confidence: float) -> None:
    wrong = {clip_id: some_labels(T) for clip_id, T in store.clips.frames.items()}
    wrong["s1/a"].phones[1], wrong["s1/a"].confidence[1] = phone, confidence
    with pytest.raises(StoreError, match="impossible values for s1/a"):
        write_labels(store, StoreLabels("exact", wrong, {}))
    assert not labels_path(store, "exact").exists()


def test_labels_of_another_inventory_are_refused(store: PreparedStore, labels: StoreLabels) -> None:
    path = write_labels(store, labels)
    pq.write_table(pq.read_table(path).replace_schema_metadata({"inventory": "SIL A B C"}), path)
    with pytest.raises(StoreError, match="other phones"):
        read_labels(store, "exact")


@pytest.mark.parametrize("damage", [b"", b"PAR1 but no more"])
def test_a_damaged_file_is_refused(store: PreparedStore, labels: StoreLabels, damage: bytes) -> None:
    write_labels(store, labels).write_bytes(damage)
    with pytest.raises(StoreError, match="is damaged"):
        read_labels(store, "exact")


def test_a_table_without_the_columns_is_damaged(store: PreparedStore, labels: StoreLabels) -> None:
    path = write_labels(store, labels)
    pq.write_table(pq.read_table(path).drop_columns("phones"), path)
    with pytest.raises(StoreError, match="is damaged"):
        read_labels(store, "exact")


def test_a_place_that_cannot_be_written_is_an_output_error(store: PreparedStore, labels: StoreLabels) -> None:
    Path(store.root / "labels").write_text("in the way")
    with pytest.raises(OutputError):
        write_labels(store, labels)
