"""Downloading large files so that a cut-off transfer goes on where it stopped, and nothing unverified is used.

pooch compares checksums and tries again after a failure; what it lacks is resuming. So the transfer itself goes
into ``NAME.part``, which outlives a failure, and the next attempt asks the server (HTTP ``Range``) only for the
rest. A server that does not know ranges is read from the start. The checksum of the whole has the last word: a
file that does not match is removed together with its part.
"""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pooch
import requests
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn

from avss.errors import DownloadError
from avss.files import explained

_HEADERS = {"User-Agent": "avss", "Accept-Encoding": "identity"}
_TIMEOUT = (30.0, 60.0)  # seconds to connect, seconds without a byte
_CHUNK = 1 << 16  # bytes; a cut-off transfer loses at most one chunk


def download(files: pooch.Pooch, name: str) -> Path:
    """The verified local file ``name`` of ``files``, transferred only when it is not there yet.

    Raises:
        DownloadError: the server cannot be reached, breaks off, or sends something else than the checksum says.
        OutputError: the file cannot be written.
    """
    with download_errors(files.get_url(name)):
        # pooch calls with (url, output_file, pooch), but its protocol gives these other names
        return Path(files.fetch(name, downloader=resume))  # ty: ignore[invalid-argument-type]


def remote_size(url: str) -> int:
    """Size of a remote file in bytes; 0 when the server does not tell.

    Raises:
        DownloadError: the server cannot be reached or has no such file.
    """
    with download_errors(url):
        response = requests.head(url, headers=_HEADERS, timeout=_TIMEOUT, allow_redirects=True)
        response.raise_for_status()
        return int(response.headers.get("Content-Length", 0))


def resume(url: str, output_file: str, files: pooch.Pooch) -> None:
    """Transfer what is still missing of ``url`` and move the whole to ``output_file``; a downloader for pooch.

    Raises:
        requests.RequestException: the transfer failed; what came so far is kept.
        OutputError: the file cannot be written.
    """
    part = files.abspath / f"{Path(unquote(urlsplit(url).path)).name}.part"
    start = part.stat().st_size if part.exists() else 0
    headers = _HEADERS | ({"Range": f"bytes={start}-"} if start else {})
    with requests.get(url, headers=headers, stream=True, timeout=_TIMEOUT) as response, explained(part):
        nothing_left = response.status_code == requests.codes.requested_range_not_satisfiable
        if not nothing_left:
            response.raise_for_status()
            _append(response, part, start if response.status_code == requests.codes.partial_content else 0)
        part.replace(output_file)


def _append(response: requests.Response, part: Path, start: int) -> None:
    """Write the body of ``response`` to ``part`` from byte ``start`` on, with a progress bar."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns) as progress, part.open("ab" if start else "wb") as file:
        length = response.headers.get("Content-Length")
        task = progress.add_task(part.stem, total=start + int(length) if length else None, completed=start)
        for chunk in response.iter_content(_CHUNK):
            file.write(chunk)
            progress.advance(task, len(chunk))


@contextmanager
def download_errors(url: str) -> Generator[None]:
    """Turn the failures of requests and pooch into a :class:`DownloadError`."""
    try:
        yield
    except requests.RequestException as error:
        raise DownloadError(
            f"cannot download {url}: {error}",
            "a server that sends the whole file",
            "run the same command again, it goes on where it stopped; without a network, get the files in another way "
            "and name their folder with --from",
        ) from error
    except ValueError as error:
        raise DownloadError(
            f"{url} is not what its record says: {error}",
            "a file with the checksum of the record",
            "run the same command again; should it fail again, the server or a proxy on the way alters the file",
        ) from error
