"""Downloading from a real local server that breaks off, forgets ranges, and lies."""

from hashlib import md5
from pathlib import Path

import pooch
import pytest

from avss.corpora.download import download, remote_size
from avss.errors import DownloadError, OutputError

CONTENT = bytes(range(256)) * 2_000  # 512 000 bytes


@pytest.fixture
def files(server, tmp_path):
    """The remote file ``a b.zip`` with a right checksum, to be stored in a folder; no retries."""
    server.files["a%20b.zip"] = CONTENT
    registry = {"a%20b.zip": f"md5:{md5(CONTENT).hexdigest()}"}
    return pooch.create(tmp_path / "store", server.url, registry=registry)


def stored(files):
    return sorted(path.name for path in files.abspath.glob("*"))


def test_a_file_arrives_whole_and_alone(server, files):
    assert download(files, "a%20b.zip").read_bytes() == CONTENT
    assert stored(files) == ["a%20b.zip"]


def test_a_file_that_is_there_is_not_transferred(server, files):
    download(files, "a%20b.zip")
    download(files, "a%20b.zip")
    assert server.requests == 1


def test_a_cut_off_transfer_goes_on_where_it_stopped(server, files):
    server.cut_after = 300_000
    with pytest.raises(DownloadError, match="run the same command again"):
        download(files, "a%20b.zip")
    assert stored(files) == ["a b.zip.part"]
    kept = (files.abspath / "a b.zip.part").stat().st_size
    assert 300_000 - (1 << 16) < kept <= 300_000
    server.cut_after, server.sent = None, {}
    assert download(files, "a%20b.zip").read_bytes() == CONTENT
    assert server.sent == {"a%20b.zip": len(CONTENT) - kept}
    assert stored(files) == ["a%20b.zip"]


def test_many_cuts_in_a_row_lose_at_most_a_chunk_each(server, files):
    server.cut_after, server.cuts_left = 150_000, 3
    for _ in range(3):
        with pytest.raises(DownloadError):
            download(files, "a%20b.zip")
    assert download(files, "a%20b.zip").read_bytes() == CONTENT
    assert server.sent["a%20b.zip"] <= len(CONTENT) + 3 * (1 << 16)


def test_retries_take_a_cut_off_transfer_up_by_themselves(server, files):
    server.cut_after, server.cuts_left = 300_000, 1
    files.retry_if_failed = 1
    assert download(files, "a%20b.zip").read_bytes() == CONTENT
    assert server.sent["a%20b.zip"] <= len(CONTENT) + (1 << 16)


def test_a_server_without_ranges_is_read_from_the_start(server, files):
    server.cut_after = 300_000
    with pytest.raises(DownloadError):
        download(files, "a%20b.zip")
    server.cut_after, server.ranges = None, False
    assert download(files, "a%20b.zip").read_bytes() == CONTENT
    assert server.sent == {"a%20b.zip": 300_000 + len(CONTENT)}


def test_a_part_that_is_already_whole_is_only_verified(server, files):
    files.abspath.mkdir()
    (files.abspath / "a b.zip.part").write_bytes(CONTENT)
    assert download(files, "a%20b.zip").read_bytes() == CONTENT
    assert server.sent == {}


@pytest.mark.parametrize("part", [b"", b"x" * 4_000, b"x" * 600_000])
def test_wrong_bytes_are_refused_and_not_kept(server, files, part):
    server.files["a%20b.zip"] = CONTENT[:-1] + b"!"
    files.abspath.mkdir()
    (files.abspath / "a b.zip.part").write_bytes(part)
    with pytest.raises(DownloadError, match="is not what its record says"):
        download(files, "a%20b.zip")
    assert stored(files) == []


def test_a_file_changed_on_disk_is_replaced(server, files):
    download(files, "a%20b.zip").write_bytes(b"spoiled")
    assert download(files, "a%20b.zip").read_bytes() == CONTENT


def test_a_missing_remote_file_is_a_download_error(server, files):
    server.files.clear()
    with pytest.raises(DownloadError, match="404"):
        download(files, "a%20b.zip")


def test_an_unreachable_server_is_a_download_error_that_says_what_to_do(server, files):
    server.close()
    with pytest.raises(DownloadError, match=r"cannot download .*--from"):
        download(files, "a%20b.zip")
    with pytest.raises(DownloadError, match="cannot download"):
        remote_size(server.url + "a.zip")


def test_a_full_disk_is_an_output_error(server, files):
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("there is no /dev/full here")
    files.abspath.mkdir()
    (files.abspath / "a b.zip.part").symlink_to(full)
    with pytest.raises(OutputError, match="No space left"):
        download(files, "a%20b.zip")


def test_the_size_is_known_before_the_transfer(server, files):
    assert remote_size(server.url + "a%20b.zip") == len(CONTENT)
    assert server.sent == {}
