import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from avss.data.parts import write_part
from avss.data.store import PreparedClip, PreparedStore
from avss.data.store_writer import StoreWriter
from avss.data.voices import measure_voices, read_voices
from avss.errors import StoreError
from avss.speech.voice_signature import NAMES, UNITS

T = 30


def hum(f0: float) -> np.ndarray:
    """A buzz of the pitch ``f0`` with some noise, int16 [640·T]."""
    time = np.arange(640 * T) / 16_000
    buzz = sum(np.sin(2 * np.pi * f0 * n * time) / n for n in range(1, 30))
    return (4000 * buzz + np.random.default_rng(0).normal(size=len(time)) * 50).astype(np.int16)


def make_store(root: Path, sounds: dict[str, np.ndarray], source: str = "1@1") -> PreparedStore:
    writer = StoreWriter(root)
    for clip_id, audio in sounds.items():
        zeros = np.zeros((T, 68, 2), np.float32), np.zeros((T, 32, 48), np.uint8), np.ones(T, bool)
        measured = {"frames": T, "valid_share": 1.0, "face_score": 1.0, "damaged_frames": 0}
        write_part(
            root,
            {"id": clip_id, "source": source, **measured},
            PreparedClip(audio, *zeros, np.zeros((64, 64, 3), np.uint8)),
        )
    about = {
        clip_id: {"id": clip_id, "speaker": clip_id[:2], "split": "test" if clip_id[:2] == "s3" else "train"}
        for clip_id in sounds
    }
    writer.finish(about, {})
    return PreparedStore(root)


@pytest.fixture
def store(tmp_path: Path) -> PreparedStore:
    silence = np.zeros(640 * T, np.int16)
    return make_store(
        tmp_path / "store",
        {"s1/a": hum(100), "s1/b": hum(120), "s1/c": silence, "s2/a": hum(200), "s3/a": hum(300)},
    )


def pitch(signature_values: np.ndarray) -> float:
    return float(np.exp(signature_values[NAMES.index("f0_mean")]))


def test_every_clip_and_speaker_has_a_voice_and_silence_is_masked(store: PreparedStore) -> None:
    voices = measure_voices(store, jobs=1)
    assert pitch(voices.of_clip["s1/a"].values) == pytest.approx(100, rel=0.01)
    assert not voices.of_clip["s1/c"].known.any()
    assert pitch(voices.of_speaker["s1"].values) == pytest.approx(np.sqrt(100 * 120), rel=0.01)
    assert voices.rejects == {}


def test_the_standardisation_knows_the_training_speakers_only(store: PreparedStore) -> None:
    voices = measure_voices(store, jobs=1)
    of_training = [voices.of_speaker[name].values[0] for name in ("s1", "s2")]
    assert voices.standardisation.mean[0] == pytest.approx(np.mean(of_training))
    assert voices.standardisation.scale[0] == pytest.approx(np.std(of_training))


def test_what_was_written_is_read_again(store: PreparedStore) -> None:
    written, read = measure_voices(store, jobs=1), read_voices(store)
    assert written.of_clip.keys() == read.of_clip.keys()
    for clip_id, voice in written.of_clip.items():
        np.testing.assert_array_equal(voice.values, read.of_clip[clip_id].values)
        np.testing.assert_array_equal(voice.known, read.of_clip[clip_id].known)
    np.testing.assert_array_equal(written.standardisation.mean, read.standardisation.mean)


def test_people_and_programs_find_names_units_and_speakers(store: PreparedStore) -> None:
    measure_voices(store, jobs=1)
    described = json.loads((store.root / "voices" / "voices.json").read_text())["numbers"]
    assert {entry["name"]: entry["unit"] for entry in described} == UNITS
    table = pd.read_csv(store.root / "voices" / "speakers.csv")
    assert table[["speaker", "split", "clips"]].values.tolist() == [
        ["s1", "train", 3],
        ["s2", "train", 1],
        ["s3", "test", 1],
    ]
    assert set(NAMES) <= set(table.columns)


def test_a_second_run_measures_only_what_is_new(store: PreparedStore, monkeypatch: pytest.MonkeyPatch) -> None:
    first = measure_voices(store, jobs=1)
    measured: list[str] = []
    original = PreparedStore.__getitem__

    def noting(self: PreparedStore, clip_id: str) -> PreparedClip:
        measured.append(clip_id)
        return original(self, clip_id)

    monkeypatch.setattr(PreparedStore, "__getitem__", noting)
    grown = make_store(store.root, {"s2/b": hum(220), "s1/a": hum(150)}, source="2@2")
    with pytest.raises(StoreError, match=r"measure_voices\.py"):
        read_voices(grown)
    second = measure_voices(grown, jobs=1)
    assert sorted(measured) == ["s1/a", "s2/b"]
    assert pitch(second.of_clip["s1/a"].values) == pytest.approx(150, rel=0.01)
    np.testing.assert_array_equal(second.of_clip["s3/a"].values, first.of_clip["s3/a"].values)


def test_a_clip_that_cannot_be_read_is_a_row_with_the_reason_and_is_tried_again(store: PreparedStore) -> None:
    volume = store.root / store.clips.at["s3/a", "volume"] / "audio.npy"
    whole = volume.read_bytes()
    volume.write_bytes(b"damaged")
    voices = measure_voices(PreparedStore(store.root), jobs=1)
    assert "audio.npy is missing or damaged" in voices.rejects["s3/a"]
    assert read_voices(PreparedStore(store.root)).rejects == voices.rejects
    volume.write_bytes(whole)
    assert not measure_voices(PreparedStore(store.root), jobs=1).rejects


def test_a_store_without_voices_says_what_to_run(store: PreparedStore) -> None:
    with pytest.raises(StoreError, match=r"measure_voices\.py"):
        read_voices(store)


@pytest.mark.parametrize("content", [b"", b"no parquet"])
def test_a_damaged_table_is_refused(store: PreparedStore, content: bytes) -> None:
    measure_voices(store, jobs=1)
    (store.root / "voices" / "clips.parquet").write_bytes(content)
    with pytest.raises(StoreError, match="damaged"):
        read_voices(store)


def test_a_table_of_other_numbers_is_refused(store: PreparedStore) -> None:
    measure_voices(store, jobs=1)
    path = store.root / "voices" / "clips.parquet"
    pd.read_parquet(path).drop(columns="tilt").to_parquet(path)
    with pytest.raises(StoreError, match="another version"):
        read_voices(store)


def test_a_store_whose_training_speakers_have_no_clips_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no training speaker"):
        measure_voices(make_store(tmp_path / "store", {"s3/a": hum(200)}), jobs=1)
