"""Films to hear with one's eyes open: one per face, with its voice as the sound, and one to compare them all.

The film to compare lets the whole sound be heard for some seconds, then each voice in turn, then the whole sound again.
The source is decoded once, and all films are encoded picture by picture beside each other.
"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import chain, count
from pathlib import Path

import numpy as np

from avss.data.store_layout import PICTURE_SIDE
from avss.inference.film_pictures import Mark, dark, pointed_out, spotlight, write_caption
from avss.media.films import filming, size_of
from avss.media.probing import MediaInfo, probe
from avss.media.reading import read_frames
from avss.media.source_sound import SourceSound, probe_sound
from avss.progress import BAR, Track
from avss.rates import FRAME_RATE

_TURN = 4 * FRAME_RATE  # frames


@dataclass(frozen=True)
class FilmedVoice:
    """A voice, the face it belongs to, and the film to make of them.

    Attributes:
        name: of the face, in ASCII.
        boxes: left, top, right, bottom of the face in each frame, float32 [T,4], in pixels of frames that are read
            with ``longest_side=PICTURE_SIDE``; NaN or all zero where it is not seen.
        wave: the voice, with the rate, the length and the place of the video's sound.
        film: mp4 file to write.
    """

    name: str
    boxes: np.ndarray
    wave: Path
    film: Path


def write_films(
    video: Path,
    voices: Sequence[FilmedVoice],
    comparison: Path,
    *,
    info: MediaInfo | None = None,
    track: Track = BAR,
) -> None:
    """Write the films of K voices and the one that compares them; memory stays flat.

    Args:
        video: where they come from.
        voices: the K voices.
        comparison: mp4 file to write.
        info: what ``probe(video)`` says, where that was asked before: asking takes long for a long file.
        track: shows how many pictures are done.

    Raises:
        MediaError: the video or a wave cannot be read.
        OutputError: a film cannot be written; films that are not whole are removed.
        ValueError: there are not as many boxes as frames.
    """
    info = probe(video) if info is None else info
    for voice in voices:
        if len(voice.boxes) != info.frames:
            raise ValueError(f"{voice.name} has {len(voice.boxes)} boxes; {video} has {info.frames} frames")
    turn = _turn_length(info.frames, len(voices))
    sound = probe_sound(video, info)
    heard = [_during_frames(sound, source) for source in (sound, *(probe_sound(voice.wave) for voice in voices))]
    frames = read_frames(video, longest_side=PICTURE_SIDE, info=info)
    first = next(frames)
    size = size_of(_even(first.rgb))
    with ExitStack() as stack:
        paths = [comparison, *(voice.film for voice in voices)]
        compared, *films = [stack.enter_context(filming(path, size, sound.rate)) for path in paths]
        shown = track(chain([first], frames), "making films", info.frames)
        for k, (frame, *sounds) in enumerate(zip(shown, *heard, strict=False)):
            views = _views(_even(frame.rgb), [Mark(voice.name, voice.boxes[k]) for voice in voices])
            for film, view, part in zip(films, views[1:], sounds[1:], strict=True):
                film.show(view)
                film.play(part, sound.rate)
            before, now = (max(0, at) // turn % len(sounds) for at in (k - 1, k))
            write_caption(views[now], f"heard: {voices[now - 1].name if now else 'all'}")
            compared.show(views[now])
            compared.play(_faded(sounds[before], sounds[now]), sound.rate)


def _turn_length(T: int, K: int) -> int:
    """Frames for which one thing is heard when all are compared: short enough that each has its turn."""
    return max(1, min(_TURN, T // (K + 1)))


def _during_frames(sound: SourceSound, wave: SourceSound) -> Iterator[np.ndarray]:
    """Yield what is heard of ``wave`` during each frame, float32 [n]; its samples lie as those of ``sound`` do."""
    samples = wave.samples()
    samples.up_to(max(0, sound.first))
    for k in count():
        start, stop = (sound.first + frame * sound.rate // FRAME_RATE for frame in (k, k + 1))
        too_early = np.zeros(min(max(0, -start), stop - start), np.float32)
        yield np.concatenate([too_early, samples.exactly(stop - start - len(too_early))])


def _even(picture: np.ndarray) -> np.ndarray:
    """The picture without its last row or column where there is an odd number of them, as 4:2:0 needs it."""
    return picture[: picture.shape[0] // 2 * 2, : picture.shape[1] // 2 * 2]


def _views(picture: np.ndarray, marks: Sequence[Mark]) -> list[np.ndarray]:
    """K + 1 views of a picture: all faces pointed out, then each of them alone in the light."""
    darkened = dark(picture)
    return [pointed_out(picture, marks), *(spotlight(picture, darkened, mark) for mark in marks)]


def _faded(before: np.ndarray, now: np.ndarray) -> np.ndarray:
    """From one sound to another within their [n] samples, so that a change does not click."""
    return before + np.linspace(0, 1, len(now), dtype=np.float32) * (now - before)
