"""Frame labels from phones with times: exact where times are, and never surer than the times are known."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from avss.speech.phone_labels import LabelError, PhoneLabels, Timeline, label_frames
from avss.speech.phones import PHONES, SILENCE, UnknownPhoneError

INSTANTS = st.floats(-1, 4, allow_nan=False)


@st.composite
def timelines(draw: st.DrawFn, doubts: st.SearchStrategy[float]) -> Timeline:
    phones = draw(st.lists(st.sampled_from([*PHONES, None]), max_size=12))
    edges = sorted(draw(st.lists(INSTANTS, min_size=len(phones) + 1, max_size=len(phones) + 1)))
    doubt = draw(st.lists(doubts, min_size=len(edges), max_size=len(edges)))
    return Timeline(tuple(phones), np.array(edges), np.array(doubt))


def named(labels: PhoneLabels) -> list[str]:
    return [PHONES[phone] for phone in labels.phones]


def sampled(timeline: Timeline, T: int, per_frame: int = 400) -> np.ndarray:
    """The share of each frame that is each phone, counted at many instants, float [P,T]."""
    times = (np.arange(T * per_frame) + 0.5) / (25 * per_frame)
    place = np.searchsorted(timeline.edges, times, side="right")
    said = np.array([-1 if phone is None else PHONES.index(phone) for phone in (SILENCE, *timeline.phones, SILENCE)])
    at_time = said[place].reshape(T, per_frame)
    return np.stack([(at_time == index).mean(axis=1) for index in range(len(PHONES))])


@given(timelines(st.just(0.0)), st.integers(1, 80))
def test_with_exact_times_the_label_fills_the_largest_share_of_its_frame(timeline, T):
    labels = label_frames(timeline, T)
    shares = sampled(timeline, T)
    np.testing.assert_allclose(labels.confidence, shares.max(axis=0), atol=0.02)
    np.testing.assert_allclose(shares[labels.phones, np.arange(T)], shares.max(axis=0), atol=0.04)


@given(timelines(st.floats(0, 0.2)), st.integers(1, 80))
def test_labels_are_always_of_the_inventory_and_confidences_probabilities(timeline, T):
    labels = label_frames(timeline, T)
    assert (labels.phones.shape, labels.confidence.shape) == ((T,), (T,))
    assert (labels.phones.dtype, labels.confidence.dtype) == (np.int8, np.float32)
    assert set(named(labels)) <= set(PHONES)
    assert np.isfinite(labels.confidence).all()
    assert (labels.confidence >= 0).all()
    assert (labels.confidence <= 1).all()


def test_an_edge_makes_its_neighbourhood_as_uncertain_as_it_is_known():
    edges = np.array([0.0, 0.5, 1.0])
    sure, unsure = (
        label_frames(Timeline(("M", "AA"), edges, np.full(3, doubt)), 25).confidence for doubt in (0.0, 0.03)
    )
    assert sure[11] > 0.99
    assert sure[12] == pytest.approx(0.5, abs=0.01)
    assert unsure[11] < 0.9
    assert unsure[12] == pytest.approx(0.5, abs=0.01)
    assert unsure[6] > 0.99


def test_outside_of_what_is_said_is_silence():
    assert named(label_frames(Timeline(("S",), np.array([0.08, 0.16]), np.zeros(2)), 6)) == [
        "SIL", "SIL", "S", "S", "SIL", "SIL",
    ]  # fmt: skip


def test_a_sound_outside_the_inventory_gives_no_label_rather_than_silence():
    labels = label_frames(Timeline(("S", None, "AA"), np.array([0.0, 0.08, 0.16, 0.24]), np.zeros(4)), 6)
    np.testing.assert_allclose(labels.confidence, [1, 1, 0, 0, 1, 1], atol=1e-6)


@pytest.mark.parametrize("edges", [[0.2, 0.1], [0.0, np.nan], [0.0, np.inf]])
def test_times_that_run_backwards_or_are_no_times_are_refused(edges):
    with pytest.raises(LabelError, match="AA have the edges"):
        Timeline(("AA",), np.array(edges), np.zeros(2))


def test_a_phone_outside_the_inventory_is_refused():
    with pytest.raises(UnknownPhoneError, match="'aa'"):
        Timeline(("aa",), np.array([0.0, 1.0]), np.zeros(2))
