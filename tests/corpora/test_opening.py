"""A folder is opened by its layout."""

import pytest

from avss.corpora.folder import FolderCorpus
from avss.corpora.grid import GridCorpus
from avss.corpora.opening import open_corpus
from avss.errors import CorpusError


def test_a_folder_with_alignments_is_grid(tmp_path):
    (tmp_path / "alignments").mkdir()
    (tmp_path / "s1").mkdir()
    assert isinstance(open_corpus(tmp_path), GridCorpus)


def test_any_other_folder_is_a_folder_per_speaker(tmp_path):
    (tmp_path / "anna").mkdir()
    (tmp_path / "anna" / "hello.mp4").write_bytes(b"film")
    assert isinstance(open_corpus(tmp_path), FolderCorpus)


@pytest.mark.parametrize("name", ["missing", "file.mp4"])
def test_what_is_no_folder_is_refused(tmp_path, name):
    (tmp_path / "file.mp4").touch()
    with pytest.raises(CorpusError, match="is not a folder"):
        open_corpus(tmp_path / name)


def test_real_grid_is_opened_as_grid(real_grid):
    assert isinstance(open_corpus(real_grid), GridCorpus)
