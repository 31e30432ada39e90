"""When a phone of espeak-ng begins: for a stop the event is the burst, and the closure before it belongs to it too."""

from collections.abc import Sequence

from avss.speech.espeak import ESPEAK_RATE, Speech

# The silence that espeak makes before the burst of these, in seconds.
CLOSURES = {"P": 0.045, "T": 0.045, "K": 0.045, "CH": 0.045, "B": 0.03, "JH": 0.03}


def phone_starts(speech: Speech, phones: Sequence[tuple[str, ...]], lead: float) -> list[float]:
    """The start of each espeak phone, and the end of the last, in seconds.

    A closure is taken from the phone before, but never more than half of it.

    Args:
        speech: what espeak said.
        phones: the ARPAbet phones of each of its phones.
        lead: silence before it, in seconds.
    """
    events = [lead + phone.sample / ESPEAK_RATE for word in speech.words for phone in word]
    starts, before = [], 0.0
    for event, labels in zip(events, phones, strict=True):
        starts.append(max(event - CLOSURES.get(labels[0], 0.0), (before + event) / 2))
        before = event
    return [*starts, lead + speech.end / ESPEAK_RATE]
