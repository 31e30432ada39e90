import cv2
import numpy as np

from avss.vision.likeness import ALIKE, is_one_face, looks
from avss.vision.tracks import FaceTrack


def greys(film: list[np.ndarray]) -> list[np.ndarray]:
    return [cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY) for frame in film]


def test_a_talking_face_stays_one_face_in_another_light(film: list[np.ndarray], track: FaceTrack) -> None:
    assert is_one_face(looks(greys(film), track.landmarks))
    darker = [(grey * 0.5 + 20).astype(np.uint8) for grey in greys(film)]
    alternating = looks([*greys(film)[:1], *darker[1:2]], track.landmarks[:2])
    assert is_one_face(alternating)


def test_points_on_a_wall_are_not_a_face(film: list[np.ndarray], track: FaceTrack) -> None:
    wall = np.random.default_rng(0).integers(0, 255, film[0].shape[:2], np.uint8)
    for other in (wall, np.full_like(wall, 128)):
        ours = looks([greys(film)[0], other], track.landmarks[:2])
        assert ours[0] @ ours[1] < ALIKE
        assert not is_one_face(ours)


def test_one_frame_is_one_face(film: list[np.ndarray], track: FaceTrack) -> None:
    assert is_one_face(looks(greys(film)[:1], track.landmarks[:1]))
