"""Lips that follow the phones."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from avss.corpora.clip import Segment
from avss.corpora.generated.cast.articulation_style import ArticulationStyle
from avss.corpora.generated.cast.speaker import draw_speaker
from avss.corpora.generated.lips.articulation import articulate
from avss.corpora.generated.lips.mouth_track import MouthTrack
from avss.rates import FRAME_RATE
from avss.speech.phones import PHONES, SILENCE, VISEMES

AVERAGE = ArticulationStyle(
    opening=1.0,
    spreading=1.0,
    rounding=1.0,
    clarity=1.0,
    sluggishness=1.0,
    lead=0.0,
    seal=0.0,
    rest=0.0,
    teeth=0.0,
    restlessness=0.0,
    offsets=dict.fromkeys(VISEMES, (0.0, 0.0, 0.0)),
)


def phones_of(labels: str, each: float = 0.12, start: float = 0.6) -> list[Segment]:
    return [Segment(start + k * each, start + (k + 1) * each, label) for k, label in enumerate(labels.split())]


def track_of(labels: str, style: ArticulationStyle = AVERAGE, each: float = 0.12) -> MouthTrack:
    return articulate(phones_of(labels, each), 50, style, np.random.default_rng(0))


def middle(index: int, each: float = 0.12) -> int:
    """The frame in the middle of phone ``index``."""
    return int((0.6 + (index + 0.5) * each) * FRAME_RATE)


@settings(deadline=None, max_examples=50)
@given(
    st.lists(st.sampled_from([phone for phone in PHONES if phone != SILENCE]), min_size=1, max_size=20),
    st.lists(st.floats(0.005, 0.2), min_size=20, max_size=20),
    st.integers(1, 100),
)
def test_any_phones_of_any_length_give_a_sound_track(labels, durations, number):
    edges = 0.4 + np.concatenate([[0], np.cumsum(durations)])
    phones = [Segment(edges[k], edges[k + 1], label) for k, label in enumerate(labels)]
    track = articulate(phones, 130, draw_speaker(0, number).style, np.random.default_rng(number))
    assert len(track) == 130


def test_the_same_take_moves_the_same_and_another_differs():
    style = draw_speaker(0, 1).style
    first, again, other = (articulate(phones_of("S EH T"), 50, style, np.random.default_rng(k)) for k in (1, 1, 2))
    np.testing.assert_array_equal(first.values, again.values)
    assert not np.array_equal(first.values, other.values)


@pytest.mark.parametrize("bilabial", ["P", "B", "M"])
def test_lips_close_for_bilabials_between_vowels(bilabial):
    track = track_of(f"AA {bilabial} AA")
    closed = track.aperture[middle(1) - 1 : middle(1) + 2]
    assert closed.min() < 0.02
    assert track.aperture[: middle(1)].max() > 0.3
    assert track.aperture[middle(1) :].max() > 0.3
    assert track.closure.max() > 0.6


def test_lips_are_closed_before_a_burst_and_open_after_it():
    phones = [Segment(0.6, 0.8, "AA"), Segment(0.8, 0.9, "P"), Segment(0.9, 1.1, "AA")]
    track = articulate(phones, 50, AVERAGE, np.random.default_rng(0))
    assert track.aperture[int(0.82 * FRAME_RATE)] < 0.03
    assert track.aperture[int(0.96 * FRAME_RATE)] > 0.2


def test_the_lower_lip_is_tucked_for_f_and_v():
    track = track_of("AA F AA")
    assert track.tuck[middle(1)] > 0.6
    assert track.aperture[middle(1)] < 0.5 * track.aperture[middle(0)]


def test_lips_round_for_oo_and_spread_for_ee():
    track = track_of("UW UW IY IY")
    assert track.protrusion[middle(0)] > 0.7 > 0.2 > track.protrusion[middle(3)]
    assert track.width[middle(0)] < -0.2 < 0.5 < track.width[middle(3)]


def test_the_tongue_shows_for_th():
    assert track_of("AA TH AA").tongue[middle(1)] > 0.6


def test_a_diphthong_moves_from_one_vowel_to_the_other():
    track = track_of("AW", each=0.3)
    start, end = int(0.65 * FRAME_RATE), int(0.85 * FRAME_RATE)
    assert track.protrusion[end] > track.protrusion[start] + 0.2


def test_a_sound_colours_its_neighbours():
    before_oo, before_ee = track_of("S UW"), track_of("S IY")
    assert before_oo.protrusion[middle(0)] > before_ee.protrusion[middle(0)] + 0.1


def test_lips_rest_before_and_after_speech():
    track = track_of("AA AA", dataclasses.replace(AVERAGE, rest=0.05))
    assert track.aperture[:8] == pytest.approx(0.05 * track.aperture.max() / 0.95, abs=0.02)
    assert track.aperture[-8:].max() < 0.06


@pytest.mark.parametrize(
    ("change", "wider"),
    [({"opening": 1.5}, True), ({"opening": 0.6}, False), ({"seal": 0.2}, False), ({"clarity": 0.6}, False)],
)
def test_style_changes_how_far_lips_open(change, wider):
    plain, styled = track_of("B AA D"), track_of("B AA D", dataclasses.replace(AVERAGE, **change))
    assert (styled.aperture.max() > plain.aperture.max()) == wider


def test_a_sluggish_speaker_moves_more_slowly():
    labels = "B AA F IY W EH"
    quick, slow = (track_of(labels, dataclasses.replace(AVERAGE, sluggishness=k), each=0.08) for k in (0.7, 1.5))
    assert np.abs(np.diff(slow.aperture)).sum() < np.abs(np.diff(quick.aperture)).sum()
