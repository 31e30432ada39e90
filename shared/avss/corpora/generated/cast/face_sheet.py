"""A picture of the population: some identities, each making the same mouth shapes, with the landmarks found."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import cv2
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from avss.corpora.generated.cast.face_traits import FaceTraits
from avss.corpora.generated.face.motion import HeadMotion
from avss.corpora.generated.face.talking_face import TalkingFace
from avss.corpora.generated.lips.mouth_shapes import REST, SHAPES, MouthShape
from avss.corpora.generated.lips.mouth_track import COLUMNS, MouthTrack
from avss.drawing import INK, save_figure
from avss.vision.detector import HogDetector
from avss.vision.landmarks import INNER_LIP, LandmarkPredictor

_POSES: Mapping[str, MouthShape] = {
    "rest": REST,
    "p": SHAPES["P"][0],
    "f": SHAPES["F"][0],
    "th": SHAPES["TH"][0],
    "s": SHAPES["S"][0],
    "ee": SHAPES["IY"][0],
    "ah": SHAPES["AA"][0],
    "oo": SHAPES["UW"][0],
}
_OPENING = 0.7
_CROP = (slice(14, 282), slice(64, 296))
_LIPS, _OTHERS = "#ffd23f", "#5ad1ff"


def draw_face_sheet(path: Path, faces: Sequence[FaceTraits], *, landmarks: bool = True) -> None:
    """Draw a row per face and a column per mouth shape, as a png or jpg file.

    Args:
        path: its suffix chooses the format.
        faces: the identities, at least one.
        landmarks: mark the 68 points where a face is found.

    Raises:
        OutputError: ``path`` cannot be written.
        PartMissingError: the landmark model is not installed.
    """
    height, width = (place.stop - place.start for place in _CROP)
    figure = Figure(figsize=(len(_POSES) * width / 100, len(faces) * height / 100 + 0.3), dpi=100, facecolor="white")
    top = 1 - 0.3 / figure.get_figheight()
    axes = figure.subplots(len(faces), len(_POSES), squeeze=False)
    figure.subplots_adjust(left=0, right=1, bottom=0, top=top, wspace=0.012, hspace=0.012)
    detect, predict = HogDetector(), LandmarkPredictor()
    for row, traits in zip(axes, faces, strict=True):
        for place, frame in zip(row, _posing(traits), strict=True):
            place.imshow(frame[_CROP], interpolation="lanczos")
            place.set_axis_off()
            grey = cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY)
            found = detect(grey) if landmarks else []
            for face in found[:1]:
                _mark(place, predict(grey, face.box))
    for place, title in zip(axes[0], _POSES, strict=True):
        place.set_title(title, fontsize=13, color=INK, pad=4)
    save_figure(figure, path)


def _posing(traits: FaceTraits) -> np.ndarray:
    """A face in every pose, uint8 [poses,H,W,3]."""
    targets = np.stack([shape.targets for shape in _POSES.values()]).astype(np.float32)
    targets[:, COLUMNS.index("aperture")] *= _OPENING
    frames, _ = TalkingFace(traits).render(
        MouthTrack(targets), HeadMotion.still(len(targets)), np.random.default_rng(0)
    )
    return frames


def _mark(place: Axes, points: np.ndarray) -> None:
    x, y = (points - [_CROP[1].start, _CROP[0].start]).T
    inner = np.zeros(len(points), bool)
    inner[INNER_LIP] = True
    place.scatter(x[~inner], y[~inner], s=1.6, color=_OTHERS, linewidths=0)
    place.scatter(x[inner], y[inner], s=1.6, color=_LIPS, linewidths=0)
