"""What is said, and when."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from avss.corpora.generated.cast.speaker import draw_speaker
from avss.corpora.generated.voice.utterance import SECONDS, Utterance, say, spelled_out
from avss.corpora.sentence import SENTENCES, Sentence
from avss.rates import SAMPLE_RATE
from avss.speech.phones import PHONES, SILENCE


def utter(number: int, sentence: Sentence, take: int = 0) -> Utterance:
    return say(sentence, draw_speaker(2, number).voice, np.random.default_rng(take))


@settings(deadline=None, max_examples=40)
@given(st.integers(1, 200), st.integers(0, SENTENCES - 1), st.integers(0, 99))
def test_any_speaker_says_any_sentence_within_three_seconds(number, sentence, take):
    said = Sentence.from_number(sentence)
    utterance = utter(number, said, take)
    assert utterance.wave.shape == (48_000,)
    assert utterance.wave.dtype == np.float32
    assert np.abs(utterance.wave).max() <= 0.5
    assert tuple(word.label for word in utterance.words) == said.words
    assert {phone.label for phone in utterance.phones} <= set(PHONES) - {SILENCE}
    for segments in (utterance.words, utterance.phones):
        assert all(segment.start < segment.end for segment in segments)
        assert all(before.end == after.start for before, after in pairwise(segments))
    assert utterance.phones[0].start == utterance.words[0].start
    assert utterance.phones[-1].end == utterance.words[-1].end <= SECONDS - 0.09
    assert 0.2 < utterance.words[0].start < 0.65


def test_the_same_take_sounds_the_same_and_another_does_not():
    sentence = Sentence.from_stem("bbaf2n")
    first, again, other = utter(1, sentence), utter(1, sentence), utter(1, sentence, take=1)
    np.testing.assert_array_equal(first.wave, again.wave)
    assert (first.words, first.phones) == (again.words, again.phones)
    assert not np.array_equal(first.wave, other.wave)


def test_there_is_silence_before_and_after_the_words_and_sound_within():
    utterance = utter(5, Sentence.from_stem("sgwm7s"))
    start = round((utterance.words[0].start - 0.01) * SAMPLE_RATE)
    end = round((utterance.words[-1].end + 0.06) * SAMPLE_RATE)
    assert np.abs(utterance.wave[:start]).max() < 1e-3
    assert np.abs(utterance.wave[end:]).max() < 1e-3
    assert np.sqrt(np.mean(utterance.wave[start:end] ** 2)) > 0.03


@pytest.mark.parametrize("stem", ["pgat2p", "pwip8p", "prwk5p"])
def test_stops_are_silent_in_their_closure_and_burst_within_5_ms_of_its_end(stem):
    utterance = utter(1, Sentence.from_stem(stem))
    stops = [phone for phone in utterance.phones if phone.label in ("P", "T", "K") and phone.end - phone.start > 0.05]
    assert stops
    for stop in stops:
        piece = utterance.wave[round(stop.start * SAMPLE_RATE) : round(stop.end * SAMPLE_RATE)]
        closure = round(0.04 * SAMPLE_RATE)
        assert np.abs(piece[round(0.01 * SAMPLE_RATE) : closure]).max() < 1e-3
        assert np.abs(piece[closure : closure + round(0.01 * SAMPLE_RATE)]).max() > 1e-3


def test_letters_are_spelled_and_a_is_no_article():
    assert spelled_out(Sentence.from_stem("bbaa2n")) == "bin blue at [['eI]] two now"
    assert spelled_out(Sentence.from_stem("bbaz2n")) == "bin blue at Z two now"
    phones = [phone.label for phone in utter(1, Sentence.from_stem("bbaa2n")).phones]
    assert "EY" in phones
