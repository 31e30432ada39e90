import json
import pickle
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from avss.corpora.clip import Segment
from avss.data.parts import Row, part_path, write_part
from avss.data.store import PreparedClip, PreparedStore
from avss.data.store_writer import StoreWriter
from avss.errors import OutputError, StoreError

MakeClip = Callable[[int, int], PreparedClip]


def row(clip_id: str, frames: int, source: str = "1@1") -> Row:
    return {
        "id": clip_id,
        "source": source,
        "frames": frames,
        "valid_share": 0.9,
        "face_score": 1.5,
        "damaged_frames": 0,
    }


def about(*ids: str, **columns: object) -> dict[str, Row]:
    return {clip_id: {"id": clip_id, "speaker": clip_id.split("/")[0], "split": "train"} | columns for clip_id in ids}


def assert_same(stored: PreparedClip, given: PreparedClip) -> None:
    for name in ("audio", "landmarks", "mouth", "valid", "face"):
        array = getattr(stored, name)
        assert array.dtype == getattr(given, name).dtype
        np.testing.assert_array_equal(array, getattr(given, name))


@pytest.fixture
def clips(make_clip: MakeClip) -> dict[str, PreparedClip]:
    lengths = {"s1/a": 75, "s1/b": 74, "s2/a": 1, "anna maría/ü ñ": 30}
    return {clip_id: make_clip(seed, T) for seed, (clip_id, T) in enumerate(lengths.items())}


@pytest.fixture
def root(tmp_path: Path, clips: dict[str, PreparedClip]) -> Path:
    """A finished store of ``clips``."""
    writer = StoreWriter(tmp_path / "store")
    for clip_id, clip in clips.items():
        write_part(writer.root, row(clip_id, len(clip.valid)), clip)
    writer.finish(about(*clips), {})
    return writer.root


def test_the_checksum_is_of_what_clips_were_made_from_and_of_the_split_in_whatever_order(
    root: Path, clips: dict[str, PreparedClip], tmp_path: Path
) -> None:
    first = PreparedStore(root).checksum
    for changes, same in (({}, True), ({"text": "bin blue"}, True), ({"split": "valid"}, False)):
        StoreWriter(root).finish(about(*clips, **changes), {})
        assert (PreparedStore(root).checksum == first) is same, changes
    for name, source in (("backwards", "1@1"), ("newer", "1@2")):
        writer = StoreWriter(tmp_path / name)
        for clip_id, clip in reversed(clips.items()):
            write_part(writer.root, row(clip_id, len(clip.valid), source), clip)
        writer.finish(about(*clips), {})
        assert (PreparedStore(writer.root).checksum == first) is (name == "backwards"), name


def test_every_clip_comes_back_as_it_was_written(root: Path, clips: dict[str, PreparedClip]) -> None:
    store = PreparedStore(root)
    assert len(store) == 4
    assert "s1/a" in store
    assert "s1/z" not in store
    for clip_id, clip in clips.items():
        assert_same(store[clip_id], clip)
    assert store.clips.frames.to_dict() == {clip_id: len(clip.valid) for clip_id, clip in clips.items()}
    assert not list((root / "parts").iterdir())


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(st.integers(1, 40), max_size=3), min_size=1, max_size=4))
def test_a_store_that_grows_holds_all_runs(
    tmp_path_factory: pytest.TempPathFactory, make_clip: MakeClip, runs: list[list[int]]
) -> None:
    root, written = tmp_path_factory.mktemp("store") / "s", {}
    for r, lengths in enumerate(runs):
        writer = StoreWriter(root)
        for n, T in enumerate(lengths):
            clip_id = f"s{n % 2}/{r}-{n}"
            written[clip_id] = make_clip(100 * r + n, T)
            write_part(root, row(clip_id, T), written[clip_id])
        writer.finish(about(*written), {})
    store = PreparedStore(root)
    assert set(store.clips.index) == set(written)
    for clip_id, clip in written.items():
        assert_same(store[clip_id], clip)


