import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from avss.vision.detector import Box, HogDetector

edges = st.floats(-500, 500, allow_nan=False)
boxes = st.builds(lambda x, y, w, h: Box(x, y, x + w, y + h), edges, edges, st.floats(1, 300), st.floats(1, 300))


@given(boxes, boxes)
def test_overlap_is_symmetric_and_between_nothing_and_all(a: Box, b: Box) -> None:
    assert a.overlap(b) == pytest.approx(b.overlap(a))
    assert 0 <= a.overlap(b) <= 1 + 1e-9
    assert a.overlap(a) == pytest.approx(1)


def test_overlap_is_intersection_over_union() -> None:
    assert Box(0, 0, 2, 2).overlap(Box(1, 0, 3, 2)) == pytest.approx(2 / 6)
    assert Box(0, 0, 1, 1).overlap(Box(5, 5, 6, 6)) == 0
    assert Box(0, 0, 0, 0).overlap(Box(0, 0, 0, 0)) == 0


@pytest.mark.parametrize("scale", [0.45, 1.0, 3.0], ids=["small", "as filmed", "large"])
def test_a_face_of_any_size_is_found_where_it_is(film: list[np.ndarray], scale: float) -> None:
    grey = cv2.cvtColor(film[0], cv2.COLOR_RGB2GRAY)
    (as_filmed,) = HogDetector()(grey)
    (face,) = HogDetector()(cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA))
    assert Box(*(edge / scale for edge in face.box)).overlap(as_filmed.box) > 0.6
    assert face.score > 0


def test_the_largest_face_comes_first(film: list[np.ndarray]) -> None:
    grey = cv2.cvtColor(film[0], cv2.COLOR_RGB2GRAY)
    small = np.zeros_like(grey)
    small[50:266, 45:315] = cv2.resize(grey, (270, 216), interpolation=cv2.INTER_AREA)
    faces = HogDetector()(np.hstack([small, grey]))
    assert [face.box.left > 360 for face in faces] == [True, False]


def test_no_face_is_found_where_there_is_none() -> None:
    noise = np.random.default_rng(0).integers(0, 256, (288, 360), np.uint8)
    assert HogDetector()(noise) == []
    assert HogDetector()(np.zeros((2, 1), np.uint8)) == []
