"""Folders come whole or not at all, and no zip writes outside its folder."""

import os
import stat
import tempfile
import zipfile
from pathlib import Path

import pytest

from avss.corpora.placing import link, require_room, unzip
from avss.errors import CorpusError, OutputError


def make_zip(path, members):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def tree(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir())


@pytest.mark.parametrize("prefix", ["s1/", ""])
def test_a_zip_with_or_without_its_folder_gives_the_same(tmp_path, prefix):
    archive = make_zip(tmp_path / "s1.zip", {f"{prefix}a.mpg": b"a", f"{prefix}video/b.mpg": b"b"})
    unzip(archive, tmp_path / "out" / "s1")
    assert tree(tmp_path / "out") == ["s1/a.mpg", "s1/video/b.mpg"]


@pytest.mark.parametrize(
    "name", ["../evil.txt", "s1/../../evil.txt", "/tmp/evil.txt", "..\\evil.txt", "C:\\evil.txt", "/"]
)
def test_a_zip_that_escapes_is_refused_and_nothing_is_written(tmp_path, name):
    archive = make_zip(tmp_path / "s1.zip", {"s1/a.mpg": b"a", name: b"evil"})
    with pytest.raises(CorpusError, match="outside its folder"):
        unzip(archive, tmp_path / "deep" / "out" / "s1")
    assert tree(tmp_path) == ["s1.zip"]


def test_a_zip_with_a_link_is_refused(tmp_path):
    member = zipfile.ZipInfo("s1/a.mpg")
    member.external_attr = (stat.S_IFLNK | 0o777) << 16
    archive = make_zip(tmp_path / "s1.zip", {})
    with zipfile.ZipFile(archive, "a") as members:
        members.writestr(member, "/etc/passwd")
    with pytest.raises(CorpusError, match="or is a link"):
        unzip(archive, tmp_path / "out" / "s1")
    assert tree(tmp_path) == ["s1.zip"]


@pytest.mark.parametrize("damage", ["truncated", "flipped", "no zip", "empty"])
def test_a_damaged_zip_is_refused_and_leaves_nothing(tmp_path, damage):
    archive = make_zip(tmp_path / "s1.zip", {"s1/a.mpg": os.urandom(5_000), "s1/b.mpg": os.urandom(5_000)})
    whole = archive.read_bytes()
    middle = len(whole) // 2
    archive.write_bytes(
        {
            "truncated": whole[:middle],
            "flipped": whole[:middle] + bytes([whole[middle] ^ 255]) + whole[middle + 1 :],
            "no zip": b"<html>404</html>",
            "empty": b"",
        }[damage]
    )
    with pytest.raises(CorpusError, match="cannot unpack"):
        unzip(archive, tmp_path / "out" / "s1")
    assert tree(tmp_path) == ["s1.zip"]


def test_a_zip_without_files_is_refused(tmp_path):
    with pytest.raises(CorpusError, match="there are no files"):
        unzip(make_zip(tmp_path / "s1.zip", {}), tmp_path / "s1")
    assert tree(tmp_path) == ["s1.zip"]


def test_what_an_interrupted_job_left_is_started_again(tmp_path):
    (tmp_path / ".s1.unfinished").mkdir()
    (tmp_path / ".s1.unfinished" / "half.mpg").touch()
    unzip(make_zip(tmp_path / "s1.zip", {"s1/a.mpg": b"a"}), tmp_path / "s1")
    assert tree(tmp_path) == ["s1.zip", "s1/a.mpg"]


def test_a_folder_is_linked_not_copied(tmp_path):
    (tmp_path / "from" / "s1" / "video").mkdir(parents=True)
    (tmp_path / "from" / "s1" / "video" / "a.mpg").write_bytes(b"a")
    (tmp_path / "from" / "s1" / "b.mpg").symlink_to(tmp_path / "from" / "s1" / "video" / "a.mpg")
    link(tmp_path / "from" / "s1", tmp_path / "to" / "s1")
    assert tree(tmp_path / "to") == ["s1/b.mpg", "s1/video/a.mpg"]
    assert (tmp_path / "to" / "s1" / "video" / "a.mpg").samefile(tmp_path / "from" / "s1" / "video" / "a.mpg")
    assert not (tmp_path / "to" / "s1" / "b.mpg").is_symlink()


@pytest.fixture
def another_disk(tmp_path):
    memory = Path("/dev/shm")
    if not os.access(memory, os.W_OK) or memory.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("there is no second file system here")
    with tempfile.TemporaryDirectory(dir=memory) as folder:
        yield Path(folder)


def test_a_folder_on_another_disk_is_copied(tmp_path, another_disk):
    (another_disk / "s1").mkdir()
    (another_disk / "s1" / "a.mpg").write_bytes(b"a")
    link(another_disk / "s1", tmp_path / "s1")
    assert (tmp_path / "s1" / "a.mpg").read_bytes() == b"a"


def test_a_link_to_nothing_is_refused_and_leaves_nothing(tmp_path):
    (tmp_path / "from").mkdir()
    (tmp_path / "from" / "a.mpg").symlink_to(tmp_path / "gone.mpg")
    with pytest.raises(CorpusError, match="link to nothing"):
        link(tmp_path / "from", tmp_path / "to" / "s1")
    assert tree(tmp_path / "to") == []


def test_an_empty_folder_is_refused(tmp_path):
    (tmp_path / "from").mkdir()
    with pytest.raises(CorpusError, match="there are no files"):
        link(tmp_path / "from", tmp_path / "s1")


def test_more_than_the_disk_holds_is_refused(tmp_path):
    require_room(tmp_path, 1)
    with pytest.raises(OutputError, match=r"1000000000\.0 GB"):
        require_room(tmp_path, 10**18)


def test_a_place_that_cannot_be_written_is_an_output_error(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(OutputError):
        unzip(make_zip(tmp_path / "s1.zip", {"s1/a.mpg": b"a"}), tmp_path / "file" / "s1")
