"""Fitting and matching on made faces, in which pitch and formants hang on the jaw and the mouth."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch

from avss.data.faces import FaceBatch, FaceData, Faces, MatchRounds
from avss.errors import StoreError
from avss.evaluation.face_voice import evaluate_faces
from avss.models.face_to_speaker import FaceToSpeaker
from avss.speech.voice_signature import NAMES
from avss.training.face_regression import fit_voices
from avss.training.face_task import FaceTask
from avss.training.run import fit

CLIPS = 3


def made_faces(speakers: int, seed: int, linked: bool = True) -> Faces:
    """Faces that tell numbers 0 and 4 of the voice and none of the others; each speaker's last clip is a whisper."""
    rng = np.random.default_rng([seed])
    person = np.repeat(np.arange(speakers), CLIPS)
    N = len(person)
    size = rng.normal(size=(speakers, 2))[person]
    shape = rng.normal(scale=0.02, size=(speakers, 68, 2))[person] + rng.normal(scale=0.002, size=(N, 68, 2))
    if linked:
        shape[:, 3:14, 1] += 0.04 * size[:, :1]
        shape[:, 48:68, 0] += 0.04 * size[:, 1:]
    voice = rng.normal(size=(speakers, len(NAMES)))[person]
    voice[:, [0, 4]] = size + 0.1 * rng.normal(size=(N, 2))
    known = np.ones_like(voice, bool)
    known[CLIPS - 1 :: CLIPS, :2] = False
    clips = FaceBatch(
        torch.tensor(shape, dtype=torch.float32),
        torch.zeros(N, 64, 64, 3, dtype=torch.uint8),
        torch.tensor(np.where(known, voice, 0), dtype=torch.float32),
        torch.tensor(known),
    )
    return Faces(clips, tuple(f"s{n:02}" for n in person), {})


def fitted(faces: Faces) -> tuple[FaceToSpeaker, torch.Tensor]:
    torch.manual_seed(0)
    model = FaceToSpeaker(len(NAMES), picture=False)
    return model, fit_voices(model, faces)


def train(folder: Path, epochs: int) -> FaceToSpeaker:
    faces, valid = made_faces(30, 0), made_faces(12, 1)
    model, held_out = fitted(faces)
    with torch.no_grad():
        unseen = model(valid.clips.shape, valid.clips.face).voice
    data = FaceData(MatchRounds(held_out, faces, 0), MatchRounds(unseen, valid, 0), rounds=4, seed=0)
    fit(FaceTask(model, rate=0.03, decay=0.1), data, folder, settings={}, epochs=epochs, seed=0, device="cpu")
    return model.eval()


def test_what_a_face_tells_is_predicted_for_strangers_and_what_it_does_not_stays_near_the_mean() -> None:
    model, held_out = fitted(made_faces(40, 0))
    report = evaluate_faces(model, made_faces(30, 1))
    assert report.r2["f0_mean"].value > 0.7 and report.r2["formant_spacing"].value > 0.7
    others = [n for n, name in enumerate(NAMES) if name not in ("f0_mean", "formant_spacing")]
    assert held_out[:, others].std() < 0.4 * held_out[:, [0, 4]].std()


def test_held_out_guesses_do_not_know_the_speaker_by_heart() -> None:
    faces = made_faces(12, 0, linked=False)
    model, held_out = fitted(faces)
    with torch.no_grad():
        seen = model(faces.clips.shape, faces.clips.face).voice
    own = faces.clips.voice[:, 0]
    known = faces.clips.known[:, 0]
    assert ((held_out[:, 0] - own)[known] ** 2).mean() > ((seen[:, 0] - own)[known] ** 2).mean()


def test_a_whisper_teaches_nothing_of_the_pitch() -> None:
    faces = made_faces(20, 0)
    changed = faces.clips._replace(voice=torch.where(faces.clips.known, faces.clips.voice, 1e6))
    model, _ = fitted(faces)
    again, _ = fitted(Faces(changed, faces.speakers, {}))
    torch.testing.assert_close(model.voice_head.weight, again.voice_head.weight)


def test_a_speaker_with_many_clips_counts_no_more_than_the_others() -> None:
    faces, strangers = made_faces(20, 0), made_faces(20, 1).clips
    again = torch.cat([torch.arange(len(faces.speakers)), torch.arange(CLIPS).repeat(100)])
    many = Faces(FaceBatch(*(part[again] for part in faces.clips)), tuple(faces.speakers[n] for n in again), {})
    models = fitted(faces)[0], fitted(many)[0]
    with torch.no_grad():
        few, more = (model(strangers.shape, strangers.face).voice[:, [0, 4]] for model in models)
    assert (more - few).square().mean() < 0.02 * few.square().mean()


def test_a_number_that_nobody_tells_is_guessed_as_the_mean() -> None:
    faces = made_faces(6, 0)
    faces.clips.known[:, 0] = False
    model, held_out = fitted(faces)
    assert not model.voice_head.weight[0].any() and not held_out[:, 0].any()
    assert all(weight.isfinite().all() for weight in model.parameters())


def test_one_speaker_is_refused() -> None:
    with pytest.raises(StoreError, match="at least two"):
        fitted(made_faces(1, 0))


def test_the_match_learns_what_faces_tell_and_picks_the_voices_of_strangers(tmp_path: Path) -> None:
    model = train(tmp_path, epochs=12)
    metrics = pd.read_csv(tmp_path / "metrics.csv")
    assert metrics.train_match.iloc[-1] < metrics.train_match.iloc[0]
    weights = dict(zip(NAMES, model.weights.detach().abs().tolist(), strict=True))
    assert set(sorted(weights, key=lambda name: -weights[name])[:2]) == {"f0_mean", "formant_spacing"}
    report = evaluate_faces(model, made_faces(20, 2))
    assert report.candidates == 10 and report.top1.low > 0.2


def test_a_training_that_was_killed_ends_with_the_same_weights(tmp_path: Path) -> None:
    train(tmp_path / "killed", epochs=2)
    resumed, whole = train(tmp_path / "killed", epochs=5), train(tmp_path / "whole", epochs=5)
    for name, weight in whole.state_dict().items():
        assert torch.equal(weight, resumed.state_dict()[name]), name
