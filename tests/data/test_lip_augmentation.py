"""Changed clips stay clips: finite, of one length, and with labels that follow the picture."""

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from avss.data.lip_augmentation import FASTEST, SLOWEST, augment, mirror, shift, warp
from avss.data.lip_clips import LipClip
from avss.speech.phone_labels import PhoneLabels
from avss.vision.lip_points import CHIN, LEFT, RIGHT

clips = st.builds(lambda seed, T, seen: make(seed, T, seen), st.integers(0, 2**32), st.integers(1, 60), st.floats(0, 1))


def make(seed: int = 0, T: int = 20, seen: float = 1.0) -> LipClip:
    """A clip whose frames tell their number: in the points, the mouth and the label."""
    rng = np.random.default_rng([seed])
    frames = np.arange(T)
    points = np.tile(rng.normal(size=(9, 2)).astype(np.float32), (T, 1, 1))
    points[:, CHIN, 1] += frames
    mouth = np.broadcast_to(np.arange(6, dtype=np.uint8), (T, 4, 6)) + frames[:, None, None].astype(np.uint8)
    labels = PhoneLabels(frames.astype(np.int8), np.ones(T, np.float32))
    shape, picture = np.zeros((68, 2), np.float32), np.zeros((64, 64, 3), np.uint8)
    return LipClip("s1/a", "s1", "train", points, mouth, rng.random(T) < seen, shape, picture, labels, ())


@given(clip=clips, seed=st.integers(0, 2**32))
def test_an_augmented_clip_is_finite_of_one_length_and_the_same_each_time(clip: LipClip, seed: int) -> None:
    changed, again = (augment(clip, np.random.default_rng([seed])) for _ in range(2))
    assert len({len(part) for part in (changed.points, changed.mouth, changed.valid, changed.labels)}) == 1
    assert np.isfinite(changed.points).all()
    assert changed.points.dtype == np.float32
    np.testing.assert_array_equal(changed.points, again.points)
    assert changed.valid.sum() <= np.ceil(SLOWEST * clip.valid.sum()) + 1


def test_detectors_differ_and_drift() -> None:
    still = make(T=400)
    still = replace(still, points=np.tile(still.points[:1] + np.array([0, 9]), (400, 1, 1)).astype(np.float32))
    paths = [augment(still, np.random.default_rng([seed])).points[:, LEFT, 0] for seed in range(40)]
    shaking = [np.std(path) for path in paths]
    steps = [np.std(np.diff(path)) / np.std(path) for path in paths]
    assert max(shaking) > 4 * min(shaking)
    assert min(steps) < 0.7 < 1.2 < max(steps)


@given(clip=clips, factor=st.floats(FASTEST, SLOWEST))
def test_labels_and_mouths_follow_the_points_when_the_pace_changes(clip: LipClip, factor: float) -> None:
    warped = warp(clip, factor)
    assert len(warped) == max(1, round(len(clip) * factor))
    frame = warped.points[:, CHIN, 1] - clip.points[0, CHIN, 1]
    np.testing.assert_allclose(warped.labels.phones, frame, atol=0.501)
    np.testing.assert_array_equal(warped.mouth[:, 0, 0], warped.labels.phones)


@given(clip=clips)
def test_two_mirrors_undo_each_other_and_one_swaps_the_corners(clip: LipClip) -> None:
    once, twice = mirror(clip), mirror(mirror(clip))
    np.testing.assert_array_equal(twice.points, clip.points)
    np.testing.assert_array_equal(twice.mouth, clip.mouth)
    np.testing.assert_array_equal(once.points[:, LEFT], clip.points[:, RIGHT] * [-1, 1])
    np.testing.assert_array_equal(once.mouth[:, :, 0], clip.mouth[:, :, -1])


def test_a_shift_moves_the_picture_against_the_labels() -> None:
    clip = make()
    for name, part in (("points", clip.points), ("mouth", clip.mouth)):
        np.testing.assert_array_equal(getattr(shift(clip, 2), name)[2:], part[:-2])
        np.testing.assert_array_equal(getattr(shift(clip, -2), name)[:-2], part[2:])
    np.testing.assert_array_equal(shift(clip, 2).labels.phones, clip.labels.phones)
