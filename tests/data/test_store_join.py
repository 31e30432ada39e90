import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from avss.data.parts import write_part
from avss.data.store import PreparedClip, PreparedStore
from avss.data.store_join import ORIGINS, join_stores, origin
from avss.data.store_layout import HEADER
from avss.data.store_writer import StoreWriter
from avss.errors import StoreError

MakeClip = Callable[[int, int], PreparedClip]

FIRST = {"s1/a": "train", "s2/a": "valid", "s3/a": "test"}
OTHER = {"s1/a": "train", "s4/b": "train", "s5/b": "valid", "s6/b": "test"}


@pytest.fixture
def make_store(tmp_path: Path, make_clip: MakeClip) -> Callable[..., PreparedStore]:
    def make(name: str, parts: dict[str, str], rejected: dict[str, str] | None = None) -> PreparedStore:
        writer = StoreWriter(tmp_path / name)
        described = {}
        for number, (clip_id, part) in enumerate({**parts, **dict.fromkeys(rejected or {}, "train")}.items()):
            described[clip_id] = {"id": clip_id, "speaker": clip_id.partition("/")[0], "split": part, "sex": "f"}
            if clip_id in parts:
                clip = make_clip(len(name) + number, 10 + number)
                measured = {"frames": 10 + number, "valid_share": 0.5, "face_score": 1.5, "damaged_frames": number}
                write_part(writer.root, {"id": clip_id, "source": f"{name}@{number}", **measured}, clip)
        writer.finish(described, rejected or {})
        return PreparedStore(tmp_path / name)

    return make


@pytest.fixture
def first(make_store: Callable[..., PreparedStore]) -> PreparedStore:
    return make_store("first", FIRST, {"s2/dark": "no face"})


@pytest.fixture
def other(make_store: Callable[..., PreparedStore]) -> PreparedStore:
    return make_store("another", OTHER)


def test_training_speakers_of_the_others_join_those_of_the_first(
    first: PreparedStore, other: PreparedStore, tmp_path: Path
) -> None:
    joined = join_stores(first, {"made": other}, tmp_path / "joined")
    assert joined.speakers == {"train": ["s1", "s1@made", "s4@made"], "valid": ["s2"], "test": ["s3"]}
    assert set(joined.clips.index) == {*FIRST, "s1@made/a", "s4@made/b"}
    assert joined.rejects.reason.to_dict() == {"s2/dark": "no face"}


def test_clips_stay_what_they_were(first: PreparedStore, other: PreparedStore, tmp_path: Path) -> None:
    joined = join_stores(first, {"made": other}, tmp_path / "joined")
    for here, store, there in [("s2/a", first, "s2/a"), ("s1/a", first, "s1/a"), ("s4@made/b", other, "s4/b")]:
        for name, array in vars(store[there]).items():
            np.testing.assert_array_equal(getattr(joined[here], name), array)
        columns = ["sex", "frames", "damaged_frames", "source"]
        assert joined.clips.loc[here, columns].equals(store.clips.loc[there, columns])


def test_a_speaker_is_known_by_the_store_they_came_from(
    first: PreparedStore, other: PreparedStore, tmp_path: Path
) -> None:
    joined = join_stores(first, {"made": other}, tmp_path / "joined")
    twice = join_stores(joined, {"more": other}, tmp_path / "twice")
    for store, name in ((first, "s1"), (joined, "s1"), (twice, "s1")):
        assert origin(store.root, name) == (first.root, "s1")
    for store, name in ((other, "s1"), (joined, "s1@made"), (twice, "s1@made"), (twice, "s1@more")):
        assert origin(store.root, name) == (other.root, "s1")
    assert origin(tmp_path / "nowhere", "s1@made") == (tmp_path / "nowhere", "s1@made")
    (joined.root / ORIGINS).write_text("{}")
    with pytest.raises(StoreError, match=r"joined\.json is damaged"):
        origin(joined.root, "s1")


def test_stores_that_are_moved_together_know_each_other(
    first: PreparedStore, other: PreparedStore, tmp_path: Path
) -> None:
    joined = join_stores(first, {"made": other}, tmp_path / "joined")
    moved = tmp_path / "moved"
    for store in (first, other, joined):
        shutil.move(store.root, moved / store.root.name)
    assert origin(moved / "joined", "s1@made") == (moved / "another", "s1")


def test_a_second_run_copies_nothing(first: PreparedStore, other: PreparedStore, tmp_path: Path) -> None:
    out = tmp_path / "joined"
    join_stores(first, {"made": other}, out)
    before = sorted(path for path in out.rglob("*.npy"))
    joined = join_stores(first, {"made": other}, out)
    assert sorted(path for path in out.rglob("*.npy")) == before
    assert len(joined) == 5


def test_a_store_of_another_preparation_does_not_join(
    first: PreparedStore, other: PreparedStore, tmp_path: Path
) -> None:
    header = json.loads((other.root / HEADER).read_text())
    header["settings"]["detect_every"] = 7
    (other.root / HEADER).write_text(json.dumps(header))
    with pytest.raises(StoreError, match=r"made with other settings.*detect_every 7"):
        join_stores(first, {"made": PreparedStore(other.root)}, tmp_path / "joined")
    assert not (tmp_path / "joined").exists()
