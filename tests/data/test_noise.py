from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
import torch
from scipy.io import wavfile
from scipy.signal import welch

from avss.data.noise import COLOURS, babble, coloured_noise, join_noise, recorded_noise
from avss.errors import CorpusError, MediaError, SettingsError


@pytest.mark.parametrize("colour, slope", [("white", 0), ("pink", -3), ("brown", -6)])
def test_coloured_noise_falls_as_it_should(colour, slope):
    bank = coloured_noise([colour], seconds=20)
    frequencies, density = welch(bank.audio[0].double().numpy(), 16_000, nperseg=4096)
    band = (frequencies > 100) & (frequencies < 6000)
    measured = np.polyfit(np.log2(frequencies[band]), 10 * np.log10(density[band]), 1)[0]
    assert measured == pytest.approx(slope, abs=0.15)


def test_a_name_tells_one_track():
    first, again, other = (coloured_noise(seconds=1, seed=seed) for seed in (0, 0, 1))
    assert first.kinds == COLOURS
    assert torch.equal(first.audio, again.audio) and first.names == again.names
    assert not set(first.names) & set(other.names)
    assert not torch.equal(first.audio, other.audio)
    assert set(coloured_noise(["pink"], seconds=2).names).isdisjoint(first.names)


def test_recordings_fall_into_splits_and_lose_their_pauses(tmp_path: Path):
    rng = np.random.default_rng(0)
    for number in range(40):
        wave = np.zeros(16_000, np.float32)
        wave[3200:9600] = rng.normal(0, 0.05, 6400)
        wavfile.write(tmp_path / f"{number}.wav", 16_000, wave)
    banks = {part: recorded_noise(tmp_path, part) for part in ("train", "valid", "test")}
    names = [name for bank in banks.values() for name in bank.names]
    assert sorted(names) == sorted(f"{number}.wav" for number in range(40))
    assert len(banks["train"]) > 20
    assert set(banks["test"].lengths.tolist()) == {6400}
    assert set(banks["test"].kinds) == {"recording"}


@pytest.mark.parametrize("kind", ["", "-10"])
def test_takes_of_one_recording_go_together(kind: str, tmp_path: Path):
    rng = np.random.default_rng(0)
    for number in range(30):
        for take in "ABC":
            wavfile.write(tmp_path / f"1-{number}-{take}{kind}.wav", 16_000, rng.normal(0, 0.05, 640))
    parts = [recorded_noise(tmp_path, part).names for part in ("train", "valid", "test")]
    recordings = [{name.split("-")[1] for name in names} for names in parts]
    assert sum(map(len, parts)) == 90 and sum(map(len, recordings)) == len(set().union(*recordings)) == 30


def test_a_folder_too_small_to_split_is_refused(tmp_path: Path):
    wavfile.write(tmp_path / "a.wav", 16_000, np.ones(6400, np.int16))
    with pytest.raises(CorpusError, match="none of the 1 sound files"):
        for part in ("train", "valid", "test"):
            recorded_noise(tmp_path, part)


@pytest.mark.parametrize(
    ("wave", "told"),
    [(np.ones(639, np.int16), "has 639 samples"), (np.zeros(6400, np.int16), "is silent")],
)
def test_a_recording_in_which_nothing_is_heard_is_refused(wave, told: str, tmp_path: Path):
    wavfile.write(tmp_path / "click.wav", 16_000, wave)
    with pytest.raises(MediaError, match=rf"click\.wav {told}"):
        for part in ("train", "valid", "test"):
            with suppress(CorpusError):  # the file is of another part
                recorded_noise(tmp_path, part)


def test_babble_is_of_its_speakers_and_never_silent(make_bank):
    bank = make_bank({name: [6, 9] for name in "abcdefgh"})
    tracks = babble(bank, talkers=3, tracks=5, seconds=2, seed=4)
    assert {len(speakers) for speakers in tracks.speakers} == {3}
    assert len(set(tracks.speakers)) > 1
    levels = tracks.audio.view(5, -1, 640).float().std(dim=-1)
    assert levels.min() > 0.4 * levels.max()
    assert torch.equal(tracks.audio, babble(bank, talkers=3, tracks=5, seconds=2, seed=4).audio)
    with pytest.raises(SettingsError, match="9 talkers needs as many speakers; the bank has 8"):
        babble(bank, talkers=9)


def test_tracks_of_several_lengths_join():
    long, short = coloured_noise(["white"], seconds=2), coloured_noise(["pink"], seconds=1)
    bank = join_noise(short, long)
    assert bank.lengths.tolist() == [16_000, 32_000]
    assert torch.equal(bank.audio[0, :16_000], short.audio[0])
    assert [bank.index[name] for name in bank.names] == [0, 1]
    with pytest.raises(ValueError, match="share tracks"):
        join_noise(bank, long)
