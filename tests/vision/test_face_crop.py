import cv2
import numpy as np

from avss.vision.face_crop import crop_face, neutrality
from avss.vision.mouth import apertures
from avss.vision.tracks import FaceTrack


def test_open_mouths_shut_eyes_and_turned_heads_are_less_neutral(track: FaceTrack) -> None:
    rest = track.landmarks[[int(neutrality(track.landmarks).argmax())]]
    open_mouth, shut_eyes, turned = rest.copy(), rest.copy(), rest.copy()
    open_mouth[:, [65, 66, 67]] += [0, 8]
    shut_eyes[:, [37, 38, 43, 44]] = rest[:, [41, 40, 47, 46]]
    turned[:, 27:31] += [8, 0]
    for worse in (open_mouth, shut_eyes, turned):
        assert neutrality(worse) < neutrality(rest) - 0.5


def test_the_crop_shows_brows_to_chin_upright(film: list[np.ndarray], track: FaceTrack) -> None:
    crop = crop_face(film[0], track.landmarks[0])
    assert crop.picture.shape == (64, 64, 3)
    turn = cv2.getRotationMatrix2D((180, 140), 20, 1.3)
    turned = cv2.warpAffine(film[0], turn, (360, 288))
    points = (track.landmarks[0] @ turn[:, :2].T + turn[:, 2]).astype(np.float32)
    upright = crop_face(turned, points).picture
    assert np.abs(upright.astype(int) - crop.picture).mean() < 8


def test_a_sharp_picture_beats_a_blurred_one(film: list[np.ndarray], track: FaceTrack) -> None:
    blurred = cv2.GaussianBlur(film[0], (0, 0), 4)
    assert crop_face(blurred, track.landmarks[0]).score < crop_face(film[0], track.landmarks[0]).score


def test_the_face_of_a_clip_is_one_with_a_closed_mouth(film: list[np.ndarray], track: FaceTrack) -> None:
    distances = [
        np.abs(crop_face(rgb, points).picture.astype(int) - track.face).mean()
        for rgb, points in zip(film, track.landmarks, strict=True)
    ]
    opening = apertures(track.landmarks)
    assert opening[int(np.argmin(distances))] <= np.quantile(opening, 0.5)
