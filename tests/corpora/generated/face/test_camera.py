"""From canvas to frame: where things land when the head moves."""

import numpy as np
import pytest

from avss.corpora.generated.face.camera import Camera
from avss.corpora.generated.face.motion import HeadMotion
from avss.corpora.generated.face.painting import Canvas

HEIGHT, WIDTH, CENTRE = 100, 120, (60, 40)


@pytest.fixture(scope="module")
def camera() -> Camera:
    canvas = Canvas.of_frame(HEIGHT, WIDTH, CENTRE, half_width=24)
    return Camera(canvas, np.ones(canvas.shape, np.float32), noise=0.0, rng=np.random.default_rng(0))


def dot_at(camera: Camera, x: int, y: int, **pose) -> tuple[float, float]:
    """Where a dot painted at pixel (x, y) of the frame is seen in a pose."""
    picture = np.zeros((2 * HEIGHT, 2 * WIDTH, 3), np.uint8)
    picture[2 * y - 4 : 2 * y + 6, 2 * x - 4 : 2 * x + 6] = 255
    still = HeadMotion.still(1)
    motion = HeadMotion(
        shift=np.array([pose.get("shift", (0, 0))], np.float32),
        turn=np.array([pose.get("turn", (0, 0, 0))], np.float32),
        nearness=np.array([pose.get("nearness", 1)], np.float32),
        blink=still.blink,
    )
    frame = camera.shoot(picture, motion, 0, np.random.default_rng(0))
    assert frame.shape == (HEIGHT, WIDTH, 3)
    weights = frame[..., 0].astype(float)
    rows, columns = np.mgrid[:HEIGHT, :WIDTH]
    return float((weights * columns).sum() / weights.sum()), float((weights * rows).sum() / weights.sum())


def test_a_still_head_is_seen_where_it_is_painted(camera):
    assert dot_at(camera, 60, 40) == pytest.approx((60, 40), abs=0.3)


def test_a_head_moves_right_and_down_by_pixels_of_the_frame(camera):
    assert dot_at(camera, 60, 40, shift=(3, 2)) == pytest.approx((63, 42), abs=0.4)


def test_rolling_clockwise_brings_the_brow_to_the_right(camera):
    x, _ = dot_at(camera, 60, 25, turn=(0.1, 0, 0))
    assert x > 62


def test_parts_that_stand_out_shift_when_the_head_turns(camera):
    x, y = dot_at(camera, 60, 40, turn=(0, 0.05, 0.05))
    assert x > 61
    assert y > 41


def test_a_nearer_head_is_larger(camera):
    (left, _), (right, _) = (dot_at(camera, x, 40, nearness=1.1) for x in (45, 75))
    assert right - left == pytest.approx(33, abs=0.5)


def test_shoulders_and_backdrop_stay(camera):
    assert dot_at(camera, 8, 90, shift=(5, 5), turn=(0.1, 0.1, 0.1)) == pytest.approx((8, 90), abs=0.5)
