"""The table between articulation and face."""

import numpy as np
import pytest

from avss.corpora.generated.lips.mouth_shapes import SHAPES
from avss.corpora.generated.lips.mouth_track import COLUMNS, MouthTrack
from avss.speech.phones import PHONES


def test_columns_are_properties():
    values = np.linspace(0, 0.9, 24, dtype=np.float32).reshape(3, 8)
    track = MouthTrack(values)
    assert len(track) == 3
    for index, name in enumerate(COLUMNS):
        np.testing.assert_array_equal(getattr(track, name), values[:, index])


@pytest.mark.parametrize(
    "values",
    [
        np.zeros((3, 7), np.float32),
        np.zeros(8, np.float32),
        np.zeros((3, 8)),
        np.full((3, 8), np.nan, np.float32),
        np.full((3, 8), 1.2, np.float32),
        np.full((3, 8), -0.1, np.float32),
    ],
)
def test_anything_but_a_sound_table_is_refused(values):
    with pytest.raises(ValueError, match="mouth track"):
        MouthTrack(values)


def test_every_phone_has_shapes_that_fit_a_track():
    assert set(SHAPES) == set(PHONES)
    for shapes in SHAPES.values():
        MouthTrack(np.stack([shape.targets for shape in shapes]).astype(np.float32))
        assert all((shape.holds > 0).all() for shape in shapes)


def test_lips_meet_for_bilabials_and_teeth_for_labiodentals():
    assert all(SHAPES[phone][0].aperture == 0 for phone in ("P", "B", "M"))
    assert SHAPES["F"][0].tuck == 1
    assert SHAPES["IY"][0].width > 0 > SHAPES["UW"][0].width
    assert SHAPES["UW"][0].protrusion > SHAPES["IY"][0].protrusion
