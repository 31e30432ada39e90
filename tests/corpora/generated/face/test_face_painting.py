"""Head, skin, hair, beard, eyes and clothes: each is drawn where and as its traits say."""

from dataclasses import replace
from typing import get_args
from zlib import crc32

import numpy as np
import pytest

from avss.corpora.generated.cast.body import Body
from avss.corpora.generated.cast.face_population import draw_face_traits
from avss.corpora.generated.cast.face_traits import BeardStyle, FaceTraits, Glasses, HairStyle, Neckline
from avss.corpora.generated.face.beard import paint_beard
from avss.corpora.generated.face.bust import paint_clothes
from avss.corpora.generated.face.eyes import eye_band, eyes_from_open_to_closed, paint_glasses
from avss.corpora.generated.face.hair import HairLayers
from avss.corpora.generated.face.head import CROWN, face_distance, half_width_at, light_on, relief_of
from avss.corpora.generated.face.painting import Canvas
from avss.corpora.generated.face.skin import skin_picture

TRAITS: FaceTraits = draw_face_traits(
    lambda name: np.random.default_rng([7, 2, crc32(name.encode())]), Body("m", 0.0, 0.0)
)
CANVAS = Canvas.of_frame(144, 180, (90, 64), 32)


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def grey() -> np.ndarray:
    return np.full((*CANVAS.shape, 3), 150, np.float32)


def at(picture: np.ndarray, x: float, y: float) -> np.ndarray:
    """The colour of a picture at (x, y) in face units."""
    return picture[np.searchsorted(CANVAS.y[:, 0], y), np.searchsorted(CANVAS.x[0], x)]


def test_a_head_is_widest_at_the_eyes_and_ends_at_crown_and_chin():
    y = np.array([[CROWN - 0.01], [-0.7], [0.0], [0.8], [TRAITS.head.chin + 0.01]], np.float32)
    above, brow, eyes, jaw, below = half_width_at(TRAITS, y)[:, 0]
    assert above == below == 0
    assert eyes == pytest.approx(1)
    assert 0.5 < brow < eyes
    assert 0.5 < jaw < eyes


def test_a_square_jaw_is_broader():
    square = replace(TRAITS, head=replace(TRAITS.head, jaw=3.2))
    pointed = replace(TRAITS, head=replace(TRAITS.head, jaw=2.0))
    y = np.array([[1.1]], np.float32)
    assert half_width_at(square, y) > half_width_at(pointed, y) + 0.1


def test_the_face_ends_at_its_outline():
    distance = face_distance(CANVAS, TRAITS)
    assert at(distance, 0, 0.5) < 0 < at(distance, 1.1, 0.5)
    assert at(distance, 0, CROWN - 0.1) > 0
    assert at(distance, 0, TRAITS.head.chin + 0.1) > 0


def test_the_tip_of_the_nose_stands_out_most():
    relief = relief_of(CANVAS, TRAITS)
    row, column = np.unravel_index(relief.argmax(), relief.shape)
    assert abs(CANVAS.x[0, column]) < 0.08
    assert CANVAS.y[row, 0] == pytest.approx(TRAITS.nose.tip, abs=0.12)


@pytest.mark.parametrize("side", [-1, 1])
def test_the_side_towards_the_lamp_is_brighter(side):
    scene = replace(TRAITS.scene, light=(0.6 * side, -0.4))
    light, _ = light_on(relief_of(CANVAS, TRAITS), CANVAS, scene)
    assert at(light, 0.75 * side, 0.3) > at(light, -0.75 * side, 0.3) + 0.1


def test_skin_has_the_colour_of_its_traits():
    skin = skin_picture(CANVAS, TRAITS, relief_of(CANVAS, TRAITS), rng())
    forehead = skin[np.abs(CANVAS.y[:, 0] + 0.5) < 0.1][:, np.abs(CANVAS.x[0]) < 0.3].mean(axis=(0, 1))
    np.testing.assert_allclose(forehead, TRAITS.skin.colour, rtol=0.4)
    assert forehead[0] > forehead[1] > forehead[2]


@pytest.mark.parametrize("style", get_args(HairStyle))
def test_hair_covers_the_crown_and_leaves_the_forehead_free(style):
    hair = replace(TRAITS.hair, style=style, colour=(10.0, 10.0, 10.0), fringe=0.0)
    behind, in_front = grey(), grey()
    layers = HairLayers(CANVAS, replace(TRAITS, hair=hair), rng())
    layers.paint_behind(behind)
    layers.paint_in_front(in_front)
    assert (at(in_front, 0, -1.2).mean() < 75) == (style != "bald")
    assert at(in_front, 0, -0.5).mean() > 120
    assert (at(behind, 1.03, 0.9).mean() < 75) == (style in ("bob", "long"))


def test_a_fringe_covers_the_forehead():
    covered = []
    for fringe in (0.0, 0.7):
        picture = grey()
        hair = replace(TRAITS.hair, style="short", colour=(10.0, 10.0, 10.0), fringe=fringe, parting=0.0)
        HairLayers(CANVAS, replace(TRAITS, hair=hair), rng()).paint_in_front(picture)
        covered.append(at(picture, 0, -0.66).mean() < 75)
    assert covered == [False, True]


@pytest.mark.parametrize(
    ("style", "lip", "chin", "cheek"),
    [
        ("none", False, False, False),
        ("stubble", True, True, True),
        ("moustache", True, False, False),
        ("goatee", True, True, False),
        ("full", True, True, True),
    ],
)
def test_beards_grow_where_they_do(style: BeardStyle, lip: bool, chin: bool, cheek: bool):
    picture = grey()
    hair = replace(TRAITS.hair, beard=style, colour=(10.0, 10.0, 10.0))
    paint_beard(picture, CANVAS, replace(TRAITS, hair=hair), np.ones(CANVAS.shape, np.float32), rng())
    places = ((0.1, TRAITS.mouth.y - 0.09), (0, TRAITS.mouth.y + 0.36), (0.75, 1.0))
    assert [bool(at(picture, *place).mean() < 140) for place in places] == [lip, chin, cheek]
    assert at(picture, 0, 0).mean() == pytest.approx(150)
    assert picture.min() > 35, "skin shines through every beard"


def test_eyes_close_from_white_to_skin():
    band = eye_band(CANVAS)
    pictures = eyes_from_open_to_closed(0.5 * grey(), band, TRAITS)
    whites = [(picture.min(axis=2) > 130).sum() for picture in pictures]
    assert whites[0] > whites[1] > whites[2] == 0


def test_glasses_have_a_rim_around_each_eye():
    glasses = Glasses(width=0.33, height=0.22, roundness=4, rim=0.05, colour=(0.0, 0.0, 0.0))
    band = eye_band(CANVAS)
    picture = grey()
    paint_glasses(picture[band.place], band, TRAITS.eyes.apart, glasses)
    for side in (-1, 1):
        assert at(picture, side * (TRAITS.eyes.apart + 0.33), 0.02).mean() < 60
        assert at(picture, side * TRAITS.eyes.apart, 0.02).mean() > 130


@pytest.mark.parametrize("neckline", get_args(Neckline))
def test_clothes_cover_shoulders_and_leave_the_neck_free(neckline):
    picture = grey()
    scene = replace(TRAITS.scene, shirt=(200.0, 20.0, 20.0), neckline=neckline)
    paint_clothes(picture, CANVAS, replace(TRAITS, scene=scene), rng())
    assert at(picture, 1.5, 2.4)[1] < 60
    assert at(picture, 0, 1.7)[1] > 100
