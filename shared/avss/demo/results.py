"""What the page shows of a separation: everything that ``avss separate`` writes, and what makes it easy to compare."""

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from avss.demo.portraits import draw_portrait
from avss.drawing import save_figure
from avss.evaluation.spectrograms import draw_spectrograms
from avss.files import writing
from avss.inference.account import Account, SeparatedFace
from avss.inference.separation import COMPARISON
from avss.media.probing import MediaInfo, probe
from avss.media.reading import read_sound
from avss.media.source_sound import SourceSound, probe_sound
from avss.media.stills import write_still
from avss.media.wave_files import as_levels, writing_wave

_TITLE, _WIDTH = "All that is heard, and what each face says of it", 10  # inches


@dataclass(frozen=True)
class ShownFace:
    """A face on the page: its name, some words about it, and its files."""

    name: str
    words: str
    portrait: Path
    voice: Path
    film: Path


@dataclass(frozen=True)
class Shown:
    """A separation on the page.

    Attributes:
        words: about it as a whole.
        faces: everybody who was separated.
        doubts: sentences on what may have gone wrong.
        mixture: all that was heard, as a wav file like those of the voices.
        comparison: the film that lets each voice be heard in turn.
        spectrograms: of the mixture and of each voice.
        archive: all that ``avss separate`` writes.
    """

    words: str
    faces: tuple[ShownFace, ...]
    doubts: tuple[str, ...]
    mixture: Path
    comparison: Path
    spectrograms: Path
    archive: Path


def prepare(video: Path, account: Account, voices: Path, folder: Path) -> Shown:
    """Make what is shown beside the files of a separation.

    Args:
        video: what was separated.
        account: of it.
        voices: folder of the separation.
        folder: for what is made.

    Raises:
        MediaError: the video or a voice can no longer be read.
        OutputError: ``folder`` cannot be written.
    """
    info = probe(video)
    mixture, spectrograms = folder / "mixture.wav", folder / "spectrograms.png"
    _copy_sound(probe_sound(video, info), mixture)
    figure = draw_spectrograms(_waves(mixture, account, voices), _TITLE, width=_WIDTH)
    save_figure(figure, spectrograms)
    archive = folder / f"{video.stem}.voices.zip"
    _pack(voices, archive)
    faces = tuple(_shown_face(video, info, face, voices, folder) for face in account.faces)
    doubts = tuple(doubt.sentence for doubt in account.doubts)
    return Shown(_words(account), faces, doubts, mixture, voices / COMPARISON, spectrograms, archive)


def _words(account: Account) -> str:
    people = "1 person" if len(account.faces) == 1 else f"{len(account.faces)} people"
    return f"{people} in {account.video}, {account.seconds:.1f} s"


def _copy_sound(sound: SourceSound, path: Path) -> None:
    samples = sound.samples()
    with writing_wave(path, sound.rate) as append:
        while len(block := samples.up_to(sound.rate)):
            append(as_levels(block))


def _waves(mixture: Path, account: Account, voices: Path) -> Iterator[tuple[str, np.ndarray]]:
    yield "all that is heard", read_sound(mixture)
    for face in account.faces:
        yield face.name, read_sound(voices / f"{face.name}.wav")


def _pack(folder: Path, archive: Path) -> None:
    """Put the files of a folder into an archive; films and sounds hardly get smaller, and so it is not tried."""
    with writing(archive) as unfinished, zipfile.ZipFile(unfinished, "w") as packed:
        for path in sorted(folder.iterdir()):
            packed.write(path, path.name)


def _shown_face(video: Path, info: MediaInfo, face: SeparatedFace, voices: Path, folder: Path) -> ShownFace:
    portrait = voices / f"{face.name}.png"
    drawn = draw_portrait(video, info, face)
    if drawn is not None:
        portrait = folder / f"{face.name}.jpg"
        write_still(portrait, drawn)
    speaks = sum(stop - start for start, stop in face.speaks)
    return ShownFace(
        face.name, f"speaks {speaks:.1f} s", portrait, voices / f"{face.name}.wav", voices / f"{face.name}.mp4"
    )
