"""What is remembered of voices that pass by."""

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from avss.inference.impressions import Impressions, stretches
from avss.inference.windows import Separated
from avss.rates import samples_in


def impressions_of(voices: np.ndarray, *edges: int) -> Impressions:
    """Impressions of voices [K,S] that pass in pieces with these edges, in frames."""
    heard = Impressions(len(voices))
    pieces = np.split(voices, [samples_in(edge) for edge in edges], axis=1)
    passed = list(heard.of([Separated(piece.sum(0), piece) for piece in pieces]))
    assert [piece.voices.shape for piece in passed] == [piece.shape for piece in pieces]
    return heard


def noise(*loud: tuple[int, int], T: int = 100, level: float = 0.1) -> np.ndarray:
    """Noise [S] in these stretches of frames."""
    wave = np.random.default_rng([len(loud), T]).normal(0, level, samples_in(T)).astype(np.float32)
    inside = np.zeros(T, bool)
    for start, stop in loud:
        inside[start:stop] = True
    return wave * inside.repeat(samples_in(1))


@given(arrays(bool, st.integers(0, 40)))
def test_stretches_are_the_runs_of_true_frames(frames: np.ndarray) -> None:
    again = np.zeros(len(frames), bool)
    found = stretches(frames)
    for start, stop in found:
        again[start:stop] = True
    assert (again == frames).all()
    assert all(before[1] < after[0] for before, after in pairwise(found))


def test_the_rest_has_its_level_beside_the_mixture() -> None:
    loud = noise((0, 100))
    heard = Impressions(2)
    list(heard.of([Separated(loud, np.stack([loud * 0.5, loud * 0.4]))]))
    np.testing.assert_allclose(heard.rest_level, -20, atol=0.01)
    assert impressions_of(np.zeros((1, samples_in(10)), np.float32)).rest_level == -120


def test_pieces_make_no_difference() -> None:
    voices = np.stack([noise((0, 60)), noise((30, 100), (10, 20))])
    whole, parts = impressions_of(voices), impressions_of(voices, 3, 50, 51)
    np.testing.assert_allclose(whole.powers, parts.powers)
    np.testing.assert_allclose(whole.products, parts.products)


def test_voices_have_their_level_beside_the_mixture() -> None:
    loud = noise((0, 100))
    levels = impressions_of(np.stack([loud * 0.9, loud * 0.1, loud * 0])).levels
    np.testing.assert_allclose(levels[:2], 20 * np.log10([0.9, 0.1]), atol=1e-3)
    assert levels[2] < -100


def test_copies_are_alike_and_silence_is_like_nobody() -> None:
    one, two = noise((0, 100)), noise((0, 100), (0, 0))
    likeness = impressions_of(np.stack([one, one * -0.3, two, one * 0])).likeness
    np.testing.assert_allclose(likeness[0, 1], 1)
    assert likeness[0, 2] < 0.05 and likeness[0, 3] == 0


def test_who_speaks_when_is_told_without_short_pauses_and_noises() -> None:
    voices = np.stack([noise((10, 30), (35, 60), (80, 82)), noise((70, 100)), noise() * 0])
    first, second, silent = impressions_of(voices).speaking()
    assert stretches(first) == [(10, 60)]
    assert stretches(second) == [(70, 100)]
    assert not silent.any()


def test_what_leaks_into_a_voice_is_no_speech() -> None:
    voice = noise((0, 50)) + 0.02 * noise((50, 100))
    assert stretches(impressions_of(np.stack([voice, noise((50, 100))])).speaking()[0]) == [(0, 50)]


def test_nobody_speaks_in_silence() -> None:
    heard = impressions_of(np.zeros((2, samples_in(50)), np.float32))
    assert not heard.speaking().any()
    assert heard.levels.tolist() == [-120, -120]
