"""Videos and sounds written here come back the same, in step, and whole or not at all."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from avss.errors import OutputError
from avss.media.probing import probe
from avss.media.reading import read_frames, read_wave
from avss.media.writing import write_video, write_wave

FORMATS = [("a.mp4", "mpeg4"), ("a.mp4", "libx264"), ("a.mpg", "mpeg1video")]


def _noise(T):
    return (0.1 * np.random.default_rng(3).standard_normal(640 * T)).astype(np.float32)


@pytest.mark.parametrize("name, codec", FORMATS)
def test_pictures_and_sound_come_back_in_step(tmp_path, studio, name, codec):
    path, wave = tmp_path / "new folder" / name, _noise(75)
    write_video(path, (studio.numbered(k) for k in range(75)), wave, codec=codec)
    frames = list(read_frames(path))
    assert [studio.number(frame.grey) for frame in frames] == list(range(75))
    heard = read_wave(path, 75)
    likeness = [np.dot(heard[8_000 + lag : 40_000 + lag], wave[8_000:40_000]) for lag in range(-400, 401)]
    assert abs(int(np.argmax(likeness)) - 400) <= 1
    assert probe(path).missing == 0.0


@pytest.mark.parametrize("name, codec", FORMATS)
def test_smooth_pictures_keep_their_quality(tmp_path, name, codec):
    ramp = np.linspace(20, 230, 360).astype(np.uint8)
    picture = np.stack([np.tile(ramp, (288, 1)), np.tile(ramp[::-1], (288, 1)), np.full((288, 360), 90, np.uint8)], -1)
    write_video(tmp_path / name, (np.roll(picture, 2 * k, axis=1) for k in range(25)), None, codec=codec)
    for k, frame in enumerate(read_frames(tmp_path / name)):
        error = frame.rgb.astype(float) - np.roll(picture, 2 * k, axis=1)
        assert 20 * np.log10(255 / np.sqrt((error**2).mean())) > 30


def test_a_silent_film_has_no_sound(tmp_path, studio):
    write_video(tmp_path / "a.mp4", [studio.numbered(0)], None)
    info = probe(tmp_path / "a.mp4")
    assert (info.frames, info.has_sound) == (1, False)


@pytest.mark.parametrize("name, codec", [("a.mp4", "mpeg4"), ("a.mpg", "mpeg1video")])
def test_odd_sizes_and_strange_names_are_kept(tmp_path, name, codec):
    path = tmp_path / f"12:30 ünï {name}"
    write_video(path, [np.full((241, 321, 3), 200, np.uint8)] * 3, None, codec=codec)
    assert {frame.grey.shape for frame in read_frames(path)} == {(241, 321)}


def test_a_view_of_pictures_is_written_as_it_looks(tmp_path, studio):
    mirrored = studio.numbered(5)[:, ::-1]
    write_video(tmp_path / "a.mp4", [mirrored], None)
    (frame,) = read_frames(tmp_path / "a.mp4")
    assert studio.number(frame.grey[:, ::-1]) == 5


@pytest.mark.parametrize(
    "frames, samples, message",
    [
        ([], 0, "at least one frame"),
        ([(8, 8, 3), (8, 10, 3)], 1280, r"frame 1 has the size \(8, 10\)"),
        ([(8, 8, 3)] * 2, 1000, "1280 samples"),
        ([(8, 8)], 640, r"uint8 \[8, 8\] is no frame"),
    ],
)
def test_wrong_shapes_are_refused_and_leave_nothing_behind(tmp_path, frames, samples, message):
    with pytest.raises(ValueError, match=message):
        write_video(tmp_path / "a.mp4", (np.zeros(shape, np.uint8) for shape in frames), np.zeros(samples, np.float32))
    assert list(tmp_path.iterdir()) == []


def test_another_container_is_refused(tmp_path, studio):
    with pytest.raises(ValueError, match=r"\.mp4 or \.mpg"):
        write_video(tmp_path / "a.mkv", [studio.numbered(0)], None)


def test_what_breaks_off_leaves_the_old_film(tmp_path, studio):
    def failing():
        yield studio.numbered(2)
        raise RuntimeError("the renderer failed")

    path = tmp_path / "a.mp4"
    write_video(path, [studio.numbered(1)], None)
    with pytest.raises(RuntimeError, match="renderer"):
        write_video(path, failing(), None)
    assert [studio.number(frame.grey) for frame in read_frames(path)] == [1]
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("name, codec", FORMATS)
def test_a_full_disk_is_one_clear_error_and_leaves_nothing_behind(tiny_disk, studio, name, codec):
    with pytest.raises(OutputError, match="No space left") as caught:
        write_video(tiny_disk / name, (studio.numbered(k) for k in range(500)), _noise(500), codec=codec)
    assert "free some space" in caught.value.do
    assert list(tiny_disk.iterdir()) == []


def test_a_read_only_disk_is_one_clear_error(read_only_disk, studio):
    with pytest.raises(OutputError, match="Read-only"):
        write_video(read_only_disk / "a.mp4", [studio.numbered(0)], None)
    with pytest.raises(OutputError, match="Read-only"):
        write_wave(read_only_disk / "a.wav", _noise(1))


def test_a_wav_on_a_full_disk_is_one_clear_error(tiny_disk):
    with pytest.raises(OutputError, match="No space left"):
        write_wave(tiny_disk / "a.wav", _noise(1000))
    assert list(tiny_disk.iterdir()) == []


@given(wave=arrays(np.float32, st.integers(640, 1280), elements=st.floats(-1, 1, width=32)))
def test_a_wav_comes_back_to_16_bits(tmp_path_factory, wave):
    path = tmp_path_factory.mktemp("wav") / "a.wav"
    write_wave(path, wave)
    back = read_wave(path, 2)
    np.testing.assert_allclose(back[: len(wave)], wave, atol=1 / 32_000)
    assert not back[len(wave) :].any()


def test_a_wav_clips_instead_of_wrapping_round(tmp_path):
    write_wave(tmp_path / "a.wav", np.array([1.5, -1.5] * 320, np.float32))
    np.testing.assert_allclose(read_wave(tmp_path / "a.wav", 1)[:2], [1, -1], atol=1e-3)
