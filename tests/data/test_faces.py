import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from avss.data.faces import FaceData, OnePerSpeaker, read_faces
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


def test_clips_without_a_face_or_a_voice_are_left_out(store: PreparedStore, voices: StoreVoices) -> None:
    faces = read_faces(store, voices, "train")
    assert faces.speakers == ("s1", "s2")
    assert faces.clips.shape.shape == (2, 68, 2)
    assert faces.clips.face.shape == (2, 64, 64, 3)
    assert faces.clips.voice[:, 0].tolist() == [(0 - 1) / 2, (2 - 1) / 2]


def test_a_split_without_faces_is_refused(store: PreparedStore, voices: StoreVoices) -> None:
    with pytest.raises(StoreError, match="both a face and a voice"):
        read_faces(store, voices, "test")


def test_batches_are_of_pairs_of_one_speaker(store: PreparedStore, voices: StoreVoices) -> None:
    train, valid = (read_faces(store, voices, split) for split in ("train", "valid"))
    data = FaceData(train, valid, rounds=3, seed=0)
    batches = list(data.train_dataloader())
    assert len(batches) == 3
    assert all(torch.equal(batch.voice, train.clips.voice) for batch in batches)
    (batch,) = data.val_dataloader()
    assert batch.shape.shape == (1, 68, 2)


@given(st.lists(st.sampled_from("abcdef"), min_size=1, max_size=30), st.integers(0, 9))
def test_no_speaker_meets_itself_and_an_epoch_depends_on_its_number_alone(speakers: list[str], epoch: int) -> None:
    order = OnePerSpeaker(speakers, rounds=4, seed=1)
    order.set_epoch(epoch)
    batches = list(order)
    assert len(order) == len(batches) == 4
    for pairs in batches:
        assert [speakers[face] for face, _ in pairs] == sorted(set(speakers))
        assert [speakers[voice] for _, voice in pairs] == sorted(set(speakers))
    again = OnePerSpeaker(speakers, rounds=4, seed=1)
    list(again)
    again.set_epoch(epoch)
    assert list(again) == batches
