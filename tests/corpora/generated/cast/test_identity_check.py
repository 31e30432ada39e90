"""The check of an identity, with the real detector and landmarks."""

from dataclasses import replace
from zlib import crc32

import numpy as np
import pytest

from avss.corpora.generated.cast.body import Body
from avss.corpora.generated.cast.face_population import draw_face_traits
from avss.corpora.generated.cast.identity_check import check_identity, correlation, measure_identity
from avss.errors import FaceError


@pytest.fixture(scope="module")
def traits():
    return draw_face_traits(lambda name: np.random.default_rng([7, 2, crc32(name.encode())]), Body("m", 0.0, 0.0))


def test_an_ordinary_face_is_followed_the_same_every_time(traits):
    check = check_identity(traits)
    assert check.tracked == 1
    assert check.correlation > 0.85
    assert measure_identity(traits) == check


def test_a_mouth_on_the_chin_is_turned_down(traits):
    misplaced = replace(traits, mouth=replace(traits.mouth, y=1.25))
    with pytest.raises(FaceError, match="correlation"):
        check_identity(misplaced)


def test_a_face_that_is_not_there_is_turned_down(traits):
    away = replace(traits, scene=replace(traits.scene, half_width=6.0))
    with pytest.raises(FaceError, match="tracked in 0% of frames"):
        check_identity(away)


def test_correlation_of_a_constant_is_zero():
    assert correlation(np.ones(5), np.arange(5)) == 0
    assert correlation(np.arange(5), 3 * np.arange(5) + 1) == pytest.approx(1)
    assert correlation(np.arange(5), -np.arange(5)) == pytest.approx(-1)
