"""When a curriculum goes on, and from which levels it draws."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from avss.data.mixture_settings import MixtureSettings
from avss.errors import SettingsError
from avss.training.pacing import Level, Order, Pacing, Place

LEVELS = 4


def walk(pacing: Pacing, scores: list[float]) -> list[int]:
    """The level after each epoch."""
    place, levels = Place(), []
    for score in scores:
        place = place.after(score, pacing, LEVELS)
        levels.append(place.level(pacing, LEVELS))
    return levels


def test_a_level_is_left_when_validation_no_longer_gains() -> None:
    pacing = Pacing(patience=2, gain=0.5, longest=100)
    assert walk(pacing, [1, 2, 3, 3.4, 3.4, 0, 1, 0, 0]) == [0, 0, 0, 0, 1, 1, 1, 1, 2]


def test_a_slow_gain_over_several_epochs_is_one() -> None:
    pacing = Pacing(patience=3, gain=0.5, longest=100)
    assert walk(pacing, [1, 1.3, 1.6, 1.9, 2.2]) == [0, 0, 0, 0, 0]


def test_a_level_is_left_after_the_longest_time_and_the_last_one_never() -> None:
    assert walk(Pacing(patience=None, longest=2), list(range(10))) == [0, 1, 1, 2, 2, 3, 3, 3, 3, 3]


def test_a_fixed_schedule_does_not_listen_to_validation() -> None:
    pacing = Pacing(patience=None, longest=3)
    assert walk(pacing, [0.0] * 7) == walk(pacing, [float(n) for n in range(7)])


def test_hard_first_begins_at_the_last_level() -> None:
    assert walk(Pacing(order="hard first", patience=None, longest=1), [0.0] * 4) == [2, 1, 0, 0]


@given(
    st.sampled_from(["easy first", "hard first", "uniform"]),
    st.integers(0, LEVELS - 1),
    st.floats(0, 0.99),
)
def test_shares_add_up_and_only_visited_levels_are_reviewed(order: Order, visited: int, review: float) -> None:
    pacing, place = Pacing(order=order, review=review), Place(visited)
    shares = place.shares(pacing, LEVELS)
    assert shares.sum() == pytest.approx(1) and (shares >= 0).all()
    if order == "uniform":
        np.testing.assert_allclose(shares, 1 / LEVELS)
        return
    at = place.level(pacing, LEVELS)
    assert shares[at] == pytest.approx(1 - review if visited else 1)
    ahead = shares[at + 1 :] if order == "easy first" else shares[:at]
    assert not ahead.any()


def test_without_review_nothing_comes_from_levels_already_left() -> None:
    np.testing.assert_array_equal(Place(2).shares(Pacing(review=0.0), LEVELS), [0, 0, 1, 0])


def test_a_level_changes_what_it_names_and_nothing_else() -> None:
    mixtures = MixtureSettings(frames=50, same_speaker=0.3)
    noisy = Level((4, 6), (-5.0, 10.0), 0.2).of(mixtures)
    assert (noisy.speakers, noisy.noise, noisy.snr_range, noisy.silent_faces) == ((4, 6), 1.0, (-5.0, 10.0), 0.2)
    assert (noisy.frames, noisy.same_speaker) == (50, 0.3)
    assert Level((2, 2)).of(mixtures).noise == 0
    assert Level((2, 2), (0.0, 5.0), noise=0.7).of(mixtures).noise == 0.7


@pytest.mark.parametrize("wrong", [{"patience": 0}, {"longest": 0}, {"review": 1.0}, {"review": -0.1}])
def test_impossible_pacing_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(SettingsError, match=next(iter(wrong))):
        Pacing(**wrong)  # ty: ignore[invalid-argument-type]
