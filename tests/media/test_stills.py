from pathlib import Path

import cv2
import numpy as np
import pytest

from avss.media.stills import write_still


@pytest.mark.parametrize(("name", "error"), [("a.png", 0), ("a.jpg", 12)])
def test_a_still_is_read_as_it_was_written_in_the_format_of_its_name(tmp_path: Path, name: str, error: int) -> None:
    picture = np.full((32, 48, 3), (200, 100, 30), np.uint8)
    write_still(tmp_path / name, picture)
    read = cv2.imread(str(tmp_path / name))
    assert read is not None
    assert np.abs(read[..., ::-1].astype(int) - picture).max() <= error
    signature = (tmp_path / name).read_bytes()[:4]
    assert signature.startswith(b"\x89PNG" if name.endswith("png") else b"\xff\xd8")
