"""Opening a folder of clips, whatever its layout."""

from pathlib import Path

from avss.corpora.clip import Corpus
from avss.corpora.folder import FolderCorpus
from avss.corpora.grid import GridCorpus
from avss.errors import CorpusError


def open_corpus(path: Path) -> Corpus:
    """The corpus in ``path``: in GRID's layout when it has a folder ``alignments``, else a folder per speaker.

    Raises:
        CorpusError: ``path`` is not a folder, or holds no corpus.
    """
    if not path.is_dir():
        raise CorpusError(
            f"{path} is not a folder",
            "a folder with one folder of videos per speaker",
            "check the path, or make a corpus with 'avss corpus generate' or 'avss corpus grid'",
        )
    return GridCorpus(path) if (path / "alignments").is_dir() else FolderCorpus(path)
