"""Brushes: coordinates, edges and colours."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from avss.corpora.generated.face.painting import (
    OVERSAMPLING,
    Canvas,
    blob,
    clouds,
    convex_distance,
    grain,
    paint,
    ramp,
    shade,
)


@pytest.fixture
def canvas() -> Canvas:
    return Canvas.of_frame(40, 60, centre=(30, 20), half_width=10)


def test_the_origin_lies_at_the_centre_and_one_unit_is_half_a_face(canvas):
    assert canvas.shape == (40 * OVERSAMPLING, 60 * OVERSAMPLING)
    assert canvas.x[0, 30 * OVERSAMPLING] == 0
    assert canvas.y[20 * OVERSAMPLING, 0] == 0
    assert canvas.x[0, 40 * OVERSAMPLING] == pytest.approx(1)


def test_a_part_knows_its_place(canvas):
    part = canvas.part(-1, 1, -0.5, 1.5).part(-0.5, 0.5, 0, 9)
    np.testing.assert_array_equal(part.x, canvas.x[:, part.place[1]])
    np.testing.assert_array_equal(part.y, canvas.y[part.place[0]])
    assert part.x.min() >= -0.5
    assert part.y.max() <= 1.5


def test_a_part_beyond_the_canvas_is_empty(canvas):
    assert 0 in canvas.part(-1, 1, 50, 60).shape


def test_cover_is_full_inside_none_outside_and_half_on_the_edge(canvas):
    coverage = canvas.cover(np.abs(canvas.x) - 1)
    assert coverage[0, 30 * OVERSAMPLING] == 1
    assert coverage[0, 0] == 0
    assert coverage[0, 40 * OVERSAMPLING] == pytest.approx(0.5, abs=1e-3)


def test_covered_area_is_that_of_the_shape(canvas):
    disc = canvas.cover(np.hypot(canvas.x, canvas.y) - 1)
    assert disc.sum() / canvas.scale**2 == pytest.approx(np.pi, rel=0.01)


def test_a_blob_is_highest_at_its_centre(canvas):
    hill = blob(canvas, 0.5, -0.5, 0.3, 0.2)
    row, column = np.unravel_index(hill.argmax(), hill.shape)
    assert canvas.x[0, column] == pytest.approx(0.5, abs=0.03)
    assert canvas.y[row, 0] == pytest.approx(-0.5, abs=0.03)


@given(start=st.floats(-5, 5), width=st.floats(0.1, 5), falling=st.booleans())
def test_a_ramp_rises_from_start_to_end_whichever_comes_first(start, width, falling):
    end = start - width if falling else start + width
    values = ramp(np.linspace(start, end, 50), start, end)
    assert values[0] == pytest.approx(0, abs=1e-5)
    assert values[-1] == pytest.approx(1, abs=1e-5)
    assert np.all(np.diff(values) >= -1e-6)


def test_a_polygon_is_negative_inside():
    square = ((-1.0, 1.0), (-1.0, -1.0), (1.0, -1.0), (1.0, 1.0))
    x, y = np.array([[0.0, 1.0, 3.0]], np.float32), np.zeros((1, 1), np.float32)
    np.testing.assert_allclose(convex_distance(x, y, square), [[-1, 0, 2]], atol=1e-6)


@given(st.floats(0, 1))
def test_paint_mixes_by_coverage(share):
    picture = np.full((2, 2, 3), 100, np.float32)
    paint(picture, (200, 100, 0), np.full((2, 2), share, np.float32))
    np.testing.assert_allclose(picture[0, 0], [100 + 100 * share, 100, 100 - 100 * share], rtol=1e-4, atol=1e-3)


def test_shade_takes_light():
    picture = np.full((1, 1, 3), 100, np.float32)
    shade(picture, np.full((1, 1), 0.25, np.float32))
    np.testing.assert_allclose(picture, 75)


def test_noise_has_unit_variance_and_is_reproducible():
    one, other = (grain(np.random.default_rng(1), (80, 90), 1.0) for _ in range(2))
    np.testing.assert_array_equal(one, other)
    assert one.std() == pytest.approx(1, rel=1e-3)
    blotches = clouds(np.random.default_rng(1), (80, 90), 20)
    assert blotches.shape == (80, 90)
    assert np.abs(np.diff(blotches, axis=1)).max() < 0.5
