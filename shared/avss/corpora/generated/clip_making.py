"""Making one clip, in three steps: it is performed (voice, lips, head), filmed, and kept as files."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from avss.corpora.alignment import write_alignment
from avss.corpora.clip import Segment
from avss.corpora.generated.cast.draws import named_generators
from avss.corpora.generated.cast.speaker import Speaker, draw_speaker
from avss.corpora.generated.face.motion import HeadMotion, draw_head_motion
from avss.corpora.generated.face.talking_face import MouthTruth, TalkingFace
from avss.corpora.generated.lips.articulation import articulate
from avss.corpora.generated.lips.mouth_track import MouthTrack
from avss.corpora.generated.voice.room import record
from avss.corpora.generated.voice.script import sentence_for
from avss.corpora.generated.voice.utterance import FRAMES, SECONDS, Utterance, say
from avss.media.writing import write_video
from avss.speech.phones import SILENCE

# What GRID's alignments call silence.
_WORD_SILENCE = "sil"


@dataclass(frozen=True)
class Performance:
    """What happens in clip ``index`` of a speaker.

    Attributes:
        utterance: words, phones and the voice in a bare studio.
        wave: float32 [S], the voice as recorded in the clip's room.
        lips: movement of the mouth, T frames.
        head: movement of the head, T frames.
    """

    speaker: Speaker
    index: int
    utterance: Utterance
    wave: np.ndarray
    lips: MouthTrack
    head: HeadMotion


def perform(speaker: Speaker, index: int) -> Performance:
    """Let a speaker say the sentence of clip ``index``; a pure function of the arguments.

    Raises:
        CorpusError: there is no sentence left for that speaker and index.
        PartMissingError: espeak-ng is not installed.
    """
    child = named_generators(speaker.seed, speaker.number, index)
    sentence = sentence_for(speaker.seed, speaker.number, index)
    utterance = say(sentence, speaker.voice, child("clip.voice"))
    return Performance(
        speaker=speaker,
        index=index,
        utterance=utterance,
        wave=record(utterance.wave, child("clip.room")),
        lips=articulate(utterance.phones, FRAMES, speaker.style, child("clip.lips")),
        head=draw_head_motion(child("clip.head"), FRAMES),
    )


def film(performance: Performance, face: TalkingFace) -> tuple[np.ndarray, MouthTruth]:
    """Frames uint8 [T,H,W,3] of a performance by ``face``, and the true size of the mouth in them."""
    speaker = performance.speaker
    child = named_generators(speaker.seed, speaker.number, performance.index)
    return face.render(performance.lips, performance.head, child("clip.sensor"))


def keep(out: Path, performance: Performance, frames: np.ndarray) -> Path:
    """Write video and alignments of a performance into the corpus ``out``; returns the path of the video.

    Raises:
        OutputError: the files cannot be written.
    """
    speaker, utterance = performance.speaker, performance.utterance
    words, phones, video = clip_files(out, speaker.seed, speaker.number, performance.index)
    write_alignment(words, _with_silence(utterance.words, _WORD_SILENCE))
    write_alignment(phones, _with_silence(utterance.phones, SILENCE))
    write_video(video, frames, performance.wave)
    return video


def make_clip(out: Path, seed: int, number: int, face_draw: int, index: int) -> None:
    """Perform, film and keep one clip, a pure function of the arguments after ``out``.

    Raises:
        CorpusError: there is no sentence left for that speaker and index.
        OutputError: the files cannot be written.
        PartMissingError: espeak-ng is not installed.
    """
    speaker, face = _cast_member(seed, number, face_draw)
    performance = perform(speaker, index)
    frames, _ = film(performance, face)
    keep(out, performance, frames)


def clip_files(out: Path, seed: int, number: int, index: int) -> tuple[Path, Path, Path]:
    """Where words, phones and video of clip ``index`` (from 0) of speaker ``number`` (from 1) go."""
    speaker, stem = f"s{number}", sentence_for(seed, number, index).stem
    align = f"{speaker}/{stem}.align"
    return out / "alignments" / align, out / "phones" / align, out / speaker / f"{stem}.mp4"


@lru_cache(maxsize=1)
def _cast_member(seed: int, number: int, face_draw: int) -> tuple[Speaker, TalkingFace]:
    """A speaker and the painted face, which takes as long as a clip and serves all clips of a speaker."""
    speaker = draw_speaker(seed, number, face_draw)
    return speaker, TalkingFace(speaker.face)


def _with_silence(segments: tuple[Segment, ...], label: str) -> tuple[Segment, ...]:
    return (
        Segment(0.0, segments[0].start, label),
        *segments,
        Segment(segments[-1].end, SECONDS, label),
    )
