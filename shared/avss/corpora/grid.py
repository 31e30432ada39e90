"""Reading a corpus in GRID's layout, whether the official one or one that was generated.

::

    s1/bbaf2n.mpg            a clip; its stem is its sentence. Deeper folders (s1/video/mpg_6000/…) are searched too
    alignments/s1/bbaf2n.align   when each word is spoken
    phones/s1/bbaf2n.align       when each phone is spoken (generated corpora)
    speakers.csv                 speaker,sex (generated corpora; GRID's own speakers are known)

**Whose alignments?** In the official record 19 of the 33 alignment folders bear another speaker's name. A table
of the swaps is in use elsewhere (lhotse's recipe), but it would spoil a copy that is already put right, and
cannot be checked here. The data tell it themselves: every stem belongs to exactly one speaker, so a speaker's
alignments are in the folder that shares most stems with the videos, the one of the same name when equal. Each
alignment is then checked against its stem, word by word.

**What is bad?** A clip with a wrong name, with no content, or with an alignment that is malformed or contradicts
the stem: then it is in doubt what is said. A clip without alignment is good; only its times are unknown. Damage
inside the video is found later, by decoding it.
"""

import re
from collections import Counter
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

from avss.corpora.alignment import read_alignment, spoken
from avss.corpora.clip import BadClip, Clip, Segment, Sex
from avss.corpora.grid_speakers import OFFICIAL_SEX, read_sexes
from avss.corpora.sentence import Sentence
from avss.errors import CorpusError

SUFFIXES = frozenset({".mpg", ".mp4"})

_SPEAKER = re.compile(r"s\d+", re.ASCII)


class GridCorpus:
    """The clips of a folder in GRID's layout; a :class:`~avss.corpora.clip.Corpus`.

    Args:
        root: the folder that holds ``s1``, ``s2``, … and ``alignments``.

    Raises:
        CorpusError: there is no speaker folder in ``root``, or its ``speakers.csv`` is wrong.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        table = root / "speakers.csv"
        self._sexes: dict[str, Sex | None] = read_sexes(table) if table.exists() else dict(OFFICIAL_SEX)
        self.speakers = speaker_folders(root)
        if not self.speakers:
            raise CorpusError(
                f"there is no speaker folder in {root}",
                "GRID's layout: s1/*.mpg, s2/*.mpg, … and alignments/s1/*.align",
                "check the path, or fetch the corpus with 'avss corpus grid'",
            )

    def clips(self) -> Iterator[Clip]:
        """Usable clips, by speaker number, then by stem."""
        return (clip for clip in self._examined() if isinstance(clip, Clip))

    def bad_clips(self) -> list[BadClip]:
        """All clips that are left out, with reasons."""
        return [clip for clip in self._examined() if isinstance(clip, BadClip)]

    def alignment_folder(self, speaker: str) -> str | None:
        """Name of the folder in ``alignments`` that holds the words of ``speaker``; ``None`` when there is none."""
        stems = {video.stem for video in self._videos(speaker)}
        shared = {name: len(stems & known) for name, known in self._aligned_stems.items()}
        best = max(shared, key=lambda name: (shared[name], name == speaker), default=None)
        return best if best is not None and shared[best] else None

    @cached_property
    def _aligned_stems(self) -> dict[str, set[str]]:
        folders = sorted(folder for folder in (self.root / "alignments").glob("*") if folder.is_dir())
        return {folder.name: {file.stem for file in folder.glob("*.align")} for folder in folders}

    def _videos(self, speaker: str) -> list[Path]:
        paths = (path for path in (self.root / speaker).rglob("[!.]*") if not path.is_dir())
        return sorted((path for path in paths if path.suffix.lower() in SUFFIXES), key=lambda path: (path.stem, path))

    def _examined(self) -> Iterator[Clip | BadClip]:
        for speaker in self.speakers:
            folder = self.alignment_folder(speaker)
            words = self.root / "alignments" / folder if folder else None
            videos = self._videos(speaker)
            copies = Counter(video.stem for video in videos)
            for video in videos:
                try:
                    _check_unique(video, copies[video.stem])
                    yield self._examine(speaker, video, words)
                except CorpusError as error:
                    yield BadClip(f"{speaker}/{video.stem}", str(error))

    def _examine(self, speaker: str, video: Path, words: Path | None) -> Clip:
        sentence = Sentence.from_stem(video.stem)
        _check_content(video)
        phones = self.root / "phones" / speaker / f"{video.stem}.align"
        return Clip(
            id=f"{speaker}/{video.stem}",
            speaker=speaker,
            video=video,
            text=str(sentence),
            words=_words(words / f"{video.stem}.align", sentence) if words else None,
            phones=read_alignment(phones) if phones.exists() else None,
            sex=self._sexes.get(speaker),
        )


def speaker_folders(root: Path) -> list[str]:
    """Names of the folders ``s1``, ``s2``, … in ``root``, by number."""
    names = [folder.name for folder in root.glob("s*") if folder.is_dir() and _SPEAKER.fullmatch(folder.name)]
    return sorted(names, key=lambda name: int(name[1:]))


def _words(path: Path, sentence: Sentence) -> tuple[Segment, ...] | None:
    """The timed words of a clip without silences, or ``None`` when there is no alignment."""
    if not path.exists():
        return None
    words = spoken(read_alignment(path))
    said = tuple(word.label for word in words)
    if said != sentence.words:
        raise CorpusError(
            f"{path} has the words '{' '.join(said)}', but the file name says '{sentence}'",
            "an alignment of the same sentence",
            "repair or remove that file; without it the clip is used without word times",
        )
    return words


def _check_content(video: Path) -> None:
    try:
        size = video.stat().st_size
    except OSError as error:
        raise CorpusError(f"cannot read {video}: {error.strerror}", "a readable video", "fetch it again") from error
    if size == 0:
        raise CorpusError(f"{video} is empty", "a video", "fetch it again")


def _check_unique(video: Path, copies: int) -> None:
    if copies > 1:
        raise CorpusError(
            f"{video} is one of {copies} videos named {video.stem} of the same speaker",
            "one video per sentence",
            "keep one of them, the others in a folder outside the corpus",
        )
