"""A portrait is square and shows the face."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from avss.demo.portraits import draw_portrait, square_around
from avss.inference.account import SeparatedFace
from avss.media.probing import probe


@given(
    st.tuples(st.integers(1, 700), st.integers(1, 700)),
    st.lists(st.floats(-100, 800), min_size=2, max_size=2),
    st.lists(st.floats(1, 500), min_size=2, max_size=2),
)
def test_it_is_a_square_inside_the_picture_around_the_middle_of_the_face(
    size: tuple[int, int], corner: list[float], sides: list[float]
) -> None:
    (left, top), (width, height) = corner, sides
    rows, columns = square_around([left, top, left + width, top + height], size)
    assert 0 <= rows.start < rows.stop <= size[0]
    assert 0 <= columns.start < columns.stop <= size[1]
    assert rows.stop - rows.start == columns.stop - columns.start
    if left >= 0 and left + width <= size[1] and top >= 0 and top + height <= size[0]:
        assert columns.start <= left + width / 2 <= columns.stop
        assert rows.start <= top + 0.4 * height <= rows.stop


def _face(boxes: list[list[float]]) -> SeparatedFace:
    return SeparatedFace("face1", "face1.png", 0.0, [[0.0, 3.0]], [], boxes)


def _two_halves() -> np.ndarray:
    """Red on the left, blue on the right."""
    picture = np.zeros((96, 192, 3), np.uint8)
    picture[:, :96, 0] = picture[:, 96:, 2] = 200
    return picture


def test_it_shows_what_is_in_the_box_in_the_middle_of_its_time(studio) -> None:
    halves = _two_halves()
    pictures = [halves] * 30 + [halves[:, ::-1]] * 45
    video = studio.film("film.mp4", pictures=pictures)
    boxes = [[0.0, 130, 40, 150, 60], [2.0, 130, 40, 150, 60], [2.5, 10, 40, 30, 60]]
    drawn = draw_portrait(video, probe(video), _face(boxes))
    assert drawn is not None and drawn.shape == (320, 320, 3)
    red, _, blue = drawn.mean(axis=(0, 1))
    assert red > 150 > 60 > blue


def test_a_face_without_a_known_box_has_none(studio) -> None:
    video = studio.film("film.mp4")
    assert draw_portrait(video, probe(video), _face([])) is None
