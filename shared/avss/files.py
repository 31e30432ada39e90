"""Writing files so that nothing already computed is lost: to a temporary name first, then renamed.

A reader sees the old file or the whole new one, never a half; a full or read-only disk is one clear error.
"""

import errno
import os
import re
import secrets
import shutil
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from avss.errors import OutputError

_ADVICE = {
    errno.ENOSPC: ("a disk with free space", "free some space and run the same command again; finished work is kept"),
    errno.EDQUOT: ("room in the disk quota", "free some space and run the same command again; finished work is kept"),
    errno.EROFS: ("a writable place", "choose another output folder"),
    errno.EACCES: ("a writable place", "choose another output folder or change its permissions"),
    errno.EPERM: ("a writable place", "choose another output folder or change its permissions"),
    errno.ENAMETOOLONG: ("a shorter name", "choose an output folder with a shorter path"),
    errno.EISDIR: (
        "a file, or nothing, of that name",
        "remove the folder of that name or choose another output folder",
    ),
    errno.ENOTDIR: ("a folder", "remove the file of that name or choose another output folder"),
    errno.EEXIST: ("a folder", "remove the file of that name or choose another output folder"),
}

_LOCK = ".lock"
_RANDOM = 4  # bytes in a temporary name
_TEMPORARY = re.compile(rf"\..*\.[0-9a-f]{{{2 * _RANDOM}}}(\.[^.]*)?", re.DOTALL)


@contextmanager
def writing(path: Path) -> Generator[Path]:
    """Yield a temporary path beside ``path``; on success rename it to ``path``, on failure remove it.

    The temporary name ends like ``path``, because encoders choose their format by the suffix, and is not
    shared with any other process, here or on another machine. Parent folders are made. A whole folder is
    written in the same way: make it under the temporary name, and fill it.

    Raises:
        OutputError: the disk is full, read-only or forbids writing; or the name is taken or too long.
    """
    temporary = path.with_name(f".{path.stem[:40]}.{secrets.token_hex(_RANDOM)}{path.suffix}")
    try:
        with explained(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            yield temporary
            temporary.replace(path)
    finally:
        if temporary.is_dir():
            shutil.rmtree(temporary, ignore_errors=True)
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def sweep_unfinished(folder: Path) -> None:
    """Delete what killed processes left unfinished in ``folder``; nobody may be :func:`writing` into it now.

    Raises:
        OutputError: it cannot be deleted.
    """
    with explained(folder):
        for path in folder.glob(".*"):
            if _TEMPORARY.fullmatch(path.name):
                shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)


@contextmanager
def explained(path: Path) -> Generator[None]:
    """Turn the operating system's refusals to write ``path`` into an :class:`OutputError`."""
    try:
        yield
    except OSError as error:
        if error.errno not in _ADVICE:
            raise
        wanted, do = _ADVICE[error.errno]
        raise OutputError(f"cannot write {path}: {os.strerror(error.errno)}", wanted, do) from error


@contextmanager
def alone_in(folder: Path) -> Generator[None]:
    """Keep other processes that ask for the same out of ``folder``; one that was killed does not.

    Raises:
        OutputError: another process is in it.
    """
    lock = FileLock(folder / _LOCK)
    try:
        with explained(folder):
            lock.acquire(timeout=0)
    except Timeout as error:
        do = "wait until it is finished, or name another folder"
        raise OutputError(f"another process is at work in {folder}", "a folder of its own for each", do) from error
    try:
        yield
    finally:
        lock.release()
