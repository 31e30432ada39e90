"""A written file is whole or not there, and a refusal of the disk is one clear error."""

import errno
import os
import signal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avss.errors import OutputError
from avss.files import alone_in, explained, sweep_unfinished, writing


def test_the_file_appears_when_it_is_whole(tmp_path):
    path = tmp_path / "new" / "folder" / "a.txt"
    with writing(path) as temporary:
        temporary.write_text("whole")
        assert not path.exists()
        assert temporary.parent == path.parent and temporary.suffix == ".txt"
    assert path.read_text() == "whole"
    assert list(path.parent.iterdir()) == [path]


def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("old")
    with pytest.raises(KeyError), writing(path) as temporary:
        temporary.write_text("half")
        raise KeyError("bug")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_kill_leaves_the_old_file_and_what_can_be_swept_away(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("old")
    (tmp_path / ".mine.txt").write_text("hidden")
    child = os.fork()
    if child == 0:
        with writing(path) as temporary:
            temporary.write_text("half")
            os.kill(os.getpid(), 9)
    os.waitpid(child, 0)
    assert path.read_text() == "old"
    assert len(list(tmp_path.iterdir())) == 3
    sweep_unfinished(tmp_path)
    assert sorted(left.name for left in tmp_path.iterdir()) == [".mine.txt", "a.txt"]


NAMES = st.text(st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1, max_size=60)


@given(name=NAMES.filter(lambda name: name not in (".", "..")))
def test_any_name_works(tmp_path_factory, name):
    path = tmp_path_factory.mktemp("names") / name
    with writing(path) as temporary:
        temporary.write_text("x")
    assert [found.name for found in path.parent.iterdir()] == [name]


@given(name=NAMES.filter(lambda name: name not in (".", "..")))
def test_what_is_unfinished_under_any_name_is_swept_away(tmp_path_factory, name):
    folder = tmp_path_factory.mktemp("swept")
    with writing(folder / name) as temporary:
        temporary.mkdir()
        (temporary / "x").touch()
        sweep_unfinished(folder)
        assert list(folder.iterdir()) == []
        temporary.touch()


def test_the_longest_name_works(tmp_path):
    path = tmp_path / ("a" * 251 + ".txt")
    with writing(path) as temporary:
        temporary.write_text("x")
    assert path.read_text() == "x"


def test_a_full_disk_says_what_to_do(tiny_disk):
    with pytest.raises(OutputError, match="No space left") as caught, writing(tiny_disk / "a.bin") as temporary:
        temporary.write_bytes(bytes(1_000_000))
    assert "free some space" in caught.value.do
    assert str(tiny_disk / "a.bin") in caught.value.what
    assert list(tiny_disk.iterdir()) == []


def test_a_read_only_disk_says_what_to_do(read_only_disk):
    with pytest.raises(OutputError, match="Read-only") as caught, writing(read_only_disk / "new" / "a.bin"):
        pass
    assert "another output folder" in caught.value.do


def test_a_file_in_the_place_of_a_folder_is_named(tmp_path):
    (tmp_path / "taken").write_text("x")
    with pytest.raises(OutputError, match="taken"), writing(tmp_path / "taken" / "a.bin"):
        pass
    assert (tmp_path / "taken").read_text() == "x"


def test_a_folder_in_the_place_of_the_file_is_named(tmp_path):
    (tmp_path / "taken").mkdir()
    with pytest.raises(OutputError, match="directory"), writing(tmp_path / "taken") as temporary:
        temporary.write_text("x")
    assert list(tmp_path.iterdir()) == [tmp_path / "taken"]


def test_other_errors_of_the_system_are_not_renamed():
    with pytest.raises(FileNotFoundError), explained(Path("out")):
        raise FileNotFoundError(errno.ENOENT, "an input that is not there")


def test_one_process_at_a_time_is_in_a_folder_and_a_killed_one_does_not_count(tmp_path):
    ready, wait = os.pipe()
    child = os.fork()
    if child == 0:
        with alone_in(tmp_path):
            os.write(wait, b".")
            signal.pause()
    os.read(ready, 1)
    with pytest.raises(OutputError, match="another process is at work"), alone_in(tmp_path):
        pass
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    with alone_in(tmp_path):
        pass
    with alone_in(tmp_path):
        pass
