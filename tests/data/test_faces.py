import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from avss.data.faces import FaceBatch, FaceData, Faces, MatchRounds, read_faces
from avss.data.parts import write_part
from avss.data.store import PreparedClip, PreparedStore
from avss.data.store_writer import StoreWriter
from avss.data.voices import StoreVoices
from avss.errors import StoreError
from avss.speech.voice_signature import NAMES, Standardisation, VoiceSignature

T = 5


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> PreparedStore:
    """Three speakers with two clips each; the face of ``s1/1`` is never seen."""
    writer = StoreWriter(tmp_path_factory.mktemp("faces") / "store")
    about = {}
    for n, clip_id in enumerate(f"s{speaker}/{clip}" for speaker in (1, 2, 3) for clip in (0, 1)):
        rng = np.random.default_rng(n)
        clip = PreparedClip(
            np.zeros(640 * T, np.int16),
            rng.normal(100, 30, (T, 68, 2)).astype(np.float32),
            np.zeros((T, 32, 48), np.uint8),
            np.full(T, clip_id != "s1/1"),
            rng.integers(0, 256, (64, 64, 3), np.uint8),
        )
        measured = {"frames": T, "valid_share": 1.0, "face_score": 1.0, "damaged_frames": 0}
        write_part(writer.root, {"id": clip_id, "source": "1@1", **measured}, clip)
        about[clip_id] = {"id": clip_id, "speaker": clip_id[:2], "split": "valid" if clip_id[:2] == "s3" else "train"}
    writer.finish(about, {})
    return PreparedStore(writer.root)


@pytest.fixture(scope="module")
def voices(store: PreparedStore) -> StoreVoices:
    """Every number of the n-th clip is n; ``s2/1`` is silent."""
    of_clip = {
        str(clip_id): VoiceSignature(np.full(len(NAMES), n, np.float32), np.full(len(NAMES), clip_id != "s2/1"))
        for n, clip_id in enumerate(store.clips.index)
    }
    return StoreVoices(of_clip, {}, {}, Standardisation(np.ones(len(NAMES)), np.full(len(NAMES), 2.0)))


def test_clips_without_a_face_or_a_voice_are_left_out_and_counted(store: PreparedStore, voices: StoreVoices) -> None:
    faces = read_faces(store, voices, "train")
    assert faces.speakers == ("s1", "s2")
    assert faces.left_out == {"no face is seen": 1, "no voice is heard": 1}
    assert faces.clips.shape.shape == (2, 68, 2)
    assert faces.clips.face.shape == (2, 64, 64, 3)
    assert faces.clips.voice[:, 0].tolist() == [(0 - 1) / 2, (2 - 1) / 2]


def test_a_clip_that_was_not_measured_counts_as_without_voice(store: PreparedStore, voices: StoreVoices) -> None:
    fewer = StoreVoices({"s1/0": voices.of_clip["s1/0"]}, {}, {"s2/0": "damaged"}, voices.standardisation)
    assert read_faces(store, fewer, "train").left_out == {"no voice is heard": 3}


def test_a_split_without_faces_is_refused(store: PreparedStore, voices: StoreVoices) -> None:
    with pytest.raises(StoreError, match="both a face and a voice"):
        read_faces(store, voices, "test")


def faces_of(speakers: list[str]) -> Faces:
    """Faces whose first number of the voice is the number of the clip."""
    N = len(speakers)
    voice = torch.arange(N, dtype=torch.float32)[:, None].expand(N, len(NAMES))
    known = torch.ones(N, len(NAMES), dtype=torch.bool)
    return Faces(FaceBatch(torch.zeros(N, 68, 2), torch.zeros(N, 64, 64, 3), voice, known), tuple(speakers), {})


@given(st.lists(st.sampled_from("abcdef"), min_size=1, max_size=30), st.integers(0, 9), st.integers(0, 9))
def test_in_a_round_every_speaker_meets_all_others_and_never_itself(
    speakers: list[str], epoch: int, number: int
) -> None:
    faces = faces_of(speakers)
    guess, voice = MatchRounds(faces.clips.voice + 100, faces, seed=1)[epoch, number]
    assert [speakers[int(n) - 100] for n in guess[:, 0]] == sorted(set(speakers))
    assert [speakers[int(n)] for n in voice[:, 0]] == sorted(set(speakers))


def test_epochs_differ_and_depend_on_their_number_alone() -> None:
    faces = faces_of(["a", "b", "c"] * 20)
    rounds = MatchRounds(faces.clips.voice, faces, seed=0)
    data = FaceData(rounds, rounds, rounds=3, seed=0)

    def epoch(number: int) -> torch.Tensor:
        loader = data.train_dataloader()
        loader.sampler.set_epoch(number)  # ty: ignore[missing-attribute]
        return torch.stack([batch.guess for batch in loader])

    assert epoch(0).shape == (3, 3, len(NAMES))
    assert torch.equal(epoch(4), epoch(4)) and not torch.equal(epoch(4), epoch(5))
    (first,), (again,) = data.val_dataloader(), data.val_dataloader()
    assert torch.equal(first.guess, again.guess)
