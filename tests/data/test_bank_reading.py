from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.io import wavfile

from avss.data.bank_reading import read_bank, read_talkers, speech_level
from avss.data.sixteen_bits import as_int16
from avss.errors import CorpusError, MediaError, SettingsError


def test_a_bank_holds_what_the_store_holds(made_store):
    store = made_store({"s1/a": (5, None, None), "s2/b": (8, None, None), "s1/c": (3, None, None)})
    bank = read_bank(store, "train")
    assert bank.T == 8
    for number, clip_id in enumerate(bank.ids):
        clip, T = store[clip_id], len(store[clip_id].valid)
        assert bank.lengths[number] == T
        assert bank.speakers[number] == clip_id[:2]
        np.testing.assert_array_equal(bank.audio[number, : 640 * T], clip.audio)
        np.testing.assert_array_equal(bank.valid[number, :T], clip.valid)
        assert not bank.audio[number, 640 * T :].any()
        assert not bank.valid[number, T:].any()
    assert bank.sexes == (None,) * 3


def test_a_split_without_clips_is_refused(made_store):
    with pytest.raises(CorpusError, match="no usable clip in the split valid or test"):
        read_bank(made_store({"s1/a": (5, None, None)}), "valid", "test")


def test_fewer_speakers_are_some_of_the_more_and_keep_all_their_clips(made_store):
    store = made_store({f"s{speaker}/{clip}": (3, None, None) for speaker in range(1, 6) for clip in "ab"})
    taken = [set(read_bank(store, "train", speakers=count).speakers) for count in range(1, 6)]
    assert [len(names) for names in taken] == [1, 2, 3, 4, 5]
    assert all(fewer < more for fewer, more in pairwise(taken))
    assert len(read_bank(store, "train", speakers=2)) == 4
    with pytest.raises(SettingsError, match="6 speakers are asked for, of 5"):
        read_bank(store, "train", speakers=6)


@given(st.integers(0, 200), st.integers(1, 20), st.floats(1e-3, 0.9))
def test_pauses_do_not_make_a_voice_soft(pauses: int, spoken: int, level: float):
    rng = np.random.default_rng(0)
    voice = level * np.sign(rng.normal(size=(spoken, 640)))
    audio = as_int16(np.concatenate([np.zeros((pauses, 640)), voice]).reshape(-1))
    assert speech_level(audio) == pytest.approx(level, rel=0.02)


def test_silence_is_not_made_loud():
    assert speech_level(np.zeros(6400, np.int16)) == pytest.approx(1e-4)


def test_talkers_are_read_from_any_sound_files(tmp_path: Path):
    rng = np.random.default_rng(0)
    for name, seconds in (("x/p1/a.wav", 0.5), ("x/p1/b.wav", 0.1), ("p2/a.wav", 0.27)):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        wavfile.write(tmp_path / name, 16_000, rng.normal(0, 0.1, round(16_000 * seconds)).astype(np.float32))
    (tmp_path / "README.md").write_text("no sound")
    bank = read_talkers(tmp_path)
    assert bank.ids == ("p2/a", "x/p1/a", "x/p1/b")
    assert bank.speakers == ("p2", "x/p1", "x/p1")
    assert bank.lengths.tolist() == [6, 12, 2]
    assert not bank.valid.any()
    assert torch.isclose(bank.level, torch.tensor(0.1), rtol=0.1).all()


def test_two_files_of_one_name_are_refused(tmp_path: Path):
    for name in ("p1/a.wav", "p2/a.wav", "p1/a.flac"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        soundfile.write(tmp_path / name, np.ones(6400) / 9, 16_000)
    with pytest.raises(CorpusError, match=r"p1/a\.flac and .*p1/a\.wav are one clip by their names"):
        read_talkers(tmp_path)


def test_a_folder_without_sound_and_a_sound_below_a_frame_are_refused(tmp_path: Path):
    with pytest.raises(CorpusError, match="no sound file below"):
        read_talkers(tmp_path)
    wavfile.write(tmp_path / "click.wav", 16_000, np.ones(100, np.int16))
    with pytest.raises(MediaError, match=r"click\.wav has 100 samples"):
        read_talkers(tmp_path)
