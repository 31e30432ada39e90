"""Who says what: GRID sentences dealt out so that no sentence is said twice in a corpus.

All 64 000 sentences are shuffled by the seed and dealt like cards, one to each of 640 possible speakers in
turn. So more clips or more speakers never change what was already dealt.
"""

from functools import lru_cache

import numpy as np

from avss.corpora.sentence import SENTENCES, Sentence
from avss.errors import CorpusError

MOST_SPEAKERS = 640
MOST_CLIPS = SENTENCES // MOST_SPEAKERS


def sentence_for(seed: int, speaker: int, index: int) -> Sentence:
    """The sentence of clip ``index`` (from 0) of ``speaker`` (from 1).

    Raises:
        CorpusError: there are no such speaker and clip, see :func:`check_counts`.
    """
    check_counts(speaker, index + 1)
    return Sentence.from_number(int(_order(seed)[index * MOST_SPEAKERS + speaker - 1]))


def check_counts(speakers: int, clips: int) -> None:
    """Check that there are enough different sentences.

    Raises:
        CorpusError: not 1 … 640 speakers, or not 1 … 100 clips of each.
    """
    if not (1 <= speakers <= MOST_SPEAKERS and 1 <= clips <= MOST_CLIPS):
        raise CorpusError(
            f"{speakers} speakers with {clips} clips each",
            f"1 to {MOST_SPEAKERS} speakers with 1 to {MOST_CLIPS} clips each; GRID has {SENTENCES} sentences "
            "and none is said twice",
            "ask for less, or generate a second corpus with another seed",
        )


@lru_cache(maxsize=2)
def _order(seed: int) -> np.ndarray:
    return np.random.default_rng([seed, SENTENCES]).permutation(SENTENCES)