def test_words_phones_and_text_are_kept(root: Path) -> None:
    segments = [{"start": 0.5, "end": 0.75, "label": "bin"}]
    StoreWriter(root).finish(about("s1/a", text="bin", words=segments, phones=segments, sex="f"), {})
    store = PreparedStore(root)
    assert store.words("s1/a") == store.phones("s1/a") == (Segment(0.5, 0.75, "bin"),)
    assert store.words("s1/b") is None
    assert store.clips.loc["s1/a", ["text", "sex", "split"]].tolist() == ["bin", "f", "train"]


def test_the_speakers_of_each_part_are_told(root: Path) -> None:
    StoreWriter(root).finish(about("s1/a", "s1/b", "s2/a") | about("anna maría/ü ñ", split="test"), {})
    assert PreparedStore(root).speakers == {"train": ["s1", "s2"], "test": ["anna maría"]}


def test_rejected_clips_have_a_reason_and_no_arrays(root: Path) -> None:
    StoreWriter(root).finish(about("s1/bad", "s1/a"), {"s1/bad": 'no face, none; "at all"'})
    store = PreparedStore(root)
    assert store.rejects.to_dict("index") == {"s1/bad": {"speaker": "s1", "reason": 'no face, none; "at all"'}}
    assert "s1/bad" not in store
    with pytest.raises(KeyError):
        store["s1/bad"]
    assert (root / "rejects.csv").read_text().splitlines() == ["id,reason", 's1/bad,"no face, none; ""at all"""']


def test_a_clip_is_known_until_its_source_changes(root: Path, make_clip: MakeClip) -> None:
    writer = StoreWriter(root)
    assert writer.has("s1/a", "1@1")
    assert not writer.has("s1/a", "2@1")
    assert not writer.has("s1/z", "1@1")
    newer = make_clip(99, 20)
    write_part(root, row("s1/a", 20, "2@1"), newer)
    writer.finish(about("s1/a"), {})
    assert_same(PreparedStore(root)["s1/a"], newer)
    assert StoreWriter(root).has("s1/a", "2@1")


def test_a_clip_that_turns_bad_is_no_longer_served(root: Path) -> None:
    StoreWriter(root).finish(about("s1/a"), {"s1/a": "cut off"})
    assert "s1/a" not in PreparedStore(root)
    assert not StoreWriter(root).has("s1/a", "1@1")


def test_parts_outlive_a_run_that_never_finished(tmp_path: Path, make_clip: MakeClip) -> None:
    root, clip = tmp_path / "store", make_clip(0, 10)
    StoreWriter(root)
    write_part(root, row("s1/a", 10), clip)
    (root / "parts" / ".half.0123abcd.npz").write_bytes(b"cut off")
    writer = StoreWriter(root)
    assert writer.has("s1/a", "1@1")
    writer.finish(about("s1/a"), {})
    assert_same(PreparedStore(root)["s1/a"], clip)
    assert not list((root / "parts").iterdir())


def test_what_a_killed_run_left_behind_is_swept(root: Path, clips: dict[str, PreparedClip]) -> None:
    (root / "speakers" / "s1" / "1").mkdir()
    (root / "speakers" / "s3" / ".0.abcd").mkdir(parents=True)
    write_part(root, row("s1/a", 75), clips["s1/a"])
    StoreWriter(root)
    assert [volume.name for volume in (root / "speakers").glob("*/*")] == ["0", "0", "0"]
    assert not part_path(root, "s1/a").exists()
    assert_same(PreparedStore(root)["s1/a"], clips["s1/a"])


def test_a_store_travels_to_another_process_without_its_arrays(root: Path, clips: dict[str, PreparedClip]) -> None:
    store = PreparedStore(root)
    store["s1/a"]
    luggage = pickle.dumps(store)
    assert len(luggage) < 1000
    assert_same(pickle.loads(luggage)["s1/a"], clips["s1/a"])


def test_arrays_cannot_be_changed_by_a_reader(root: Path) -> None:
    with pytest.raises(ValueError, match="read-only"):
        PreparedStore(root)["s1/a"].audio[0] = 1


def test_a_folder_without_a_store_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="there is no prepared store in"):
        PreparedStore(tmp_path)


