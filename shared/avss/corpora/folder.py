"""Any folder of videos of one person each.

::

    anna/morning.mp4     a clip, in any container of SUFFIXES, with any codec, size and frame rate
    anna/morning.wav     optional: its sound, recorded separately and starting with the picture
    ben/…
    speakers.csv         optional: speaker,sex

A speaker is a folder that holds at least one video; other folders and files are no concern of ours. What is
inside the videos is found out later, by decoding them.
"""

from collections.abc import Iterator
from pathlib import Path

from avss.corpora.clip import BadClip, Clip, Sex
from avss.corpora.grid_speakers import read_sexes
from avss.errors import CorpusError

SUFFIXES = (".mp4", ".mov", ".mkv", ".webm", ".avi", ".mpg", ".mpeg")

_LAYOUT = f"one folder per speaker with their videos in it ({' '.join(SUFFIXES)})"


class FolderCorpus:
    """The clips of a folder with a folder of videos per speaker; a :class:`~avss.corpora.clip.Corpus`.

    Args:
        root: the folder that holds the speakers' folders.

    Raises:
        CorpusError: ``root`` is missing, is not a folder, or has no speaker; or its ``speakers.csv`` is wrong.
    """

    def __init__(self, root: Path) -> None:
        self._videos = {folder.name: videos for folder in _content(root) if (videos := _videos_in(folder))}
        if not self._videos:
            raise CorpusError(f"there are no videos in the folders of {root}", _LAYOUT, "sort the videos by speaker")
        table = root / "speakers.csv"
        self._sexes: dict[str, Sex | None] = read_sexes(table) if table.exists() else {}

    def clips(self) -> Iterator[Clip]:
        """Usable clips, by the names of speaker and clip."""
        for speaker, videos in self._videos.items():
            for stem, paths in videos.items():
                if len(paths) == 1:
                    yield Clip(
                        id=f"{speaker}/{stem}",
                        speaker=speaker,
                        video=paths[0],
                        audio=_sound_beside(paths[0]),
                        sex=self._sexes.get(speaker),
                    )

    def bad_clips(self) -> list[BadClip]:
        """Clips of which there are several versions, so that it is unclear which one is meant."""
        return [
            BadClip(f"{speaker}/{stem}", str(_ambiguous(paths)))
            for speaker, videos in self._videos.items()
            for stem, paths in videos.items()
            if len(paths) > 1
        ]


def _content(folder: Path) -> list[Path]:
    """What is in a folder, sorted by name, hidden things left out."""
    try:
        return sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    except OSError as error:
        raise CorpusError(f"cannot look into {folder}: {error.strerror}", _LAYOUT, "check the path") from error


def _videos_in(folder: Path) -> dict[str, list[Path]]:
    """The videos in a folder by stem; none if it is no folder."""
    videos: dict[str, list[Path]] = {}
    for path in _content(folder) if folder.is_dir() else []:
        if path.suffix.lower() in SUFFIXES and not path.is_dir():
            videos.setdefault(path.stem, []).append(path)
    return videos


def _sound_beside(video: Path) -> Path | None:
    return next((path for path in (video.with_suffix(".wav"), video.with_suffix(".WAV")) if path.exists()), None)


def _ambiguous(paths: list[Path]) -> CorpusError:
    names = " and ".join(path.name for path in paths)
    return CorpusError(f"{names} have the same name", "one video per name", "rename or remove one of them")
