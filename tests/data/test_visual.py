"""What is seen of a face: finite where it is called valid, whatever the landmarks hold."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from avss.data.store import PreparedClip
from avss.data.visual import seen_points, stack, visual_of
from avss.vision.neutral_shape import neutral_shape

MakeClip = Callable[[int, int], PreparedClip]


def test_a_clip_is_seen_in_the_shapes_the_nets_expect(make_clip: MakeClip) -> None:
    clip = make_clip(0, 20)
    visual = visual_of(clip)
    assert [tuple(part.shape) for part in visual] == [(20, 9, 2), (20, 32, 48), (20,), (68, 2), (64, 64, 3)]
    assert [str(part.dtype) for part in visual] == [f"torch.{kind}" for kind in ("float32", "uint8", "bool")] + [
        "torch.float32",
        "torch.uint8",
    ]
    np.testing.assert_array_equal(visual.valid, clip.valid)
    np.testing.assert_array_equal(visual.shape, neutral_shape(clip.landmarks, clip.valid))


def test_what_is_seen_is_a_copy_of_the_store(make_clip: MakeClip) -> None:
    clip = make_clip(0, 5)
    clip.mouth.flags.writeable = False
    visual_of(clip).mouth.zero_()
    assert clip.mouth.any()


@given(seed=st.integers(0, 2**32), T=st.integers(1, 20), spoilt=st.floats(0, 1))
@pytest.mark.parametrize("number", [np.nan, np.inf])
def test_frames_whose_landmarks_are_no_numbers_are_not_valid(number: float, seed: int, T: int, spoilt: float) -> None:
    rng = np.random.default_rng([seed])
    landmarks = rng.normal(size=(T, 68, 2)).astype(np.float32)
    bad = rng.random(T) < spoilt
    landmarks[bad, rng.integers(68)] = number
    points, valid = seen_points(landmarks, np.ones(T, bool))
    np.testing.assert_array_equal(valid, ~bad)
    assert np.isfinite(points).all()


@pytest.mark.parametrize("T", [1, 3])
def test_a_face_that_is_never_seen_has_no_shape(T: int, make_clip: MakeClip) -> None:
    clip = replace(make_clip(0, T), valid=np.zeros(T, bool))
    visual = visual_of(clip)
    assert not visual.shape.any()
    assert not visual.valid.any()


def test_a_batch_is_padded_with_frames_that_are_not_valid(make_clip: MakeClip) -> None:
    short, long = (visual_of(make_clip(seed, T)) for seed, T in ((1, 3), (2, 8)))
    batch = stack([short, long])
    assert batch.points.shape == (2, 8, 9, 2)
    assert not batch.valid[0, 3:].any()
    for whole, part in zip(batch, short, strict=True):
        torch.testing.assert_close(whole[0, : len(part)], part)
    torch.testing.assert_close(batch.mouth[1], long.mouth)