def test_another_format_is_refused(root: Path) -> None:
    header = json.loads((root / "store.json").read_text())
    (root / "store.json").write_text(json.dumps(header | {"format": 99}))
    for open_store in (PreparedStore, StoreWriter):
        with pytest.raises(StoreError, match="has format 99"):
            open_store(root)


def test_other_settings_can_be_read_but_not_continued(root: Path) -> None:
    header = json.loads((root / "store.json").read_text())
    header["settings"]["mouth_crop"] = [16, 24]
    (root / "store.json").write_text(json.dumps(header))
    assert len(PreparedStore(root)) == 4
    with pytest.raises(
        StoreError, match=r"other settings \(mouth_crop \[16, 24\]\).*mouth_crop \[32, 48\].*new folder"
    ):
        StoreWriter(root)


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


@pytest.mark.parametrize(
    "damage", [_cut, Path.unlink, lambda path: path.write_bytes(b"")], ids=["cut", "gone", "empty"]
)
@pytest.mark.parametrize("name", ["store.json", "clips.parquet", "speakers/s1/0/mouth.npy", "speakers/s1/0/face.npy"])
def test_damage_is_told_and_not_served(root: Path, name: str, damage: Callable[[Path], None]) -> None:
    damage(root / name)
    with pytest.raises(StoreError, match=r"(damaged|no prepared store)"):
        PreparedStore(root)["s1/a"]


def test_an_array_that_is_too_short_is_told(root: Path) -> None:
    path = root / "speakers" / "s1" / "0" / "landmarks.npy"
    np.save(path, np.load(path)[:-1])
    with pytest.raises(StoreError, match=r"landmarks\.npy is too short"):
        PreparedStore(root)["s1/a"]


def test_a_damaged_part_is_told(tmp_path: Path) -> None:
    StoreWriter(tmp_path / "store")
    (tmp_path / "store" / "parts").mkdir()
    (tmp_path / "store" / "parts" / "0.npz").write_bytes(b"PK not quite")
    with pytest.raises(StoreError, match="delete this file"):
        StoreWriter(tmp_path / "store")


def test_a_folder_of_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").touch()
    with pytest.raises(OutputError, match="holds files but is no prepared store"):
        StoreWriter(tmp_path)
    with pytest.raises(OutputError, match="cannot write"):
        StoreWriter(tmp_path / "thesis.tex")


_GATHER_AND_DIE = """
import os, signal, sys
from pathlib import Path
from avss.data.store_writer import StoreWriter

root, step, moment, number = Path(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4])
whole, calls = getattr(StoreWriter, step), []

def deadly(self, *arguments):
    calls.append(step)
    if len(calls) == number and moment == "before":
        os.kill(os.getpid(), signal.SIGKILL)
    result = whole(self, *arguments)
    if len(calls) == number:
        os.kill(os.getpid(), signal.SIGKILL)
    return result

setattr(StoreWriter, step, deadly)
ids = sys.argv[5:]
described = {clip_id: {"id": clip_id, "speaker": clip_id.split("/")[0]} for clip_id in ids}
StoreWriter(root).finish(described, {})
"""


@pytest.mark.parametrize("number", [1, 2])
@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("step", ["_write_array", "_write_volume", "_write_table"])
def test_a_run_killed_while_it_gathers_its_clips_loses_none(
    tmp_path: Path, clips: dict[str, PreparedClip], step: str, moment: str, number: int
) -> None:
    root = tmp_path / "store"
    StoreWriter(root)
    for clip_id, clip in clips.items():
        write_part(root, row(clip_id, len(clip.valid)), clip)
    deadly = [sys.executable, "-c", _GATHER_AND_DIE, root, step, moment, str(number), *clips]
    killed = subprocess.run(deadly, capture_output=True, text=True)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    writer = StoreWriter(root)
    assert all(writer.has(clip_id, "1@1") for clip_id in clips)
    writer.finish(about(*clips), {})
    store = PreparedStore(root)
    assert set(store.clips.index) == set(clips)
    for clip_id, clip in clips.items():
        assert_same(store[clip_id], clip)
    assert not list((root / "parts").iterdir())
    assert {volume.parent.name for volume in (root / "speakers").glob("*/*")} == {"s1", "s2", "anna maría"}
