"""The skin of the lower face, which follows jaw, upper lip and corners of the mouth."""

import cv2
import numpy as np

from avss.corpora.generated.cast.face_traits import FaceTraits
from avss.corpora.generated.face.mouth import FULL_OPENING, MouthShape
from avss.corpora.generated.face.painting import Canvas, blob, ramp


class JawWarp:
    """Stretches the lower face: the chin follows the jaw, the upper lip rises, the cheeks go with the corners."""

    def __init__(self, canvas: Canvas, traits: FaceTraits) -> None:
        mouth, nose, chin = traits.mouth, traits.nose.tip, traits.head.chin
        self._rest_half_width = mouth.half_width
        self._scale = canvas.scale
        part = canvas.part(-1.5, 1.5, 0.2, 2.05)
        self._place = part.place
        # In the middle only what is below the lips falls; at the sides skin stretches all the way from the ear.
        sides = ramp(np.abs(part.x), 0.35, 0.75)
        falls = ramp(part.y, mouth.y - 0.02, mouth.y + 0.20) * (1 - sides) + ramp(part.y, 0.2, chin - 0.1) * sides
        self._falls = falls * ramp(part.y, chin + 0.45, chin + 0.06) * np.exp(-((part.x / 1.02) ** 4))
        self._rises = ramp(part.y, nose + 0.10, mouth.y - 0.10) * ramp(part.y, mouth.y + 0.1, mouth.y - 0.02)
        self._rises = self._rises * np.exp(-((part.x / 0.5) ** 4))
        self._spreads = blob(part, 0.42, mouth.y, 0.22, 0.22) - blob(part, -0.42, mouth.y, 0.22, 0.22)
        self._columns = np.arange(part.x.size, dtype=np.float32)[None, :]
        self._rows = np.arange(part.y.size, dtype=np.float32)[:, None]

    def move(self, still: np.ndarray, picture: np.ndarray, movement: np.ndarray, shape: MouthShape) -> None:
        """Write the lower face of ``still`` into ``picture`` (both uint8 [H,W,3]), moved as the mouth is."""
        opening = np.float32(FULL_OPENING * movement[0] * self._scale)
        spread = np.float32(0.8 * (shape.half_width - self._rest_half_width) * self._scale)
        columns = self._columns - spread * self._spreads
        rows = self._rows - opening * (0.62 * self._falls - 0.22 * self._rises)
        picture[self._place] = cv2.remap(
            still[self._place], columns, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        )
