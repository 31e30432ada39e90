"""From the painted canvas to a video frame: the pose of the head, shrinking, and the noise of the sensor.

The head is carried by the neck: it moves as a whole, parts that stand out shift more when it turns, and the
movement fades towards shoulders and backdrop, which stay.
"""

import cv2
import numpy as np

from avss.corpora.generated.face.motion import HeadMotion
from avss.corpora.generated.face.painting import OVERSAMPLING, Canvas, Plane, grain, ramp

_NOISE_MARGIN = 64


class Camera:
    """Takes frames of uint8 [H,W,3] from a canvas of uint8 [2H,2W,3]."""

    def __init__(self, canvas: Canvas, relief: Plane, noise: float, rng: np.random.Generator) -> None:
        """``relief`` [2H,2W]: how far points stand out, face units; ``noise``: standard deviation in grey levels."""
        self.frame_shape = (canvas.shape[0] // OVERSAMPLING, canvas.shape[1] // OVERSAMPLING)
        self._scale = canvas.scale
        height, width = self.frame_shape
        self._depth = cv2.resize(relief, (width, height), interpolation=cv2.INTER_AREA) * np.float32(canvas.scale)
        middle = np.float32((OVERSAMPLING - 1) / 2)
        self._columns = np.arange(width, dtype=np.float32)[None, :] * OVERSAMPLING + middle
        self._rows = np.arange(height, dtype=np.float32)[:, None] * OVERSAMPLING + middle
        # The head turns on top of the neck, a little below the eyes.
        self._pivot = (-canvas.x[0, 0] * canvas.scale, (0.8 - canvas.y[0, 0]) * canvas.scale)
        x, y = canvas.x[:, ::OVERSAMPLING], canvas.y[::OVERSAMPLING]
        self._carried = ramp(np.abs(x), 2.2, 1.25) * ramp(y, 2.5, 1.55) * ramp(y, -2.0, -1.65)
        shape = (height + _NOISE_MARGIN, width + _NOISE_MARGIN, 3)
        field = np.stack([grain(rng, shape[:2], 0.6) for _ in range(3)], axis=2)
        self._noise = np.clip(np.round(noise * field), -127, 127).astype(np.int16)

    def shoot(self, picture: np.ndarray, motion: HeadMotion, frame: int, rng: np.random.Generator) -> np.ndarray:
        """The frame that shows ``picture`` (uint8 [2H,2W,3]) in pose ``frame`` of ``motion``; noise from ``rng``."""
        columns, rows = self._sources(motion, frame)
        soft = cv2.blur(picture, (OVERSAMPLING, OVERSAMPLING))
        seen = cv2.remap(soft, columns, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        top, left = rng.integers(_NOISE_MARGIN, size=2)
        height, width = self.frame_shape
        return cv2.add(seen, self._noise[top : top + height, left : left + width], dtype=cv2.CV_8U)

    def _sources(self, motion: HeadMotion, frame: int) -> tuple[Plane, Plane]:
        """Where on the canvas every pixel of the frame is found: columns and rows, float32 [H,W]."""
        roll, yaw, pitch = motion.turn[frame]
        cosine, sine = np.cos(roll) / motion.nearness[frame], np.sin(roll) / motion.nearness[frame]
        x = self._columns - np.float32(self._pivot[0] + OVERSAMPLING * motion.shift[frame, 0])
        y = self._rows - np.float32(self._pivot[1] + OVERSAMPLING * motion.shift[frame, 1])
        columns = cosine * x + sine * y + np.float32(self._pivot[0]) - yaw * self._depth
        rows = cosine * y - sine * x + np.float32(self._pivot[1]) - pitch * self._depth
        columns = self._columns + self._carried * (columns - self._columns)
        rows = self._rows + self._carried * (rows - self._rows)
        return columns, rows
