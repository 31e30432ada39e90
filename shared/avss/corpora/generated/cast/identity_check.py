"""Can landmarks follow the lips of a generated face? Each identity says a test word before it joins a corpus.

A landmark detector is trained on photographs, and some combinations of lips, beard, light and skin lead it
astray: it then draws lips where there are none, and a corpus would teach noise. Such identities are turned
down; the next face drawn for the same speaker takes the place.
"""

from dataclasses import dataclass

import av
import numpy as np

from avss.corpora.generated.cast.face_traits import FaceTraits
from avss.corpora.generated.face.motion import draw_head_motion
from avss.corpora.generated.face.talking_face import FRAME_HEIGHT, FRAME_WIDTH, TalkingFace
from avss.corpora.generated.lips.mouth_shapes import SHAPES
from avss.corpora.generated.lips.mouth_track import COLUMNS, MouthTrack
from avss.errors import FaceError
from avss.media.frame import Frame
from avss.vision.mouth import apertures
from avss.vision.tracks import face_follower

LEAST_TRACKED = 0.99
LEAST_CORRELATION = 0.85

# Every way of moving the mouth: closed, tucked, rounded, spread, with tongue and teeth, wide open.
_TEST_WORD = ["M", "IY", "B", "AA", "F", "EY", "W", "UW", "TH", "AE", "P", "OW", "S", "EH", "V", "AH", "M"]
_FRAMES_A_PHONE = 3
# Aperture of an ordinary speaker who says "ay", in units of a mouth track.
_OPENING = 0.55


@dataclass(frozen=True)
class IdentityCheck:
    """What was measured on a test word: the share of frames ``tracked``, and the ``correlation`` of the aperture
    that landmarks show with the true one."""

    tracked: float
    correlation: float


def check_identity(traits: FaceTraits) -> IdentityCheck:
    """Let a face say the test word and see whether it can be followed; a pure function of ``traits``.

    Raises:
        FaceError: tracked in less than 99 % of the frames, or a correlation below 0.85.
        PartMissingError: the landmark model is not installed.
    """
    check = measure_identity(traits)
    if check.tracked < LEAST_TRACKED or check.correlation < LEAST_CORRELATION:
        raise FaceError(
            f"tracked in {check.tracked:.0%} of frames, aperture correlation {check.correlation:.2f}",
            f"{LEAST_TRACKED:.0%} and {LEAST_CORRELATION}",
            "draw another face",
        )
    return check


def measure_identity(traits: FaceTraits) -> IdentityCheck:
    """Let a face say the test word and measure how well it can be followed.

    Raises:
        PartMissingError: the landmark model is not installed.
    """
    track = _test_movement()
    T = len(track)
    motion = draw_head_motion(np.random.default_rng(0), T)
    frames, truth = TalkingFace(traits).render(track, motion, np.random.default_rng(1))
    pictures = (Frame(av.VideoFrame.from_ndarray(frame, "rgb24"), FRAME_WIDTH, FRAME_HEIGHT) for frame in frames)
    faces = face_follower().follow(pictures)
    if not faces:
        return IdentityCheck(tracked=0.0, correlation=0.0)
    measured = apertures(faces[0].landmarks)
    return IdentityCheck(float(faces[0].valid.mean()), correlation(measured, truth.aperture))


def correlation(a: np.ndarray, b: np.ndarray) -> float:
    """Pearson correlation of two series [T]; 0 when one of them is constant."""
    a, b = (np.asarray(series, np.float64) - np.mean(series) for series in (a, b))
    size = np.sqrt((a @ a) * (b @ b))
    return float(a @ b / size) if size > 0 else 0.0


def _test_movement() -> MouthTrack:
    """The test word, said slowly: the mouth takes the shape of each phone in turn."""
    targets = np.stack([SHAPES[phone][0].targets for phone in _TEST_WORD])
    targets[:, COLUMNS.index("aperture")] *= _OPENING
    times = np.arange((len(targets) - 1) * _FRAMES_A_PHONE + 1) / _FRAMES_A_PHONE
    columns = [np.interp(times, np.arange(len(targets)), column) for column in targets.T]
    return MouthTrack(np.stack(columns, axis=1).astype(np.float32))
