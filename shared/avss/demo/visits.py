"""Who is on the page, and the files that are kept for them as long as they stay."""

import shutil
import tempfile
import threading
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from avss.errors import AvssError
from avss.progress import Step, Track


class VisitorLeftError(AvssError):
    """Work that nobody waits for any more."""


def _left() -> VisitorLeftError:
    return VisitorLeftError("the page was closed", "a visitor who waits", "open the page again")


class Visit:
    """One page in one browser, from when it is opened until it is closed.

    Args:
        folder: for results; unlike other folders its name cannot be guessed.
    """

    def __init__(self, folder: Path) -> None:
        self.uploads: set[Path] = set()
        self._folder = folder
        self._over = threading.Event()
        self._working = threading.Lock()

    @contextmanager
    def working(self) -> Generator[Path]:
        """Yield an empty folder for results, in which only what was finished stays; former results are removed.

        Raises:
            VisitorLeftError: the page was closed, before or meanwhile.
        """
        try:
            with self._working:
                self._check()
                for former in self._folder.iterdir():
                    shutil.rmtree(former)
                folder = Path(tempfile.mkdtemp(dir=self._folder))
                try:
                    yield folder
                    self._check()
                except BaseException:
                    shutil.rmtree(folder)
                    raise
        finally:
            self._remove_if_over()

    def watched(self, track: Track) -> Track:
        """The same track, on which nobody goes on for a visitor who has left."""

        def watching(steps: Iterable[Step], label: str, total: int, /) -> Iterator[Step]:
            for step in track(steps, label, total):
                self._check()
                yield step

        return watching

    def end(self) -> None:
        """Remove all results; whoever is working on new ones stops at the next step, and removes them then."""
        self._over.set()
        self._remove_if_over()

    def _remove_if_over(self) -> None:
        # Who ends a visit and who ends work on it both come here, so that the later one finds nobody at work.
        if self._over.is_set() and self._working.acquire(blocking=False):
            shutil.rmtree(self._folder, ignore_errors=True)
            self._working.release()

    def _check(self) -> None:
        if self._over.is_set():
            raise _left()


class Visits:
    """All visits, by the name that Gradio gives to each; may be used from several threads.

    Args:
        folder: of all their uploads and results.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._visits: dict[str, Visit] = {}
        self._ended: set[str] = set()
        self._lock = threading.Lock()

    def of(self, name: str) -> Visit:
        """The visit ``name``, which begins now if it has not begun yet.

        Raises:
            VisitorLeftError: it has ended; what a visitor asked for just before is not to be done for nobody.
        """
        with self._lock:
            if name in self._ended:
                raise _left()
            if name not in self._visits:
                self._visits[name] = Visit(Path(tempfile.mkdtemp(prefix="visit-", dir=self._folder)))
            return self._visits[name]

    def keep(self, name: str, upload: Path) -> None:
        """Keep an upload until the visit ``name`` ends; files that lie elsewhere belong to somebody else.

        Raises:
            VisitorLeftError: it has ended.
        """
        if upload.is_relative_to(self._folder):
            visit = self.of(name)
            with self._lock:
                visit.uploads.add(upload)

    def end(self, name: str) -> None:
        """Remove what was kept for a visit, but no upload that somebody else made too."""
        with self._lock:
            self._ended.add(name)
            visit = self._visits.pop(name, None)
            if visit is None:
                return
            still_used = {upload for other in self._visits.values() for upload in other.uploads}
            for upload in visit.uploads - still_used:
                upload.unlink(missing_ok=True)
        visit.end()

    def end_all(self) -> None:
        """End every visit."""
        for name in list(self._visits):
            self.end(name)
