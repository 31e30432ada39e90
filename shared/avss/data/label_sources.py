"""The sources of phone labels behind one interface: each looks at one clip of a store and labels its frames.

``exact``      the phones of the clip with their times, which the generated corpus knows
``alignment``  the words of the clip with their times, phones spread inside them as espeak-ng would speak
``allosaurus`` the phones that Allosaurus hears in the sound of the clip

An edge is believed as far as it is known (:mod:`avss.speech.phone_labels`), so labels near edges are less certain,
and those of ``alignment`` and ``allosaurus`` less certain than those of ``exact``.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import numpy as np

from avss.corpora.alignment import SILENCES
from avss.corpora.clip import Segment
from avss.data.store import PreparedStore
from avss.errors import PartMissingError
from avss.speech.lexicon import Pronunciation, pronounce
from avss.speech.phone_labels import LabelError, PhoneLabels, Timeline, label_frames
from avss.speech.phone_recogniser import find_model, hear, spread
from avss.speech.phones import SILENCE

# Standard deviations in seconds.
WORD_DOUBT = 0.02
PHONE_DOUBT = 0.03


class LabelSource(Protocol):
    """A way to get the phones of a clip."""

    @property
    def name(self) -> str:
        """What the source is called in commands and file names."""
        ...

    def check(self, store: PreparedStore) -> None:
        """See whether any clip of ``store`` can be labelled.

        Raises:
            PartMissingError: what this source needs is not there.
        """
        ...

    def label(self, store: PreparedStore, clip_id: str) -> PhoneLabels:
        """One label per frame of a clip.

        Raises:
            LabelError: what this source needs is not known of this clip.
            UnknownPhoneError: a word or phone of it is not known.
        """
        ...


@dataclass(frozen=True)
class ExactPhones:
    """The phones whose times the corpus knows."""

    name: str = "exact"

    def check(self, store: PreparedStore) -> None:
        """See :class:`LabelSource`."""
        _check_any(store, "phones", "generate a corpus, which has them, or use another source of labels")

    def label(self, store: PreparedStore, clip_id: str) -> PhoneLabels:
        """See :class:`LabelSource`."""
        phones = _known(store.phones(clip_id), clip_id, "phones")
        timeline = _timeline(phones, _itself, segment_doubt=0.0, inner_doubt=0.0)
        return label_frames(timeline, int(store.clips.at[clip_id, "frames"]))


@dataclass(frozen=True)
class AlignedWords:
    """The words whose times the corpus knows, and how espeak-ng pronounces them in one ``accent``."""

    accent: str = "en"
    name: str = "alignment"

    def check(self, store: PreparedStore) -> None:
        """See :class:`LabelSource`."""
        _check_any(store, "words", "put GRID's folder 'alignments' beside the speakers and prepare again")

    def label(self, store: PreparedStore, clip_id: str) -> PhoneLabels:
        """See :class:`LabelSource`."""
        words = _known(store.words(clip_id), clip_id, "words")
        return label_words(words, int(store.clips.at[clip_id, "frames"]), self.accent)


@dataclass(frozen=True)
class HeardPhones:
    """What Allosaurus hears; ``models`` is the folder that holds its model, see :func:`find_model`."""

    models: Path | None = None
    name: str = "allosaurus"

    def check(self, store: PreparedStore) -> None:
        """See :class:`LabelSource`."""
        find_model(self.models)

    def label(self, store: PreparedStore, clip_id: str) -> PhoneLabels:
        """See :class:`LabelSource`."""
        timeline, unknown = spread(hear(store[clip_id].audio, find_model(self.models)))
        labels = label_frames(timeline, int(store.clips.at[clip_id, "frames"]))
        return replace(labels, unknown=unknown)


def label_words(words: Sequence[Segment], T: int, accent: str) -> PhoneLabels:
    """Labels of T frames from words with their times, as espeak-ng pronounces them; silences stay silent."""

    def said(word: str) -> Pronunciation:
        return _itself(word) if word in SILENCES else pronounce(word, accent)

    return label_frames(_timeline(words, said, segment_doubt=WORD_DOUBT, inner_doubt=PHONE_DOUBT), T)


def _itself(phone: str) -> Pronunciation:
    return Pronunciation((SILENCE if phone in SILENCES else phone,), (1.0,))


def _timeline(
    segments: Sequence[Segment],
    pronunciation: Callable[[str], Pronunciation],
    *,
    segment_doubt: float,
    inner_doubt: float,
) -> Timeline:
    """The phones of ``segments``, each spread over its segment; between segments is silence."""
    phones: list[str | None] = []
    edges, doubt = [segments[0].start], [segment_doubt]
    for segment in segments:
        if segment.start != edges[-1]:
            phones.append(SILENCE)
            edges.append(segment.start)
            doubt.append(segment_doubt)
        said = pronunciation(segment.label)
        inner = segment.start + (segment.end - segment.start) * np.cumsum(said.shares)[:-1]
        phones += said.phones
        edges += [*inner.tolist(), segment.end]
        doubt += [*[inner_doubt] * len(inner), segment_doubt]
    return Timeline(tuple(phones), np.array(edges), np.array(doubt))


def _known(segments: tuple[Segment, ...] | None, clip_id: str, what: str) -> tuple[Segment, ...]:
    if not segments:
        raise LabelError(f"the times of the {what} of {clip_id} are not known", f"{what} with times", "leave it out")
    return segments


def _check_any(store: PreparedStore, column: str, do: str) -> None:
    if store.clips[column].isna().all():
        raise PartMissingError(f"no clip of {store.root} has {column} with times", f"{column} with times", do)
