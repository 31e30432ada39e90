"""Head motion: small, slow, and reproducible."""

import numpy as np

from avss.corpora.generated.face.motion import HeadMotion, draw_head_motion


def test_motion_is_reproducible_and_as_long_as_asked():
    one, other = (draw_head_motion(np.random.default_rng(5), 75) for _ in range(2))
    assert len(one) == 75
    for name in ("shift", "turn", "nearness", "blink"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))


def test_a_single_frame_has_a_pose():
    assert draw_head_motion(np.random.default_rng(0), 1).turn.shape == (1, 3)


def test_heads_stay_near_and_move_slowly():
    for seed in range(20):
        motion = draw_head_motion(np.random.default_rng(seed), 75)
        assert np.abs(motion.shift).max() < 20
        assert np.abs(motion.turn).max() < 0.1
        assert np.abs(np.diff(motion.shift, axis=0)).max() < 1.5
        assert np.all((motion.nearness > 0.97) & (motion.nearness < 1.03))


def test_speakers_blink_but_mostly_look():
    blinks = np.stack([draw_head_motion(np.random.default_rng(seed), 75).blink for seed in range(40)])
    assert blinks.max() == 1
    assert blinks.min() == 0
    assert 0.05 < (blinks > 0).mean() < 0.25


def test_a_still_head_does_not_move():
    still = HeadMotion.still(3)
    assert not still.shift.any() and not still.turn.any() and not still.blink.any()
    assert np.all(still.nearness == 1)
