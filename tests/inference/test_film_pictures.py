"""What is drawn points at the right face, and at none that is not there."""

import numpy as np
import pytest

from avss.inference.film_pictures import Mark, dark, pointed_out, spotlight, write_caption

BOX = np.array([40, 50, 80, 90], np.float32)
UNSEEN = [np.zeros(4, np.float32), np.full(4, np.nan, np.float32)]


def _picture(height: int = 144, width: int = 200) -> np.ndarray:
    return np.random.default_rng(0).integers(100, 256, (height, width, 3)).astype(np.uint8)


def test_only_the_face_is_in_the_light():
    picture, darkened = _picture(), dark(_picture())
    lit = spotlight(picture, darkened, Mark("face1", BOX))
    np.testing.assert_array_equal(lit[55:88, 42:78], picture[55:88, 42:78])
    np.testing.assert_array_equal(lit[:, 100:], darkened[:, 100:])
    np.testing.assert_array_equal(lit[100:], darkened[100:])
    assert darkened.mean() < 0.35 * picture.mean()
    np.testing.assert_array_equal(darkened, dark(_picture()))  # not drawn upon


@pytest.mark.parametrize("box", UNSEEN)
def test_a_face_that_is_not_seen_is_not_pointed_at(box):
    picture, darkened = _picture(), dark(_picture())
    mark = Mark("face1", box)
    assert not mark.seen
    np.testing.assert_array_equal(spotlight(picture, darkened, mark), darkened)
    np.testing.assert_array_equal(pointed_out(picture, [mark]), picture)


def test_all_faces_are_pointed_out_in_full_light():
    picture = _picture()
    shown = pointed_out(picture, [Mark("face1", BOX), Mark("face2", BOX + np.array([80, 0, 80, 0]))])
    changed = (shown != picture).any(axis=2)
    assert changed[:, :100].any() and changed[:, 100:].any()
    assert changed.mean() < 0.2
    np.testing.assert_array_equal(picture, _picture())


def test_names_tell_faces_apart():
    picture = _picture()
    first, second = (spotlight(picture, dark(picture), Mark(name, BOX)) for name in ("face1", "face2"))
    assert (first != second).any()


@pytest.mark.parametrize("box", [[-30, -30, 20, 20], [180, 120, 260, 190], [-50, -50, 400, 400], [300, 300, 400, 400]])
def test_a_face_may_reach_out_of_the_picture(box):
    mark = Mark("face1", np.array(box, np.float32))
    assert spotlight(_picture(), dark(_picture()), mark).shape == (144, 200, 3)


@pytest.mark.parametrize("height, width", [(144, 200), (18, 32), (6, 8)])
def test_a_caption_stands_at_the_bottom_of_a_picture_of_any_size(height, width):
    picture = _picture(height, width)
    write_caption(picture, "heard: face1")
    changed = np.flatnonzero((picture != _picture(height, width)).any(axis=(1, 2)))
    assert len(changed) and (changed.min() > 100 or height < 50)
