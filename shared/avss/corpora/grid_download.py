"""Getting the official GRID corpus, from its record on the net or from a folder that has it.

The record (https://doi.org/10.5281/zenodo.3625687, CC BY 4.0) has a zip of 0.4 GB per speaker and one of
alignments. Each is downloaded, compared with the record's checksum, unpacked and removed before the next, so
that besides the corpus there is never more than one zip. ``out/sN`` appears only when it is complete; what is
there is not fetched again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pooch

from avss.corpora.download import download, download_errors, remote_size
from avss.corpora.grid_speakers import SPEAKERS, WITH_VIDEO, WITHOUT_VIDEO
from avss.corpora.placing import link, require_room, unzip
from avss.errors import CorpusError, DownloadError
from avss.files import explained

DOI = "10.5281/zenodo.3625687"
ALIGNMENTS = "alignments"


@dataclass(frozen=True)
class GridSource:
    """Where the zips are.

    Attributes:
        base_url: what precedes a zip's name in its address, with the slash at the end.
        registry: checksum of each zip, as in ``{"s1.zip": "md5:cbd6…"}``.
    """

    base_url: str
    registry: Mapping[str, str]

    @classmethod
    def official(cls) -> "GridSource":
        """The official record, with the checksums that it publishes.

        Raises:
            DownloadError: the record cannot be read.
        """
        record = pooch.create(path=Path(), base_url=f"doi:{DOI}/")
        with download_errors(f"https://doi.org/{DOI}"):
            try:
                record.load_registry_from_doi()
            except KeyError as error:
                raise ValueError(f"the record lists no {error}") from error
        return cls(f"https://zenodo.org/records/{DOI.rpartition('.')[2]}/files/", record.registry)


def fetch_grid(
    out: Path, speakers: Sequence[int] | None = None, source: GridSource | None = None, *, retries: int = 3
) -> None:
    """Download the alignments and the videos of ``speakers`` into ``out``, in the layout of ``avss.corpora.grid``.

    Args:
        out: folder of the corpus; what it has already is kept and not transferred.
        speakers: GRID's numbers; all 33 with video by default.
        source: where from; the official record by default.
        retries: how often a failed transfer is taken up again before giving up.

    Raises:
        CorpusError: a speaker does not exist or has no video, or a zip is damaged or would escape from its folder.
        DownloadError: a transfer failed, or what came is not what the record says.
        OutputError: ``out`` cannot be written or has no room.
    """
    names = _folder_names(WITH_VIDEO if speakers is None else speakers)
    missing = [name for name in (ALIGNMENTS, *names) if not (out / name).exists()]
    if not missing:
        return
    source = source or GridSource.official()
    zips = {f"{name}.zip" for name in missing}
    if unknown := zips - source.registry.keys():
        raise DownloadError(f"{source.base_url} has no {', '.join(sorted(unknown))}", "all zips", "leave these out")

    downloads = out / ".downloads"
    with explained(out):
        downloads.mkdir(parents=True, exist_ok=True)
    files = pooch.create(downloads, source.base_url, registry=dict(source.registry), retry_if_failed=retries)
    sizes = [remote_size(files.get_url(name)) for name in zips]
    require_room(out, sum(sizes) + max(sizes))  # videos hardly compress: unpacked they are as large as zipped
    for name in missing:
        archive = download(files, f"{name}.zip")
        unzip(archive, out / name)
        archive.unlink()
    if not any(downloads.iterdir()):  # parts of other speakers may wait there to be resumed
        downloads.rmdir()


def take_grid(folder: Path, out: Path, speakers: Sequence[int] | None = None) -> None:
    """Make the corpus in ``out`` from a ``folder`` that has the zips of the record or their unpacked folders.

    Zips are unpacked, folders are hard-linked (copied when ``out`` is on another disk). The record's checksums are
    not asked for, as this works without a network; zips are checked by their own.

    Args:
        folder: holds ``s1.zip`` or ``s1``, …, and ``alignments.zip`` or ``alignments``.
        out: folder of the corpus; what it has already is kept.
        speakers: GRID's numbers; all that are in ``folder`` by default.

    Raises:
        CorpusError: ``folder`` lacks the alignments or a speaker, or a zip is damaged or would escape.
        OutputError: ``out`` cannot be written or has no room.
    """
    names = _names_in(folder) if speakers is None else _folder_names(speakers)
    origins = {name: _origin(folder, name) for name in (ALIGNMENTS, *names)}
    for name, origin in origins.items():
        if (out / name).exists():
            continue
        place = unzip if origin.is_file() else link
        place(origin, out / name)


def _folder_names(speakers: Sequence[int]) -> list[str]:
    for number in speakers:
        if number not in WITH_VIDEO:
            raise CorpusError(
                f"speaker {number} has no video" if number in WITHOUT_VIDEO else f"GRID has no speaker {number}",
                f"numbers {SPEAKERS[0]} to {SPEAKERS[-1]} without {', '.join(map(str, WITHOUT_VIDEO))}",
                "choose among these",
            )
    return [f"s{number}" for number in sorted(set(speakers))]


def _names_in(folder: Path) -> list[str]:
    names = [f"s{number}" for number in WITH_VIDEO]
    found = [name for name in names if (folder / f"{name}.zip").is_file() or (folder / name).is_dir()]
    if not found:
        raise _lacks(folder, "any speaker")
    return found


def _origin(folder: Path, name: str) -> Path:
    """The zip of ``name``, which checks itself, or else the folder."""
    for origin in (folder / f"{name}.zip", folder / name):
        if origin.exists():
            return origin
    raise _lacks(folder, name)


def _lacks(folder: Path, what: str) -> CorpusError:
    return CorpusError(
        f"{folder} lacks {what}",
        "s1.zip, s2.zip, … and alignments.zip of the record, or their unpacked folders",
        f"get the files from https://doi.org/{DOI}, or name another folder",
    )
