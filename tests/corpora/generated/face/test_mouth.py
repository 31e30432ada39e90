"""Outlines of the mouth for every movement a track may hold."""

from zlib import crc32

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from avss.corpora.generated.cast.body import Body
from avss.corpora.generated.cast.face_population import draw_face_traits
from avss.corpora.generated.face.mouth import FULL_OPENING, shape_mouth, true_apertures
from avss.corpora.generated.lips.mouth_track import HIGHEST, LOWEST

MOUTH = draw_face_traits(lambda name: np.random.default_rng([7, crc32(name.encode())]), Body("f", 0.0, 0.0)).mouth
X = np.linspace(-0.66, 0.66, 201, dtype=np.float32)[None, :]

movements = st.tuples(*(st.floats(float(low), float(high)) for low, high in zip(LOWEST, HIGHEST, strict=True))).map(
    lambda values: np.array(values, np.float32)
)


@given(movements)
def test_outlines_never_cross(movement):
    shape = shape_mouth(MOUTH, movement, X)
    inside = np.abs(X) < shape.half_width
    outer_top, inner_top, inner_bottom, outer_bottom = (
        curve[inside] for curve in (shape.outer_top, shape.inner_top, shape.inner_bottom, shape.outer_bottom)
    )
    tolerance = 1e-4
    assert np.all(inner_top <= inner_bottom + tolerance)
    assert np.all(outer_top <= inner_top + tolerance)
    assert np.all(inner_bottom <= outer_bottom + tolerance)
    assert shape.aperture >= 0
    assert 0 < shape.inner_half_width < shape.half_width < 0.66


@given(movements)
def test_the_aperture_is_the_gap_in_the_middle(movement):
    shape = shape_mouth(MOUTH, movement, X)
    middle = X.size // 2
    gap = float(shape.inner_bottom[0, middle] - shape.inner_top[0, middle])
    assert abs(gap - shape.aperture) < 1e-5
    np.testing.assert_allclose(true_apertures(MOUTH, movement[None]), [shape.aperture], rtol=1e-5, atol=1e-6)


def test_aperture_one_is_the_full_opening():
    movement = np.zeros(8, np.float32)
    movement[0] = 1
    assert abs(shape_mouth(MOUTH, movement, X).aperture - FULL_OPENING) < 1e-6


def test_corners_of_the_opening_move_out_as_it_opens():
    closed, opened = np.zeros(8, np.float32), np.zeros(8, np.float32)
    opened[0] = 0.6
    assert shape_mouth(MOUTH, opened, X).inner_half_width > 1.05 * shape_mouth(MOUTH, closed, X).inner_half_width
