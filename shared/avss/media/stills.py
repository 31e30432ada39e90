"""Single pictures as files."""

from pathlib import Path

import cv2
import numpy as np

from avss.files import writing


def write_still(path: Path, picture: np.ndarray) -> None:
    """Write a picture uint8 RGB [H,W,3] in the format that the name of ``path`` ends with, such as .png or .jpg.

    Raises:
        OutputError: ``path`` cannot be written.
    """
    with writing(path) as unfinished:
        encoded = cv2.imencode(path.suffix, cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))[1]
        unfinished.write_bytes(np.asarray(encoded).tobytes())
