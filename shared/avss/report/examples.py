"""The examples that a training left in its run folder, to listen to and look at."""

from pathlib import Path

from avss.report.document import Example, Sound
from avss.report.embedding import embed_picture, embed_sound
from avss.report.runs import Run
from avss.training.listening import EXAMPLES

_MOST = 3  # of a run; a page of many runs must still travel by mail


def run_examples(run: Run) -> list[Example]:
    """The first examples of ``run``: each mixture, every voice that was found, and what is true.

    Raises:
        MediaError, RunError: a file of them is damaged.
    """
    mixtures = sorted((run.folder / EXAMPLES).glob("*_mixture.wav"))[:_MOST]
    return [_read(path, place) for place, path in enumerate(mixtures, start=1)]


def _read(mixture: Path, place: int) -> Example:
    start = mixture.name.partition("_")[0]
    sounds = [Sound("mixture", embed_sound(mixture))]
    for found in sorted(mixture.parent.glob(f"{start}_voice*.wav")):
        voice = found.stem.removeprefix(f"{start}_voice")
        sounds.append(Sound(f"voice {voice}, as separated", embed_sound(found)))
        sounds.append(Sound(f"voice {voice}, true", embed_sound(found.with_name(f"{start}_true{voice}.wav"))))
    picture = mixture.with_name(f"{start}.png")
    seen = f"Spectrograms of example {place}: the mixture, then each voice as separated and true"
    return Example(f"Example {place}", sounds, embed_picture(picture, seen) if picture.is_file() else None)
