"""The stream holds each valid mouth once, in blocks that are large enough, and its memory does not grow."""

import tracemalloc
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from avss.data.mouths import MouthView, clips_of, stream_mouths
from avss.data.store import PreparedStore
from avss.errors import SettingsError

MakeStore = Callable[..., PreparedStore]


def numbered(lengths: Sequence[int]) -> dict[str, np.ndarray]:
    """Clips s0/0, s1/1, s0/2 … whose mouths are recognised by their first two bytes."""
    mouths = {}
    for n, T in enumerate(lengths):
        mouth = np.zeros((T, 32, 48), np.uint8)
        mouth[:, 0, 0], mouth[:, 0, 1] = n, np.arange(T)
        mouths[f"s{n % 2}/{n}"] = mouth
    return mouths


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lengths=st.lists(st.integers(1, 30), min_size=1, max_size=8), block=st.integers(1, 40), every=st.integers(1, 4))
def test_every_valid_mouth_comes_once_and_in_order(
    tmp_path_factory: pytest.TempPathFactory, make_store: MakeStore, lengths: list[int], block: int, every: int
) -> None:
    mouths = numbered(lengths)
    valid = {clip_id: np.random.default_rng(len(mouth)).random(len(mouth)) < 0.7 for clip_id, mouth in mouths.items()}
    store = make_store(tmp_path_factory.mktemp("m") / "s", mouths, {"s0": "train", "s1": "train"}, valid)
    blocks = list(stream_mouths(store, list(mouths), block=block, every=every))
    wanted = np.concatenate([mouth[valid[clip_id]][::every] for clip_id, mouth in mouths.items()])
    np.testing.assert_array_equal(np.concatenate([np.zeros((0, 32, 48), np.uint8), *blocks]), wanted)
    assert all(len(mouths) >= min(block, len(wanted)) for mouths in blocks)


def test_the_clips_of_a_part_are_those_of_its_speakers(tmp_path: Path, make_store: MakeStore) -> None:
    store = make_store(tmp_path / "s", numbered([3, 4, 5]), {"s0": "train", "s1": "test"})
    assert clips_of(store, "train") == ["s0/0", "s0/2"]
    assert clips_of(store, "test") == ["s1/1"]
    assert clips_of(store, "valid") == []


def test_memory_does_not_grow_with_the_corpus(tmp_path: Path, make_store: MakeStore) -> None:
    store = make_store(tmp_path / "s", numbered([75] * 80), {"s0": "train", "s1": "train"})

    def peak(clips: int) -> int:
        tracemalloc.start()
        for _ in stream_mouths(store, list(store.clips.index[:clips]), block=256):
            pass
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak

    peak(1)
    assert peak(80) < 1.2 * peak(20)


@given(shrink=st.sampled_from([1, 2, 4]), height=st.integers(1, 8), width=st.integers(1, 12), grey=st.integers(0, 255))
def test_a_view_of_an_even_mouth_is_even_and_black_around_when_put_back(
    shrink: int, height: int, width: int, grey: int
) -> None:
    view = MouthView(4 * height, 4 * width, shrink)
    seen = view.of(np.full((2, 32, 48), grey, np.uint8))
    assert seen.shape == (2, *view.size)
    assert (seen == grey).all()
    back = view.back(seen.astype(np.float32))
    assert back.shape == (2, 32, 48)
    assert back.sum() == 2 * grey * 16 * height * width
    np.testing.assert_array_equal(view.of(back), seen)


def test_the_whole_mouth_is_seen_by_default() -> None:
    mouths = np.random.default_rng(0).integers(0, 256, (3, 32, 48), np.uint8)
    np.testing.assert_array_equal(MouthView().of(mouths), mouths)


@pytest.mark.parametrize("wrong", [(33, 48, 1), (32, 49, 1), (0, 48, 1), (32, 48, 0), (30, 48, 4), (32, 46, 4)])
def test_a_view_that_does_not_fit_the_crop_is_refused(wrong: tuple[int, int, int]) -> None:
    with pytest.raises(SettingsError, match="at most 32 × 48"):
        MouthView(*wrong)
