from pathlib import Path

import cv2
import numpy as np
import pytest

from avss.errors import OutputError
from avss.vision.contact_sheet import draw_contact_sheet
from avss.vision.tracks import FaceTrack


def draw(path: Path, film: list[np.ndarray], track: FaceTrack, T: int = 75) -> None:
    valid = track.valid[:T] & (np.arange(T) % 10 != 9)
    words = [(0.5, 0.9, "bin"), (0.9, 1.2, "blue")]
    draw_contact_sheet(
        path, "s1/bbaf2n · “bin blue”", film[0], 0, track.landmarks[:T], track.mouth[:T], valid, track.face, words
    )


@pytest.mark.parametrize("T", [75, 1, 2, 5])
def test_a_sheet_is_a_picture_with_the_face_in_it(
    tmp_path: Path, film: list[np.ndarray], track: FaceTrack, T: int
) -> None:
    draw(tmp_path / "sheets" / "anna maría.png", film, track, T)
    sheet = cv2.imdecode(np.fromfile(tmp_path / "sheets" / "anna maría.png", np.uint8), cv2.IMREAD_COLOR)
    assert sheet is not None
    assert sheet.shape[1] > 1000
    colours = np.unique(sheet.reshape(-1, 3), axis=0)
    assert len(colours) > 5000


def test_a_place_that_cannot_be_written_is_named(
    read_only_disk: Path, film: list[np.ndarray], track: FaceTrack
) -> None:
    with pytest.raises(OutputError, match="cannot write"):
        draw(read_only_disk / "s1.png", film, track)
