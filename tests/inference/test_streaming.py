"""A stream, however it is cut into blocks, gives what the model makes of the whole recording."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from avss.data.visual import Visual, stack, visual_of_face
from avss.errors import MediaError, ModelError, SettingsError
from avss.inference.streaming import StreamingSeparator, VoiceStream
from avss.inference.windows import Separated
from avss.models.audio_visual import AudioVisualSeparator
from avss.models.causal.lip2phone import CausalLip2Phone
from avss.models.face_to_speaker import EMBEDDING, FaceToSpeaker
from avss.models.frontend import Frontend
from avss.models.mouth_pca import MouthPCA
from avss.models.separators.families import SeparatorSettings, make_separator
from avss.rates import SAMPLE_RATE, samples_in
from avss.vision.live_faces import FaceFrames

Film = list[np.ndarray]

K, T, LIPS = 2, 10, 8
NOBODY = np.zeros((64, 64, 3), np.uint8)


def causal_model(*, whole: bool = True) -> AudioVisualSeparator:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        pca = MouthPCA(4, (32, 48))
        torch.nn.init.normal_(pca.components, std=0.03)
        lips = CausalLip2Phone(4 if whole else 0, hidden=8, features=LIPS)
        frontend = Frontend(lips, pca, FaceToSpeaker(17)) if whole else Frontend(lips)
        separator = make_separator(
            SeparatorSettings(width=16, stages=2, causal=True), frontend.size, EMBEDDING if whole else 0
        )
        return AudioVisualSeparator(frontend, separator).eval()


MODELS = {whole: causal_model(whole=whole) for whole in (True, False)}


def recording(seed: int = 0, K: int = K, T: int = T) -> tuple[FaceFrames, np.ndarray]:
    """K faces, not seen in some frames, and sound."""
    rng = np.random.default_rng([seed])
    landmarks = (rng.normal(100, 30, (K, 1, 68, 2)) + rng.normal(0, 2, (K, T, 68, 2))).astype(np.float32)
    landmarks[rng.random((K, T)) < 0.1] = np.nan
    mouths = rng.integers(0, 256, (K, T, 32, 48), np.uint8)
    return FaceFrames(landmarks, mouths, rng.random((K, T)) < 0.9), rng.normal(0, 0.1, samples_in(T)).astype(np.float32)


def at_once(model: AudioVisualSeparator, faces: FaceFrames, samples: np.ndarray) -> np.ndarray:
    """What the model makes of a whole recording, [K,S]."""
    visuals = [
        visual_of_face(*parts) for parts in zip(faces.landmarks, faces.mouths, [NOBODY] * K, faces.valid, strict=True)
    ]
    with torch.no_grad():
        return model(torch.from_numpy(samples)[None], Visual(*(part[None] for part in stack(visuals))))[0].numpy()


def pushed(stream: VoiceStream, faces: FaceFrames, samples: np.ndarray, at: Sequence[int]) -> list[Separated]:
    """The answers to blocks of frames that are cut ``at`` these places, and the last one."""
    sounds = np.split(samples, [samples_in(t) for t in at])
    blocks = zip(*(np.split(part, at, axis=1) for part in faces), strict=True)
    answers = [stream.push(FaceFrames(*block), sound) for block, sound in zip(blocks, sounds, strict=True)]
    return [*answers, stream.flush()]


def joined(answers: Sequence[Separated]) -> Separated:
    return Separated(*(np.concatenate(parts, axis=-1) for parts in zip(*answers, strict=True)))


@settings(deadline=None, max_examples=15)
@given(at=st.sets(st.integers(1, T - 1)).map(sorted), seed=st.integers(0, 99), whole=st.booleans())
def test_however_it_is_cut_a_stream_gives_what_the_whole_recording_gives(at: list[int], seed: int, whole: bool) -> None:
    faces, samples = recording(seed)
    stream = VoiceStream(MODELS[whole], K)
    answers = pushed(stream, faces, samples, at)
    everything, wanted = joined(answers), at_once(MODELS[whole], faces, samples)
    np.testing.assert_allclose(everything.voices, wanted, rtol=0, atol=1e-5)
    np.testing.assert_array_equal(everything.mixture, samples)
    np.testing.assert_allclose(everything.rest, samples - wanted.sum(0), rtol=0, atol=1e-5)
    answered = np.cumsum([answer.voices.shape[1] for answer in answers[:-1]])
    late = stream.latency - samples_in(1)
    assert answered.tolist() == [max(0, samples_in(t) - late) for t in (*at, T)]


def test_the_latency_is_100_ms() -> None:
    assert VoiceStream(MODELS[False], K).latency / SAMPLE_RATE == 0.1


def test_streams_that_share_a_model_do_not_hear_each_other() -> None:
    recordings = [recording(seed) for seed in (0, 1)]
    streams = [VoiceStream(MODELS[True], K) for _ in recordings]
    answers: list[list[Separated]] = [[], []]
    for t in range(T):
        for stream, (faces, samples), answer in zip(streams, recordings, answers, strict=True):
            block = FaceFrames(*(part[:, t : t + 1] for part in faces))
            answer.append(stream.push(block, samples[samples_in(t) : samples_in(t + 1)]))
    for stream, (faces, samples), answer in zip(streams, recordings, answers, strict=True):
        found = joined([*answer, stream.flush()])
        np.testing.assert_allclose(found.voices, at_once(MODELS[True], faces, samples), rtol=0, atol=1e-5)


def test_after_its_end_a_stream_begins_anew() -> None:
    faces, samples = recording()
    stream = VoiceStream(MODELS[True], K)
    assert stream.flush().voices.shape == (K, 0)
    first, second = (joined(pushed(stream, faces, samples, [3])) for _ in range(2))
    np.testing.assert_array_equal(first.voices, second.voices)


def test_a_model_that_sees_whole_clips_is_refused(small_model: AudioVisualSeparator) -> None:
    for kind in (VoiceStream, StreamingSeparator):
        with pytest.raises(ModelError, match=r"a model that sees whole clips. Wanted: a causal model"):
            kind(small_model, K)


def test_nobody_to_be_heard_is_refused() -> None:
    for kind in (VoiceStream, StreamingSeparator):
        with pytest.raises(SettingsError, match="0 faces"):
            kind(MODELS[False], 0)


@pytest.mark.parametrize(
    ("change", "sound", "message"),
    [
        ({}, slice(-1), "push sound and pictures of the same time together"),
        ({}, slice(0), "push sound and pictures of the same time together"),
        ({"landmarks": np.zeros((K, T, 67, 2), np.float32)}, slice(None), r"\[K,n,68,2\]"),
        ({"mouths": np.zeros((K, T - 1, 32, 48), np.uint8)}, slice(None), r"mouths \[2, 9, 32, 48\]"),
        ({"mouths": np.zeros((K, T, 16, 48), np.uint8)}, slice(None), "mouths of 16 × 48 pixels"),
        ({"valid": np.ones(T, bool)}, slice(None), "2 faces, as at the start"),
    ],
)
def test_shapes_that_do_not_belong_together_are_refused(change: dict[str, Any], sound: slice, message: str) -> None:
    faces, samples = recording()
    with pytest.raises(ModelError, match=message):
        VoiceStream(MODELS[True], K).push(faces._replace(**change), samples[sound])


def test_no_frame_at_all_is_refused() -> None:
    with pytest.raises(ModelError, match="n at least 1"):
        VoiceStream(MODELS[True], K).push(*recording(T=0))


def test_another_number_of_faces_is_refused_and_the_stream_goes_on() -> None:
    faces, samples = recording()
    stream = VoiceStream(MODELS[True], K)
    first = stream.push(faces, samples)
    with pytest.raises(ModelError, match="begin another stream for other people"):
        stream.push(*recording(K=3))
    found = joined([first, stream.flush()])
    np.testing.assert_allclose(found.voices, at_once(MODELS[True], faces, samples), rtol=0, atol=1e-5)


@pytest.mark.parametrize("spoilt", [np.nan, np.inf])
def test_sound_that_is_no_numbers_is_refused(spoilt: float) -> None:
    faces, samples = recording()
    samples[7] = spoilt
    with pytest.raises(ModelError, match="finite floating-point numbers"):
        VoiceStream(MODELS[True], K).push(faces, samples)
    with pytest.raises(ModelError, match="int16"):
        VoiceStream(MODELS[True], K).push(faces, np.zeros(len(samples), np.int16))


def test_pictures_and_sound_go_in_and_voices_come_out(anna: Film, bert: Film) -> None:
    film = np.stack([np.hstack(pair) for pair in zip(anna[:T], bert[:T], strict=True)])
    _, samples = recording()
    live = StreamingSeparator(MODELS[True], K)
    assert live.latency == VoiceStream(MODELS[True], K).latency
    runs = []
    for size in (1, 4, 1):
        sounds = [samples[samples_in(t) : samples_in(t + size)] for t in range(0, T, size)]
        blocks = zip((film[t : t + size] for t in range(0, T, size)), sounds, strict=True)
        runs.append(joined([*(live.push(*block) for block in blocks), live.flush()]))
    for run in runs:
        np.testing.assert_allclose(run.voices, runs[0].voices, rtol=0, atol=1e-5)
        np.testing.assert_allclose(run.voices.sum(0) + run.rest, samples, rtol=0, atol=1e-5)
    with pytest.raises(MediaError, match="uint8"):
        live.push(film.astype(np.float32), samples)


def test_after_sound_that_is_refused_the_stream_goes_on_as_if_it_had_not_come(anna: Film, bert: Film) -> None:
    film = np.stack([np.hstack(pair) for pair in zip(anna[:T], bert[:T], strict=True)])
    _, samples = recording()
    blocks = [(film[t : t + 2], samples[samples_in(t) : samples_in(t + 2)]) for t in range(0, T, 2)]
    plain, disturbed = StreamingSeparator(MODELS[True], K), StreamingSeparator(MODELS[True], K)
    found = []
    for frames, sound in blocks:
        for spoilt in (sound[1:], sound * np.nan, np.zeros(len(sound), np.int16)):
            with pytest.raises(ModelError, match="beside 2 frames"):
                disturbed.push(frames[::-1], spoilt)
        found.append((plain.push(frames, sound).voices, disturbed.push(frames, sound).voices))
    for wanted, got in found:
        np.testing.assert_array_equal(got, wanted)
