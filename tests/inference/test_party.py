"""A party video and its truth belong together."""

import json
from pathlib import Path

import numpy as np
import pytest
from scipy.io import wavfile

from avss.errors import MediaError, OutputError, SettingsError
from avss.inference.party import mix_party
from avss.media.probing import probe
from avss.media.reading import read_frames, read_wave
from avss.media.writing import write_video, write_wave


def _video(path: Path, T: int, height: int, width: int, *, grey: int, loudness: float = 0.1) -> Path:
    """A picture that grows lighter with time, and a noise as voice."""
    wave = (loudness * np.random.default_rng(grey).standard_normal(640 * T)).astype(np.float32)
    write_video(path, (np.full((height, width, 3), grey + k, np.uint8) for k in range(T)), wave)
    return path


@pytest.fixture
def videos(tmp_path: Path) -> list[Path]:
    """Two videos of 12 and 25 frames, of other sizes."""
    return [
        _video(tmp_path / "a.mp4", 12, 64, 100, grey=50),
        _video(tmp_path / "b.mp4", 25, 96, 96, grey=150),
    ]


def _wav(path: Path) -> np.ndarray:
    rate, levels = wavfile.read(path)
    assert rate == 16_000
    return levels / 32_768


def test_a_party_is_all_of_its_videos_side_by_side(videos, tmp_path):
    party = mix_party(videos, tmp_path / "new folder" / "party")
    film = tmp_path / "new folder" / "party" / "party.mp4"
    frames = [frame.grey for frame in read_frames(film)]
    assert {frame.shape for frame in frames} == {(64, 164)}  # as high as the lower one, the other made smaller
    assert party.size == (164, 64) and [guest.place for guest in party.guests] == [(0, 100), (100, 164)]
    left, right = np.array([[frame[:, 4:96].mean(), frame[:, 104:160].mean()] for frame in frames]).T
    np.testing.assert_allclose(left, 50 + np.minimum(np.arange(25), 11), atol=3)  # stands still when it has ended
    np.testing.assert_allclose(right, 150 + np.arange(25), atol=3)


def test_the_true_voices_add_up_to_what_is_heard(videos, tmp_path):
    party = mix_party(videos, tmp_path / "party", snr=5.0, seed=3)
    voices = np.stack([_wav(tmp_path / "party" / guest.voice) for guest in party.guests])
    noise = _wav(tmp_path / "party" / "noise.wav")
    assert voices.shape == (2, 640 * 25) and not voices[0, 640 * 13 :].any()
    heard = read_wave(tmp_path / "party" / "party.mp4", 25)
    together = voices.sum(axis=0) + noise
    inside = slice(1600, -1600)
    assert np.corrcoef(heard[inside], together[inside])[0, 1] > 0.95  # AAC saves most where there is only noise
    assert 10 * np.log10(np.square(voices.sum(axis=0)).mean() / np.square(noise).mean()) == pytest.approx(5, abs=0.05)
    for voice, video in zip(voices, videos, strict=True):
        true = read_wave(video, 25)
        assert np.corrcoef(voice, true)[0, 1] > 0.999


def test_its_truth_is_written_beside_it(videos, tmp_path):
    party = mix_party(videos, tmp_path / "party", snr=0.0)
    told = json.loads((tmp_path / "party" / "party.json").read_text())
    assert (told["frames"], told["snr"], told["noise"], told["seed"]) == (25, 0.0, "pink", 0)
    assert [guest["source"] for guest in told["guests"]] == [str(video) for video in videos]
    assert [guest["gain"] for guest in told["guests"]] == [guest.gain for guest in party.guests]
    assert [guest["frames"] for guest in told["guests"]] == [12, 25]
    names = {"party.mp4", "party.json", "voice1.wav", "voice2.wav", "noise.wav"}
    assert {path.name for path in (tmp_path / "party").iterdir()} == names


def test_a_seed_tells_one_party_and_without_an_snr_there_is_no_noise(videos, tmp_path):
    gains = [
        [guest.gain for guest in mix_party(videos, tmp_path / f"party{number}", seed=seed).guests]
        for number, seed in enumerate((0, 0, 1))
    ]
    assert gains[0] == gains[1] != gains[2]
    assert not (tmp_path / "party0" / "noise.wav").exists()


def test_the_noise_of_a_file_is_repeated(videos, tmp_path):
    recorded = (0.1 * np.random.default_rng(0).standard_normal(3200)).astype(np.float32)
    write_wave(tmp_path / "rain.wav", recorded)
    party = mix_party(videos, tmp_path / "party", snr=10.0, noise=tmp_path / "rain.wav")
    noise = _wav(tmp_path / "party" / "noise.wav")
    assert np.corrcoef(noise, np.resize(recorded, 16_000))[0, 1] > 0.999
    assert party.noise == str(tmp_path / "rain.wav") and probe(tmp_path / "party" / "party.mp4").frames == 25


@pytest.mark.parametrize("count", [0, 1])
def test_a_party_of_one_is_none(videos, tmp_path, count):
    with pytest.raises(SettingsError, match="two videos or more"):
        mix_party(videos[:count], tmp_path / "party")


@pytest.mark.parametrize("snr", [float("nan"), float("inf")])
def test_a_level_that_is_none_is_refused(videos, tmp_path, snr):
    with pytest.raises(SettingsError, match="an SNR of"):
        mix_party(videos, tmp_path / "party", snr=snr)


def test_noise_without_a_level_is_refused(videos, tmp_path):
    with pytest.raises(SettingsError, match="without a level"):
        mix_party(videos, tmp_path / "party", noise=tmp_path / "rain.wav")


def test_a_file_that_is_missing_or_lacks_a_part_is_named(videos, tmp_path):
    write_video(tmp_path / "mute.mp4", [np.zeros((64, 64, 3), np.uint8)], None)
    write_wave(tmp_path / "song.wav", np.ones(640, np.float32))
    for name, message in (("none.mp4", "there is no file"), ("mute.mp4", "no sound"), ("song.wav", "no picture")):
        with pytest.raises(MediaError, match=rf"{message}.*" if name == "none.mp4" else rf"{name} has {message}"):
            mix_party([videos[0], tmp_path / name], tmp_path / "party")
    assert not (tmp_path / "party").exists()


def test_silent_noise_and_silent_people_are_refused(videos, tmp_path):
    write_wave(tmp_path / "silent.wav", np.zeros(16_000, np.float32))
    with pytest.raises(MediaError, match=r"silent\.wav is silent for the 1\.0 s"):
        mix_party(videos, tmp_path / "party", snr=0.0, noise=tmp_path / "silent.wav")
    mute = _video(tmp_path / "mute.mp4", 5, 64, 64, grey=9, loudness=0.0)
    with pytest.raises(MediaError, match="nobody is heard"):
        mix_party([mute, mute], tmp_path / "party", snr=0.0)


def test_what_exists_is_not_written_over(videos, tmp_path):
    (tmp_path / "party").mkdir()
    with pytest.raises(OutputError, match="exists already"):
        mix_party(videos, tmp_path / "party")
    assert list((tmp_path / "party").iterdir()) == []


def test_a_full_disk_is_one_clear_error_and_leaves_nothing(videos, tiny_disk, tmp_path):
    long = _video(tmp_path / "long.mp4", 100, 64, 64, grey=9)
    with pytest.raises(OutputError, match="No space left"):
        mix_party([long, long], tiny_disk / "party")
    assert list(tiny_disk.iterdir()) == []
