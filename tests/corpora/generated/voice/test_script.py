"""Dealing out sentences: none twice, and growing changes nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avss.corpora.generated.voice.script import MOST_CLIPS, MOST_SPEAKERS, check_counts, sentence_for
from avss.corpora.sentence import SENTENCES
from avss.errors import CorpusError


def test_all_64_000_sentences_are_dealt_once():
    numbers = {
        sentence_for(3, speaker, index).number for speaker in range(1, MOST_SPEAKERS + 1) for index in range(MOST_CLIPS)
    }
    assert len(numbers) == SENTENCES == MOST_SPEAKERS * MOST_CLIPS


@given(st.integers(0, 3), st.integers(1, MOST_SPEAKERS), st.integers(0, MOST_CLIPS - 1))
def test_the_same_slot_has_the_same_sentence(seed, speaker, index):
    assert sentence_for(seed, speaker, index) == sentence_for(seed, speaker, index)


def test_another_seed_deals_otherwise():
    assert [sentence_for(0, 1, i) for i in range(5)] != [sentence_for(1, 1, i) for i in range(5)]


@pytest.mark.parametrize(("speakers", "clips"), [(0, 1), (641, 1), (1, 0), (1, 101), (-1, 5)])
def test_counts_beyond_the_sentences_are_refused(speakers, clips):
    with pytest.raises(CorpusError, match="none is said twice"):
        check_counts(speakers, clips)


@pytest.mark.parametrize(("speaker", "index"), [(0, 0), (641, 0), (1, -1), (1, 100)])
def test_slots_outside_the_deck_are_refused(speaker, index):
    with pytest.raises(CorpusError):
        sentence_for(0, speaker, index)
