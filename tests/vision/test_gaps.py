import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from avss.vision.gaps import SHORT_GAP, bridge_gaps

masks = st.lists(st.booleans(), min_size=1, max_size=60).map(lambda flags: np.array(flags))


@given(masks, st.integers(0, 1000))
def test_seen_frames_stay_and_others_are_bridged_or_zero(valid: np.ndarray, seed: int) -> None:
    values = np.random.default_rng(seed).uniform(1, 2, (len(valid), 3, 2)).astype(np.float32)
    filled = bridge_gaps(values, valid)
    assert filled.dtype == values.dtype
    np.testing.assert_array_equal(filled[valid], values[valid])
    for t in np.flatnonzero(~valid):
        before, after = np.flatnonzero(valid[:t]), np.flatnonzero(valid[t:])
        if len(before) and len(after) and t + after[0] - before[-1] - 1 <= SHORT_GAP:
            low, high = before[-1], t + after[0]
            expected = values[low] + (values[high] - values[low]) * (t - low) / (high - low)
            np.testing.assert_allclose(filled[t], expected, rtol=1e-5)
        else:
            assert (filled[t] == 0).all()


def test_grey_levels_are_rounded_and_the_input_is_not_changed() -> None:
    values = np.array([10, 99, 99, 13], np.uint8)
    np.testing.assert_array_equal(bridge_gaps(values, np.array([True, False, False, True])), [10, 11, 12, 13])
    np.testing.assert_array_equal(values, [10, 99, 99, 13])
