from dataclasses import fields, is_dataclass
from zlib import crc32

import numpy as np
import pytest

from avss.corpora.clip import Sex
from avss.corpora.generated.cast.body import Body
from avss.corpora.generated.cast.face_population import draw_face_traits
from avss.corpora.generated.cast.face_traits import FaceTraits

SEXES: tuple[Sex, ...] = ("m", "f")


def traits_of(number: int, sex: Sex = "f", size: float = 0.0) -> FaceTraits:
    return draw_face_traits(lambda name: np.random.default_rng([7, number, crc32(name.encode())]), Body(sex, size, 0.0))


def leaves(value, path=""):
    if is_dataclass(value):
        for field in fields(value):
            yield from leaves(getattr(value, field.name), f"{path}.{field.name}")
    else:
        yield path, value


def test_the_same_draws_give_the_same_face():
    assert traits_of(3) == traits_of(3)


def test_all_speakers_have_faces_of_their_own_of_many_kinds():
    faces = [traits_of(number, SEXES[number % 2]) for number in range(120)]
    assert len(set(faces)) == 120
    assert len({face.hair.style for face in faces}) == 7
    assert len({face.hair.beard for face in faces}) == 5
    assert 10 <= sum(face.glasses is not None for face in faces) <= 40


def test_no_woman_has_a_beard():
    assert {traits_of(number).hair.beard for number in range(50)} == {"none"}


@pytest.mark.parametrize("sex", ["m", "f"])
def test_a_larger_body_has_a_larger_longer_face(sex: Sex):
    small, large = traits_of(1, sex, -2.0), traits_of(1, sex, 2.0)
    assert large.scene.half_width > small.scene.half_width + 8
    assert large.head.chin > small.head.chin
    assert large.mouth.half_width > small.mouth.half_width
    assert large.skin == small.skin


def test_one_attribute_drawn_anew_changes_no_other():
    def child(salt: int):
        return lambda name: np.random.default_rng([salt if name == "nose.tip" else 0, crc32(name.encode())])

    before, after = (
        dict(leaves(draw_face_traits(child(0), Body("m", 0, 0)))),
        dict(leaves(draw_face_traits(child(1), Body("m", 0, 0)))),
    )
    assert {path for path in before if before[path] != after[path]} == {".nose.tip"}


def test_every_mouth_lies_where_landmarks_find_it_and_is_darker_than_its_skin():
    luminance = np.array([0.299, 0.587, 0.114])
    for number in range(200):
        face = traits_of(number, SEXES[number % 2])
        assert 0.91 <= face.mouth.y <= 0.95
        assert np.dot(face.mouth.lip, luminance) < 0.85 * np.dot(face.skin.colour, luminance)
