"""What a separation tells of itself, in the file ``separation.json`` and on a page."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from rich.table import Table

from avss.errors import OutputError
from avss.files import writing
from avss.inference.impressions import Impressions, stretches
from avss.inference.person import Person
from avss.inference.self_check import Finding, check
from avss.media.source_sound import SourceSound
from avss.rates import FRAME_RATE

FILE = "separation.json"

Span = list[float]  # start and stop, seconds


@dataclass(frozen=True)
class SeparatedFace:
    """One person.

    Attributes:
        name: which is also that of the files: ``face1.wav``, ``face1.mp4``.
        picture: name of the file that shows who it is, ``face1.png``.
        level: of the voice beside the whole sound, dB.
        seen, speaks: from when to when.
        boxes: second by second while it is seen: the time and left, top, right, bottom of the face, in pixels of a
            picture of the ``width`` and ``height`` that the account tells.
    """

    name: str
    picture: str
    level: float
    seen: list[Span]
    speaks: list[Span]
    boxes: list[list[float]]


@dataclass(frozen=True)
class Account:
    """A separation.

    Attributes:
        video: its file name.
        seconds: of its picture.
        width, height: of the picture, upright and with square pixels, when it is shrunk to 640 on its longest side. A
            place in it divided by these is that place in the video, from 0 to 1, whatever size that is shown in.
        rate, layout: samples a second of its sound, and the channels that were mixed into one.
        weights: checksum of the model.
        rest: level of what is in no voice beside the whole sound, dB, while there is a picture.
        faces: everybody who was separated.
        doubts: what may have gone wrong.
    """

    video: str
    seconds: float
    width: int
    height: int
    rate: int
    layout: str
    weights: str
    rest: float
    faces: list[SeparatedFace]
    doubts: list[Finding]


def account_of(
    video: Path,
    size: tuple[int, int],
    sound: SourceSound,
    weights: str,
    people: Sequence[Person],
    heard: Impressions,
) -> Account:
    """The account of a separation.

    Args:
        video: what was separated.
        size: width and height of its picture shrunk to 640 on its longest side, in whose pixels boxes are.
        sound: that of ``video``.
        weights: checksum of the model.
        people: who was found.
        heard: what is remembered of their voices.
    """
    spoken = heard.speaking()
    faces = [
        SeparatedFace(
            person.name,
            f"{person.name}.png",
            round(float(level), 1),
            _seconds(person.valid),
            _seconds(speaks),
            _boxes(person.boxes),
        )
        for person, level, speaks in zip(people, heard.levels, spoken, strict=True)
    ]
    seconds, doubts = spoken.shape[1] / FRAME_RATE, check(people, heard, spoken)
    rest = round(heard.rest_level, 1)
    return Account(video.name, seconds, *size, sound.rate, sound.layout, weights, rest, faces, doubts)


def write_account(account: Account, folder: Path) -> None:
    """Write ``separation.json`` into ``folder``.

    Raises:
        OutputError: it cannot be written.
    """
    with writing(folder / FILE) as path:
        path.write_text(json.dumps(asdict(account), indent=2) + "\n")


def read_account(folder: Path) -> Account:
    """The account of the separation in ``folder``.

    Raises:
        OutputError: there is none, or it is damaged.
    """
    path = folder / FILE
    try:
        told = json.loads(path.read_text())
        faces = [SeparatedFace(**face) for face in told.pop("faces")]
        doubts = [Finding(**doubt) for doubt in told.pop("doubts")]
        return Account(**told, faces=faces, doubts=doubts)
    except (OSError, ValueError, TypeError, KeyError) as error:
        what = f"{path} is missing or damaged"
        raise OutputError(what, "the folder of a separation", "separate the video again") from error


def as_table(account: Account) -> Table:
    """The people of a separation, for a terminal."""
    table = Table("face", "seen", "speaks", "level", title=f"{account.video}, {account.seconds:.1f} s")
    for face in account.faces:
        seen, speaks = (sum(stop - start for start, stop in spans) for spans in (face.seen, face.speaks))
        table.add_row(face.name, f"{seen:.1f} s", f"{speaks:.1f} s", f"{face.level:.1f} dB")
    return table


def _seconds(frames: np.ndarray) -> list[Span]:
    return [[start / FRAME_RATE, stop / FRAME_RATE] for start, stop in stretches(frames)]


def _boxes(boxes: np.ndarray) -> list[list[float]]:
    known = [frame for frame in range(0, len(boxes), FRAME_RATE) if not np.isnan(boxes[frame, 0])]
    return [[frame / FRAME_RATE, *np.round(boxes[frame].astype(float), 1).tolist()] for frame in known]
