"""Is the generated corpus good enough to learn from? Measured on encoded files, as any pipeline would read them.

Per speaker: how many faces were turned down, the share of frames in which the detector finds the face, how the
aperture that landmarks show goes with the true one, what a clip costs, and how the lips move: as they were
drawn, in more sentences than are filmed, and as landmarks show them, which is what real lips are compared by.
"""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import process_time

import numpy as np

from avss.batch import Done, Failure, run_batch
from avss.corpora.generated.acceptance_report import AcceptanceReport, Cost, Identity
from avss.corpora.generated.cast.casting import cast_speaker
from avss.corpora.generated.cast.identity_check import correlation
from avss.corpora.generated.cast.speaker import Speaker
from avss.corpora.generated.clip_making import Performance, film, keep, perform
from avss.corpora.generated.face.mouth import true_apertures
from avss.corpora.generated.face.talking_face import TalkingFace
from avss.corpora.generated.lips.real_lips import real_lip_statistics
from avss.corpora.generated.lips.realism import REAL_LIPS, LipStatistics, lip_statistics, spread_of
from avss.corpora.generated.voice.script import check_counts
from avss.media.reading import read_frames
from avss.rates import FRAME_RATE
from avss.vision.landmarks import LEFT_EYE, POINTS, RIGHT_EYE
from avss.vision.mouth import apertures
from avss.vision.tracks import face_follower

_LIP_SENTENCES = 8
_UPPER_LIP, _LOWER_LIP, _CHIN = 62, 66, 8


def measure_acceptance(
    speakers: int, clips: int, seed: int, jobs: int, real_landmarks: Path | None = None
) -> AcceptanceReport:
    """Generate, encode, read back and measure ``clips`` clips of each of ``speakers`` speakers.

    Args:
        speakers: how many identities, 1 to 640.
        clips: how many clips of each are filmed and tracked, 1 to 100.
        seed: of the corpus.
        jobs: number of processes; -1 uses all cores.
        real_landmarks: folder of landmarks of real lips (see :mod:`avss.corpora.generated.lips.real_lips`) to compare
            with; without it, what was measured on GRID once.

    Raises:
        CorpusError: the counts are out of range, or ``real_landmarks`` is not such a folder.
        PartMissingError: espeak-ng or the landmark model is not installed.
    """
    check_counts(speakers, clips)
    real = spread_of(real_lip_statistics(real_landmarks)) if real_landmarks else REAL_LIPS
    identities: list[Identity] = []
    failures: list[str] = []
    measure = partial(_measure_speaker, seed, clips)
    for outcome in run_batch(measure, range(1, speakers + 1), jobs=jobs, label="measuring speakers"):
        match outcome:
            case Done(result=identity):
                identities.append(identity)
            case Failure(item=number, reason=reason):
                failures.append(f"s{number}: {reason}")
    return AcceptanceReport(sorted(identities, key=lambda identity: identity.number), failures, real)


def _measure_speaker(seed: int, clips: int, number: int) -> Identity:
    casting = cast_speaker(seed, number)
    speaker = casting.speaker
    started = process_time()
    face = TalkingFace(speaker.face)
    painting = process_time() - started
    with tempfile.TemporaryDirectory(prefix="avss-accept-") as folder:
        takes = [_take(Path(folder), speaker, index, face) for index in range(clips)]
    valid = np.concatenate([take.valid for take in takes])
    landmarks = np.concatenate([take.landmarks for take in takes])
    true = np.concatenate([take.true for take in takes])
    return Identity(
        number=number,
        rejections=casting.reasons,
        tracked=float(valid.mean()),
        correlation=correlation(apertures(landmarks[valid]), true[valid]) if valid.any() else 0.0,
        painting=painting,
        costs=tuple(take.cost for take in takes),
        drawn_lips=_drawn_lips(speaker),
        shown_lips=_shown_lips(takes) if clips > 1 else None,
    )


@dataclass(frozen=True)
class _Take:
    """One clip that was filmed and read back.

    Attributes:
        true: float32 [T], aperture in pixels.
        landmarks: float32 [T,68,2], pixels.
        valid: bool [T], the face was found.
        spoken: frames in which words are spoken.
        cost: of making it.
    """

    true: np.ndarray
    landmarks: np.ndarray
    valid: np.ndarray
    spoken: slice
    cost: Cost


def _take(folder: Path, speaker: Speaker, index: int, face: TalkingFace) -> _Take:
    times = [process_time()]
    performance = perform(speaker, index)
    times.append(process_time())
    frames, truth = film(performance, face)
    times.append(process_time())
    video = keep(folder, performance, frames)
    times.append(process_time())
    # Detecting on every frame: the share of frames with a face is what is asked for here.
    tracks = face_follower(detect_every=1).follow(read_frames(video))
    T = len(truth.aperture)
    return _Take(
        true=truth.aperture,
        landmarks=tracks[0].landmarks if tracks else np.zeros((T, POINTS, 2), np.float32),
        valid=tracks[0].valid if tracks else np.zeros(T, bool),
        spoken=_spoken(performance),
        cost=Cost(*np.diff(times)),
    )


def _spoken(performance: Performance) -> slice:
    """The frames in which words are spoken."""
    words = performance.utterance.words
    return slice(round(words[0].start * FRAME_RATE), round(words[-1].end * FRAME_RATE))


def _drawn_lips(speaker: Speaker) -> LipStatistics:
    """How the lips truly move, in sentences that are performed but not filmed."""
    performances = [perform(speaker, index) for index in range(_LIP_SENTENCES)]
    openings = [true_apertures(speaker.face.mouth, one.lips.values)[_spoken(one)] for one in performances]
    return lip_statistics(openings, speaker.face.head.chin)


def _shown_lips(takes: Sequence[_Take]) -> LipStatistics:
    """How the lips move by their landmarks."""
    landmarks = np.concatenate([take.landmarks for take in takes])
    between_eyes = (landmarks[:, LEFT_EYE].mean(axis=1) + landmarks[:, RIGHT_EYE].mean(axis=1)) / 2
    eyes_to_chin = float(np.median(np.linalg.norm(landmarks[:, _CHIN] - between_eyes, axis=1)))
    openings = [
        np.linalg.norm(take.landmarks[take.spoken, _LOWER_LIP] - take.landmarks[take.spoken, _UPPER_LIP], axis=1)
        for take in takes
    ]
    return lip_statistics(openings, eyes_to_chin)
