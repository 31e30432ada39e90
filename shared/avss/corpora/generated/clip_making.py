"""Making one clip: what is said, how it sounds, how the face moves; and its files."""

from functools import lru_cache
from pathlib import Path

from avss.corpora.alignment import write_alignment
from avss.corpora.clip import Segment
from avss.corpora.generated.articulation import articulate
from avss.corpora.generated.draws import named_generators
from avss.corpora.generated.motion import draw_head_motion
from avss.corpora.generated.room import record
from avss.corpora.generated.script import sentence_for
from avss.corpora.generated.speaker import Speaker, draw_speaker
from avss.corpora.generated.talking_face import TalkingFace
from avss.corpora.generated.voice import FRAMES, SECONDS, say
from avss.media.writing import write_video
from avss.speech.phones import SILENCE

# What GRID's alignments call silence.
_WORD_SILENCE = "sil"


def video_path(out: Path, seed: int, number: int, index: int) -> Path:
    """Where clip ``index`` (from 0) of speaker ``number`` (from 1) goes; it is written last of the clip's files."""
    return out / f"s{number}" / f"{sentence_for(seed, number, index).stem}.mp4"


def make_clip(out: Path, seed: int, number: int, face_draw: int, index: int) -> None:
    """Write video and alignments of one clip, a pure function of the arguments after ``out``.

    Raises:
        CorpusError: there is no sentence left for that speaker and index.
        OutputError: the files cannot be written.
        PartMissingError: espeak-ng is not installed.
    """
    speaker, face = _cast_member(seed, number, face_draw)
    child = named_generators(seed, number, index)
    utterance = say(sentence_for(seed, number, index), speaker.voice, child("clip.voice"))
    track = articulate(utterance.phones, FRAMES, speaker.style, child("clip.lips"))
    frames, _ = face.render(track, draw_head_motion(child("clip.head"), FRAMES), child("clip.sensor"))
    video = video_path(out, seed, number, index)
    align = f"{speaker.name}/{video.stem}.align"
    write_alignment(out / "alignments" / align, _with_silence(utterance.words, _WORD_SILENCE))
    write_alignment(out / "phones" / align, _with_silence(utterance.phones, SILENCE))
    write_video(video, frames, record(utterance.wave, child("clip.room")))


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
