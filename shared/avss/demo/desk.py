"""What the page can be asked to do, without a page: take a video, separate it, make the example, say good-bye."""

from dataclasses import dataclass
from pathlib import Path

from avss.batch import check_jobs
from avss.demo.example import ExampleParty
from avss.demo.limits import Limits
from avss.demo.results import Shown, prepare
from avss.demo.visits import Visits
from avss.errors import SettingsError
from avss.inference.separation import separate
from avss.media.probing import MediaInfo
from avss.progress import Track


@dataclass(frozen=True)
class Work:
    """How videos are separated.

    Attributes:
        weights: folder of the separator.
        device: cpu or cuda, for the nets.
        jobs: processes that follow faces; -1 uses all cores.

    Raises:
        SettingsError: ``jobs`` is 0.
    """

    weights: Path
    device: str = "cpu"
    jobs: int = -1

    def __post_init__(self) -> None:
        check_jobs(self.jobs)


class Desk:
    """Takes the wishes of visitors.

    Args:
        work: how videos are separated.
        limits: which videos are taken.
        files: folder of what visitors bring and of what is made for them.
        example: folder for the example party.
    """

    def __init__(self, work: Work, limits: Limits, files: Path, example: Path) -> None:
        self.limits = limits
        self._work = work
        self._visits = Visits(files)
        self._example = ExampleParty(example)

    def example(self) -> Path:
        """The video of the example party."""
        return self._example.video()

    def take(self, visitor: str, video: Path) -> MediaInfo:
        """Look at a video that a visitor has uploaded, keep it until they leave, and tell what it is.

        Raises:
            MediaError: it cannot be read, has no picture or no sound, or is too long.
        """
        self._visits.keep(visitor, video)
        return self.limits.check(video)

    def separate(self, visitor: str, video: Path | None, faces: int | None, track: Track) -> Shown:
        """Separate the people in a video, unless the visitor leaves before the end.

        Args:
            visitor: who asks.
            video: which was uploaded; ``None`` is refused.
            faces: how many people; ``None`` for all.
            track: shows how far it is.

        Raises:
            AvssError: whatever :func:`~avss.inference.separation.separate` raises, or the visitor has left.
            SettingsError: there is no video.
        """
        if video is None:
            raise SettingsError("there is no video yet", "a video of people who talk", "drop one, or take the example")
        self.take(visitor, video)
        visit = self._visits.of(visitor)
        with visit.working() as folder:
            account = separate(
                video,
                folder / "voices",
                self._work.weights,
                faces=faces,
                device=self._work.device,
                jobs=self._work.jobs,
                track=visit.watched(track),
            )
            return prepare(video, account, folder / "voices", folder)

    def leave(self, visitor: str) -> None:
        """Forget a visitor and remove their files."""
        self._visits.end(visitor)

    def close(self) -> None:
        """Forget all visitors and remove their files."""
        self._visits.end_all()
