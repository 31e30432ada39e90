"""Putting a folder in its place, from a zip or from another folder: the whole of it or nothing.

The files are gathered under a temporary name beside the target, which is renamed at the end. So a folder that
is there is complete, and a job that was killed starts that folder again.
"""

import errno
import shutil
import stat
import zipfile
import zlib
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from avss.errors import CorpusError, OutputError
from avss.files import explained

# Another disk, a file system without hard links, or no right to make one.
_NO_LINKS = {errno.EXDEV, errno.EPERM, errno.EMLINK, errno.ENOTSUP}


def unzip(archive: Path, target: Path) -> None:
    """Unpack ``archive`` so that ``target`` is its folder of that name, or all of it when it has none.

    Every member's name is checked before anything is written, and zip's own checksums while unpacking.

    Raises:
        CorpusError: the zip is damaged, encrypted or empty, or a member would escape from ``target``.
        OutputError: there is no room, or ``target`` cannot be written.
    """
    try:
        with zipfile.ZipFile(archive) as members, _gathering(target) as folder:
            for member in members.infolist():
                _check_member(archive, member)
            require_room(folder, sum(member.file_size for member in members.infolist()))
            members.extractall(folder)
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError) as error:
        raise CorpusError(f"cannot unpack {archive}: {error}", "a whole, unencrypted zip", "fetch it again") from error


def link(origin: Path, target: Path) -> None:
    """Make ``target`` a copy of the folder ``origin``: hard links, which cost no room, or copies on another disk.

    Raises:
        CorpusError: ``origin`` is empty, or has a link to nothing.
        OutputError: there is no room, or ``target`` cannot be written.
    """
    with _gathering(target) as folder:
        for path in sorted(origin.rglob("*")):
            if path.is_dir():
                continue
            place = folder / path.relative_to(origin)
            place.parent.mkdir(parents=True, exist_ok=True)
            _link_or_copy(path, place)


def require_room(folder: Path, size: int) -> None:
    """Make sure that ``size`` bytes fit on the disk of ``folder``.

    Raises:
        OutputError: they do not.
    """
    free = shutil.disk_usage(folder).free
    if size > free:
        raise OutputError(
            f"{folder} is on a disk with {free / 1e9:.1f} GB free",
            f"{size / 1e9:.1f} GB",
            "free some space, or choose another output folder or fewer speakers",
        )


@contextmanager
def _gathering(target: Path) -> Generator[Path]:
    """Yield a new folder to fill; on success it, or its only folder named like ``target``, becomes ``target``."""
    temporary = target.with_name(f".{target.name}.unfinished")
    try:
        with explained(target):
            shutil.rmtree(temporary, ignore_errors=True)
            temporary.mkdir(parents=True)
            yield temporary
            inner = temporary / target.name
            whole = inner if inner.is_dir() else temporary
            if not any(whole.iterdir()):
                raise CorpusError(f"there are no files for {target}", "at least one", "check where they come from")
            whole.rename(target)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _check_member(archive: Path, member: zipfile.ZipInfo) -> None:
    path = PurePosixPath(member.orig_filename.replace("\\", "/"))
    stays_inside = path.parts and not path.is_absolute() and ".." not in path.parts and ":" not in path.parts[0]
    if not stays_inside or stat.S_ISLNK(member.external_attr >> 16):
        raise CorpusError(
            f"{archive} has a member '{member.orig_filename}' that would be written outside its folder, or is a link",
            "plain files in the folder of the zip",
            "do not use this zip; fetch it from the official record",
        )


def _link_or_copy(origin: Path, target: Path) -> None:
    try:
        target.hardlink_to(origin.resolve())
    except FileNotFoundError as error:
        raise CorpusError(f"{origin} is a link to nothing", "files", "repair or remove the link") from error
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        shutil.copyfile(origin, target)
