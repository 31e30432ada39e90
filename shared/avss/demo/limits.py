"""Which videos the page takes: those that are videos, and small enough for somebody to wait for."""

from dataclasses import dataclass
from pathlib import Path

from avss.errors import MediaError, SettingsError
from avss.media.probing import MediaInfo, probe
from avss.media.source_sound import probe_sound
from avss.rates import FRAME_RATE

_INSTEAD = "use the command 'avss separate' for it, which takes anything, or cut it"


@dataclass(frozen=True)
class Limits:
    """Of an upload.

    Attributes:
        megabytes: of a file, at most.
        minutes: of a video, at most.

    Raises:
        SettingsError: nothing would be taken.
    """

    megabytes: int = 500
    minutes: float = 10

    def __post_init__(self) -> None:
        if self.megabytes < 1 or not self.minutes > 0:
            what = f"uploads of up to {self.megabytes} MB and {self.minutes:g} minutes"
            raise SettingsError(what, "at least 1 MB, and more than 0 minutes", "allow more")

    @property
    def bytes(self) -> int:
        """Of a file, at most."""
        return self.megabytes * 1_000_000

    @property
    def sentence(self) -> str:
        """What is taken, for those who choose a file."""
        return f"of up to {self.minutes:g} minutes and {self.megabytes} MB"

    def check_size(self, size: int) -> None:
        """Look at how large a file is.

        Args:
            size: bytes.

        Raises:
            MediaError: that is too much.
        """
        if size > self.bytes:
            what = f"the file is larger than {self.megabytes} MB"
            raise MediaError(what, f"a video {self.sentence}", _INSTEAD)

    def check(self, video: Path) -> MediaInfo:
        """Look at a video that was uploaded, and tell what it is.

        Raises:
            MediaError: it cannot be read, has no picture or no sound, or is too large or too long.
        """
        info = probe(video)
        self.check_size(video.stat().st_size)
        minutes = info.frames / FRAME_RATE / 60
        if minutes > self.minutes:
            raise MediaError(f"{video.name} lasts {minutes:.1f} minutes", f"a video {self.sentence}", _INSTEAD)
        probe_sound(video, info)
        return info
