import numpy as np
import pytest

from avss.errors import CorpusError
from avss.evaluation.word_probe import PooledWords, tell_words

WORDS = ("bin", "lay", "red", "blue")


def pooled(seed: int, words: tuple[str, ...] = WORDS, telling: bool = True) -> PooledWords:
    """Ten words of each kind by two speakers, with features that tell them, or that tell nothing."""
    rng = np.random.default_rng([seed])
    said = np.repeat(words, 10)
    places = np.array([WORDS.index(word) for word in said])
    features = rng.normal(size=(len(said), 8)) + (4 * np.eye(8)[places] if telling else 0)
    return PooledWords(features, said, np.array(["s1", "s2"] * (len(said) // 2)))


def test_words_are_told_by_slot_and_by_speaker() -> None:
    told = tell_words(pooled(0), pooled(1))
    assert list(told.by_slot()) == ["command", "colour", "mean"]
    assert told.share.value > 0.9
    assert told.of_speaker.keys() == {"s1", "s2"}
    assert np.mean(list(told.of_speaker.values())) == pytest.approx(told.share.value)
    assert told.chance == 0.25


def test_features_that_tell_nothing_are_no_better_than_two_words_to_choose_from() -> None:
    assert tell_words(pooled(0, telling=False), pooled(1, telling=False)).share.value < 0.75


def test_a_slot_of_which_one_word_was_learned_is_refused() -> None:
    with pytest.raises(CorpusError, match="one colour at most"):
        tell_words(pooled(0, ("bin", "lay", "red")), pooled(1))
