"""Pictures and sounds as ``data:`` addresses, small enough to stand in a page."""

import base64
import io
from pathlib import Path

import cv2
import matplotlib as mpl
from matplotlib.figure import Figure

from avss.drawing import BLUE, FAINT, INK, RED
from avss.media.mp3 import as_mp3
from avss.media.reading import read_sound
from avss.report.document import Picture
from avss.report.runs import RunError

LIGHT_BLUE, ORANGE, VIOLET = "#7db3da", "#e09f3e", "#8d6ab8"

_GRID = "#b0b0b0"  # Matplotlib's own

# Each colour of a drawing, and what becomes of it on a dark page.
ON_DARK = {
    INK: "#dde5ec",
    FAINT: "#8fa0ae",
    BLUE: "#5fb0e8",
    RED: "#ff8261",
    LIGHT_BLUE: "#3f7fae",
    ORANGE: "#f0bd6a",
    VIOLET: "#b79be0",
    _GRID: "#66727c",
}
_PIXELS_PER_INCH = 96
_QUALITY = 88  # of 100


def colour_name(colour: str) -> str:
    """Name of the CSS property that holds ``colour`` on a light page, and its counterpart on a dark one."""
    return f"--drawn-{colour[1:]}"


def embed_drawing(figure: Figure, alt: str) -> Picture:
    """A drawing whose lines stay sharp, and whose colours change with those of the page."""
    file = io.StringIO()
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "avss"}):
        figure.savefig(file, format="svg", transparent=True, metadata={"Date": None})
    head, _, body = file.getvalue().partition("<metadata>")
    for colour in ON_DARK:
        body = body.replace(colour, f"var({colour_name(colour)})")
    light = "".join(f"{colour_name(colour)}:{colour};" for colour in ON_DARK)
    dark = "".join(f"{colour_name(colour)}:{other};" for colour, other in ON_DARK.items())
    style = f"<style>svg{{{light}}}@media(prefers-color-scheme:dark){{svg{{{dark}}}}}</style>"
    width, height = (round(side * _PIXELS_PER_INCH) for side in figure.get_size_inches())
    return Picture(_address("image/svg+xml", f"{head}{style}<metadata>{body}".encode()), alt, width, height, True)


def embed_picture(path: Path, alt: str) -> Picture:
    """The picture in a file, compressed.

    Raises:
        RunError: it is no picture.
    """
    pixels = cv2.imread(str(path))
    if pixels is None:
        raise RunError(f"{path} is no picture", "the file as it was written", "remove it, or make it again")
    encoded = cv2.imencode(".webp", pixels, [cv2.IMWRITE_WEBP_QUALITY, _QUALITY])[1]
    height, width = pixels.shape[:2]
    return Picture(_address("image/webp", encoded.tobytes()), alt, width, height)


def embed_sound(path: Path) -> str:
    """The address of the sound in a file.

    Raises:
        MediaError: it is no sound.
    """
    return _address("audio/mpeg", as_mp3(read_sound(path)))


def _address(kind: str, content: bytes) -> str:
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"
