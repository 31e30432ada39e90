import cv2
import numpy as np

from avss.vision.landmarks import INNER_LIP
from avss.vision.mouth import apertures, crop_mouths
from avss.vision.normalisation import CANONICAL, RIGID
from avss.vision.tracks import FaceTrack

# Corner, three points above, corner, three below: on the canonical face.
OPEN = np.array([[-0.24, 0], [-0.1, -0.06], [0, -0.08], [0.1, -0.06], [0.24, 0], [0.1, 0.06], [0, 0.08], [-0.1, 0.06]])


def faces(scale: float = 67.0, roll: float = 0.0, opening: float = 1.0) -> np.ndarray:
    """One face float32 [1,68,2] in pixels, whose mouth is open by ``opening``."""
    points = np.zeros((68, 2))
    points[RIGID] = CANONICAL
    points[INNER_LIP] = OPEN * [1, opening] + [0, 0.86]
    turn = np.array([[np.cos(roll), -np.sin(roll)], [np.sin(roll), np.cos(roll)]])
    return (points @ turn.T * scale + [180, 110]).astype(np.float32)[None]


def striped(landmarks: np.ndarray) -> np.ndarray:
    """A picture that is bright (200) inside the lips and brighter (255) outside."""
    picture = np.full((600, 600), 255, np.uint8)
    return cv2.fillPoly(picture, [np.round(landmarks[0, INNER_LIP]).astype(np.int32)], 200)


def test_only_the_inside_of_the_lips_is_seen() -> None:
    points = faces()
    (crop,) = crop_mouths([striped(points)], points)
    assert crop.shape == (32, 48)
    assert crop.dtype == np.uint8
    assert crop[0].max() == crop[-1].max() == crop[:, 0].max() == 0
    assert 190 <= crop[16, 14:34].min() <= crop[16, 14:34].max() <= 210
    area = cv2.contourArea(OPEN.astype(np.float32)) * (32 / 0.42) ** 2
    np.testing.assert_allclose((crop > 100).sum(), area, rtol=0.15)


def test_size_and_roll_of_the_head_make_no_difference() -> None:
    plain = faces()
    (reference,) = crop_mouths([striped(plain)], plain)
    for scale, roll in ((67.0, 0.35), (200.0, 0.0), (150.0, -0.2)):
        points = faces(scale, roll)
        (crop,) = crop_mouths([striped(points)], points)
        assert np.abs(crop.astype(int) - reference).mean() < 6


def test_a_closed_mouth_is_a_thin_line_at_most() -> None:
    points = faces(opening=0.0)
    (crop,) = crop_mouths([np.full((300, 400), 255, np.uint8)], points)
    assert (crop > 0).any(axis=1).sum() <= 3


def test_a_mouth_beyond_the_border_is_black() -> None:
    points = faces() + np.float32(1000)
    assert crop_mouths([np.full((50, 50), 255, np.uint8)], points).max() == 0


def test_the_aperture_is_the_mean_distance_of_the_lips() -> None:
    np.testing.assert_allclose(apertures(faces()), [(0.12 + 0.16 + 0.12) / 3], rtol=1e-4)
    np.testing.assert_allclose(apertures(faces(150.0, 0.3, opening=0.5)), [(0.06 + 0.08 + 0.06) / 3], rtol=1e-4)
    assert apertures(faces(opening=0.0)) == 0


def test_crops_of_a_talking_face_open_and_close(track: FaceTrack) -> None:
    inside = (track.mouth > 0).sum(axis=(1, 2))
    assert np.corrcoef(inside, apertures(track.landmarks))[0, 1] > 0.9
    assert np.ptp(inside) > 60
