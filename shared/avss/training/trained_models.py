"""What a stage takes over from the one before it, with the checks that it fits the clips to learn from."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import cast

from avss.data.store import PreparedStore
from avss.data.store_join import origin
from avss.errors import ModelError
from avss.models.audio_visual import AudioVisualSeparator
from avss.models.frontend import Frontend
from avss.models.separators.cues import VoiceNumbers
from avss.models.separators.hearing_first import HearingFirst
from avss.models.separators.separator import Separator
from avss.models.weights import ModelDescription, load_model, read_description
from avss.training.eigenmouths import check_same_mouths

SCORE = "valid_si_sdri"  # what a separation is chosen by, and a note of a separator: dB, of the validation speakers
LEFT_OUT = "left_out"  # another: training speakers whom it did not learn from, though its frontend may have


def load_frontend(run: Path, store: PreparedStore) -> Frontend:
    """The frontend in the run folder ``run``, for the clips of ``store``.

    Raises:
        ModelError: there is none, or of another version; or it learned from mouths that were cut out in another way,
            or from speakers who are kept back here.
    """
    frontend = load_model(run, Frontend)
    _check(read_description(run), frontend, store)
    return frontend


def load_separator(run: Path, store: PreparedStore) -> AudioVisualSeparator:
    """The frontend and separator in the run folder ``run``, for the clips of ``store``.

    Raises:
        ModelError: as for :func:`load_frontend`.
    """
    model = load_model(run, AudioVisualSeparator)
    _check(read_description(run), model.frontend, store)
    return model


def load_audio_only(run: Path, store: PreparedStore, voices: int) -> Separator:
    """The audio-only twin in the run folder ``run``, for at least ``voices`` voices; new ones it has yet to learn.

    Raises:
        ModelError: there is none, or of another version; or it looks at faces, or learned from speakers who are kept
            back here.
    """
    model = load_model(run, Separator)
    check_strangers(read_description(run), store)
    if not isinstance(model.cues, VoiceNumbers):
        raise ModelError(f"{run} holds a separator that looks at faces", "one trained without video", "name a twin")
    return type(model)(model.cues.up_to(voices), model.net)


def go_on_from(run: Path, separator: Separator, store: PreparedStore) -> None:
    """Give ``separator`` the net of the audio-only twin in ``run``; and what it calls voices, if it listens by itself.

    Raises:
        ModelError: as for :func:`load_audio_only`; or the two nets are not alike.
    """
    numbers = separator.numbers if isinstance(separator, HearingFirst) else separator.cues
    heard = load_audio_only(run, store, numbers.voices if isinstance(numbers, VoiceNumbers) else 0)
    what, do = f"the net in {run} is not like the one that is to go on from it", "use the settings of the twin"
    # The weights of a causal net and of one that looks ahead have the same names and shapes.
    if type(heard.net) is not type(separator.net):
        came, wanted = type(heard.net).__name__, type(separator.net).__name__
        raise ModelError(f"{what}: it is a {came}", f"a {wanted}", do)
    try:
        separator.net.load_state_dict(heard.net.state_dict())
    except RuntimeError as error:
        raise ModelError(what, "the same family, width and depth", do) from error
    if isinstance(separator, HearingFirst):
        separator.numbers = cast(VoiceNumbers, heard.cues)
    elif isinstance(separator.cues, VoiceNumbers):
        separator.cues = heard.cues


def check_strangers(description: ModelDescription, store: PreparedStore) -> None:
    """Check that nobody whom a model learned from is kept back in ``store`` for judging.

    Raises:
        ModelError: somebody is.
        StoreError: a joined store does not say where its speakers came from.
    """
    if met := whom_it_met(description, store.root, store.speakers):
        what = f"a model that learned from {', '.join(met)}, who are to judge this one"
        raise ModelError(what, "the same split for both", "train it again on this store")


def check_left_out(description: ModelDescription, run: Path, store: PreparedStore, names: Collection[str]) -> None:
    """Check that the separator in ``run`` has not learned from those of ``names`` who are its training speakers.

    Raises:
        ModelError: it has.
        StoreError: a joined store does not say where its speakers came from.
    """
    train = set(description.split.get("train", [])) - set(description.notes.get(LEFT_OUT, []))
    if met := whom_it_met(replace(description, split={"train": sorted(train)}), store.root, {"valid": sorted(names)}):
        what = f"the separator in {run} learned from {', '.join(met)}, who are held back to join an exam as strangers"
        do = "train it with as much company (sources.company), or hold nobody back"
        raise ModelError(what, "one that did not", do)


def whom_it_met(description: ModelDescription, store: Path, split: Mapping[str, Sequence[str]]) -> list[str]:
    """Names of those whom a model learned from and who are kept back for judging.

    The same name may be another person in another corpus, so people are compared by the store that they came from.

    Args:
        description: of the model.
        store: folder of the store they are kept back in.
        split: its speakers, by part.

    Raises:
        StoreError: a joined store does not say where its speakers came from.
    """
    learned_from = {origin(Path(description.corpus), name) for name in description.split.get("train", [])}
    kept_back = {*split.get("valid", []), *split.get("test", [])}
    return sorted(name for name in kept_back if origin(store, name) in learned_from)


def _check(description: ModelDescription, frontend: Frontend, store: PreparedStore) -> None:
    check_strangers(description, store)
    if frontend.pca is not None:
        check_same_mouths(description, store)
