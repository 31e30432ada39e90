"""The whole road from video files to the store, with good, odd and bad films."""

import os
import shutil
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest

from avss.corpora.folder import FolderCorpus
from avss.corpora.opening import open_corpus
from avss.data.prepare import prepare_corpus
from avss.data.store import PreparedStore
from avss.errors import OutputError
from avss.media.reading import read_wave
from avss.vision.mouth import apertures

SPLIT = {"odd": "train", "bad": "test", "s1": "train", "s2": "valid"}


@pytest.fixture(scope="module")
def videos(tmp_path_factory: pytest.TempPathFactory, face: list, voice: np.ndarray, film: Callable) -> Path:
    """A folder of odd films that must work and of bad ones that must be rejected; most last one second."""
    root = tmp_path_factory.mktemp("videos")
    odd, bad = root / "odd", root / "bad"
    second, said = face[20:45], voice[640 * 20 : 640 * 45]
    wall = np.full_like(face[0], 128)

    film(odd / "söme näme with spaces.mp4", second, said)
    film(odd / "59.94 fps.mov", [face[20 + round(k * 25 / 59.94)] for k in range(60)], said, rate=Fraction(60000, 1001))
    film(odd / "8 kHz.mp4", second, said, sound_rate=8_000)
    film(odd / "5.1.mkv", second, said, sound_rate=48_000, layout="5.1")
    film(odd / "odd size.mkv", [frame[:287, 1:] for frame in second], said, codec="ffv1", pixels="yuv444p")
    film(odd / "one frame.avi", face[:1], voice[:640])
    tall = [cv2.resize(np.rot90(frame[:, 80:242], -1), (3840, 2160)) for frame in second[:8]]
    film(odd / "4K portrait.mp4", tall, said[: 8 * 640], turned=90)
    listener = np.random.default_rng(0).normal(0, 2, (75, *face[0].shape))
    beside = [np.hstack([face[0] + noise, frame]).clip(0, 255) for frame, noise in zip(face, listener, strict=True)]
    film(odd / "two faces, one speaks.mp4", [frame.astype(np.uint8) for frame in beside], voice)

    bad.mkdir()
    (bad / "no video.mp4").write_text("dear diary")
    (bad / "empty.mp4").touch()
    (bad / "gone.mp4").symlink_to(root / "nowhere.mp4")
    whole = film(root / "whole.mp4", second, said).read_bytes()
    (bad / "truncated.mp4").write_bytes(whole[: len(whole) // 2])
    whole = film(root / "whole.mkv", second, said).read_bytes()
    (bad / "cut off.mkv").write_bytes(whole[: len(whole) // 2])
    film(bad / "no sound.mp4", second, None)
    film(bad / "no picture.mp4", [], said)
    film(bad / "no face.mp4", [wall] * 25, said)
    film(bad / "face leaves.mp4", second[:10] + [wall] * 15, said)
    film(bad / "two faces.mp4", [np.hstack([frame, frame]) for frame in second], said)
    if os.geteuid() == 0:  # whom no permission stops; a process's own memory cannot be read from its start
        (bad / "unreadable.mp4").symlink_to("/proc/self/mem")
    else:
        film(bad / "unreadable.mp4", second, said).chmod(0)
    return root


@pytest.fixture(scope="module")
def store(videos: Path, tmp_path_factory: pytest.TempPathFactory) -> PreparedStore:
    return prepare_corpus(FolderCorpus(videos), tmp_path_factory.mktemp("out") / "store", SPLIT, jobs=1)


@pytest.mark.parametrize(
    ("name", "frames"),
    [
        ("söme näme with spaces", 25),
        ("59.94 fps", 26),
        ("8 kHz", 25),
        ("5.1", 25),
        ("odd size", 25),
        ("one frame", 1),
        ("4K portrait", 8),
        ("two faces, one speaks", 75),
    ],
)
def test_an_odd_film_is_prepared(store: PreparedStore, name: str, frames: int) -> None:
    assert f"odd/{name}" in store, store.rejects.reason.get(f"odd/{name}")
    clip = store[f"odd/{name}"]
    assert clip.valid.mean() >= 0.8
    assert clip.audio.shape == (640 * frames,)
    assert clip.landmarks.shape == (frames, 68, 2)
    assert clip.mouth.shape == (frames, 32, 48)
    assert np.ptp(clip.face) > 80
    if frames > 1:
        assert np.abs(clip.audio.astype(int)).max() > 300
        assert clip.mouth.max() > 40


def test_the_same_film_gives_the_same_mouth_in_any_format(store: PreparedStore) -> None:
    plain = apertures(store["odd/söme näme with spaces"].landmarks)
    for name in ("8 kHz", "5.1", "odd size"):
        assert np.abs(apertures(store[f"odd/{name}"].landmarks) - plain).mean() < 0.02
    assert np.corrcoef(apertures(store["odd/59.94 fps"].landmarks)[:25], plain)[0, 1] > 0.8


def test_of_two_faces_the_speaking_one_is_stored(store: PreparedStore) -> None:
    assert store["odd/two faces, one speaks"].landmarks[..., 0].min() > 320


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("no video", "cannot decode"),
        ("empty", "is empty"),
        ("gone", "there is no file"),
        ("truncated", "cannot decode"),
        ("cut off", "is cut off"),
        ("no sound", "has no sound"),
        ("no picture", "has no picture"),
        ("no face", "a face is seen in 0% of the frames"),
        ("face leaves", "the talking face is seen in 40% of the frames"),
        ("two faces", "2 faces are seen and it cannot be told which one is heard"),
        ("unreadable", "Input/output error" if os.geteuid() == 0 else "Permission denied"),
    ],
)
def test_a_bad_film_is_a_row_with_what_was_wanted_and_what_to_do(store: PreparedStore, name: str, reason: str) -> None:
    assert f"bad/{name}" not in store
    told = store.rejects.reason[f"bad/{name}"]
    assert reason in told
    assert "Wanted: " in told
    assert "Do: " in told


def test_the_sound_is_the_films_own(store: PreparedStore, videos: Path) -> None:
    wave = read_wave(videos / "odd" / "söme näme with spaces.mp4", 25)
    audio = store["odd/söme näme with spaces"].audio
    np.testing.assert_allclose(audio / 32767, wave, atol=2e-5)


def test_what_the_corpus_knows_is_in_the_table(generated_clips: Path, tmp_path: Path) -> None:
    corpus = open_corpus(generated_clips)
    store = prepare_corpus(corpus, tmp_path / "store", SPLIT, jobs=1)
    clips = list(corpus.clips())
    assert len(store) == len(clips)
    for clip in clips:
        row = store.clips.loc[clip.id]
        assert (row.speaker, row.sex, row.text, row.split) == (clip.speaker, clip.sex, clip.text, SPLIT[clip.speaker])
        assert (row.frames, row.valid_share, row.damaged_frames) == (75, 1.0, 0)
        assert store.words(clip.id) == clip.words
        assert store.phones(clip.id) == clip.phones


def _volumes(root: Path) -> dict[str, int]:
    return {path.as_posix(): path.stat().st_mtime_ns for path in (root / "speakers").rglob("*.npy")}


def test_a_second_run_does_only_what_is_new(tmp_path: Path, face: list, voice: np.ndarray, film: Callable) -> None:
    videos, out = tmp_path / "videos", tmp_path / "store"
    for name in ("a", "b"):
        film(videos / "s1" / f"{name}.mp4", face[:10], voice[:6400])
    prepare_corpus(FolderCorpus(videos), out, SPLIT, jobs=1)
    first = _volumes(out)
    store = prepare_corpus(FolderCorpus(videos), out, {"s1": "test"}, jobs=1)
    assert _volumes(out) == first
    assert set(store.clips.split) == {"test"}

    film(videos / "s1" / "b.mp4", face[:12], voice[: 12 * 640])
    film(videos / "s2" / "c.mp4", face[:10], voice[:6400])
    store = prepare_corpus(FolderCorpus(videos), out, SPLIT, jobs=1)
    assert first.items() <= _volumes(out).items()
    assert store.clips.frames.to_dict() == {"s1/a": 10, "s1/b": 12, "s2/c": 10}


def test_a_rejected_clip_is_tried_again(tmp_path: Path, face: list, voice: np.ndarray, film: Callable) -> None:
    videos, out = tmp_path / "videos", tmp_path / "store"
    (videos / "s1").mkdir(parents=True)
    (videos / "s1" / "a.mp4").symlink_to(tmp_path / "later.mp4")
    assert list(prepare_corpus(FolderCorpus(videos), out, SPLIT, jobs=1).rejects.index) == ["s1/a"]
    film(tmp_path / "later.mp4", face[:10], voice[:6400])
    store = prepare_corpus(FolderCorpus(videos), out, SPLIT, jobs=1)
    assert "s1/a" in store
    assert store.rejects.empty


def test_a_full_disk_ends_the_run_and_loses_nothing_finished(
    tiny_disk: Path, tmp_path: Path, face: list, voice: np.ndarray, film: Callable
) -> None:
    videos = tmp_path / "videos"
    for name in "abc":
        film(videos / "s1" / f"{name}.mp4", face[:20], voice[: 20 * 640])
    with pytest.raises(OutputError, match=r"No space left on device.*finished work is kept"):
        prepare_corpus(FolderCorpus(videos), tiny_disk / "store", SPLIT, jobs=1)
    roomy = shutil.copytree(tiny_disk / "store", tmp_path / "store")
    (part, *_) = (roomy / "parts").glob("[!.]*.npz")
    kept = np.load(part)["mouth"]
    store = prepare_corpus(FolderCorpus(videos), roomy, SPLIT, jobs=1)
    assert len(store) == 3
    np.testing.assert_array_equal(store["s1/a"].mouth, kept)


def test_a_read_only_disk_ends_the_run(read_only_disk: Path, generated_clips: Path) -> None:
    with pytest.raises(OutputError, match="Read-only file system"):
        prepare_corpus(open_corpus(generated_clips), read_only_disk / "store", SPLIT, jobs=1)


def test_real_clips_are_prepared(real_grid: Path, tmp_path: Path) -> None:
    stems = {"s1": "sgib8n", "s30": None, "s31": None}
    for speaker, stem in stems.items():
        folder = tmp_path / "clips" / speaker
        folder.mkdir(parents=True)
        videos = sorted((real_grid / speaker).glob(f"{stem or '*'}.mpg"))
        (folder / videos[0].name).symlink_to(videos[0])
    store = prepare_corpus(FolderCorpus(tmp_path / "clips"), tmp_path / "store", dict.fromkeys(stems, "train"), jobs=1)
    assert len(store) == 3
    assert (store.clips.valid_share >= 0.98).all()
    assert store.clips.loc["s1/sgib8n", "damaged_frames"] >= 1
