"""Any folder of videos by speaker is a corpus."""

import numpy as np
import pytest

from avss.corpora.clip import Clip
from avss.corpora.folder import SUFFIXES, FolderCorpus
from avss.errors import CorpusError
from avss.media.probing import probe
from avss.media.reading import read_wave
from avss.media.writing import write_video, write_wave


def _put(root, *names):
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).touch()


def test_clips_come_speaker_by_speaker_in_order(tmp_path):
    _put(tmp_path, "ben/b.mov", "anna/z.mp4", "anna/a.webm", "ben/a.mkv")
    clips = list(FolderCorpus(tmp_path).clips())
    assert [clip.id for clip in clips] == ["anna/a", "anna/z", "ben/a", "ben/b"]
    assert clips[0] == Clip(id="anna/a", speaker="anna", video=tmp_path / "anna" / "a.webm")


@pytest.mark.parametrize("suffix", [*SUFFIXES, ".MOV", ".Mp4"])
def test_every_container_is_found_in_any_case(tmp_path, suffix):
    _put(tmp_path, f"anna/a{suffix}")
    assert [clip.video.suffix for clip in FolderCorpus(tmp_path).clips()] == [suffix]


def test_names_with_spaces_dots_and_accents_are_kept(tmp_path):
    _put(tmp_path, "Änne Müller/take 1.final – 你好.mp4")
    assert [clip.id for clip in FolderCorpus(tmp_path).clips()] == ["Änne Müller/take 1.final – 你好"]


def test_what_is_no_video_is_left_alone(tmp_path):
    _put(tmp_path, "readme.txt", "stray.mp4", "anna/a.mp4", "anna/notes.txt", "anna/.a.1f2e.mp4", ".cache/b.mp4")
    _put(tmp_path, "prepared/clips.parquet", "anna/old/c.mp4")
    (tmp_path / "anna" / "folder.mp4").mkdir()
    corpus = FolderCorpus(tmp_path)
    assert [clip.id for clip in corpus.clips()] == ["anna/a"]
    assert corpus.bad_clips() == []


def test_a_wav_beside_a_video_is_its_sound(tmp_path):
    write_video(tmp_path / "anna" / "a.b.mp4", [np.zeros((16, 16, 3), np.uint8)] * 5, None)
    write_wave(tmp_path / "anna" / "a.b.wav", np.full(3200, 0.5, np.float32))
    (clip,) = FolderCorpus(tmp_path).clips()
    sound = tmp_path / "anna" / "a.b.wav"
    assert clip.audio == sound
    wave = read_wave(sound, probe(clip.video).frames)
    np.testing.assert_allclose(wave, np.full(3200, 0.5, np.float32), atol=1e-4)


def test_two_videos_of_one_name_are_reported_not_guessed(tmp_path):
    _put(tmp_path, "anna/a.mp4", "anna/a.mov", "anna/b.mp4", "ben/a.mp4")
    corpus = FolderCorpus(tmp_path)
    assert [clip.id for clip in corpus.clips()] == ["anna/b", "ben/a"]
    (bad,) = corpus.bad_clips()
    assert bad.id == "anna/a"
    assert "a.mov and a.mp4 have the same name" in bad.reason


def test_a_table_gives_the_sex_of_those_it_names(tmp_path):
    _put(tmp_path, "anna/a.mp4", "ben/a.mp4", "kim/a.mp4")
    (tmp_path / "speakers.csv").write_text("speaker,sex\nanna,f\nben,m\n")
    assert [clip.sex for clip in FolderCorpus(tmp_path).clips()] == ["f", "m", None]


def test_a_wrong_table_is_refused(tmp_path):
    _put(tmp_path, "anna/a.mp4")
    (tmp_path / "speakers.csv").write_text("speaker,sex\nanna,female\n")
    with pytest.raises(CorpusError, match="female"):
        FolderCorpus(tmp_path)


def _missing(path):
    pass


def _file(path):
    path.touch()


def _bare(path):
    path.mkdir()


def _videos_without_speaker(path):
    _put(path, "a.mp4", "b.mp4")


def _no_videos(path):
    _put(path, "anna/a.txt")


@pytest.mark.parametrize(
    "make, reason",
    [
        (_missing, "cannot look into"),
        (_file, "cannot look into"),
        (_bare, "there are no videos"),
        (_videos_without_speaker, "there are no videos"),
        (_no_videos, "there are no videos"),
    ],
)
def test_what_is_no_corpus_is_refused_with_the_layout_that_is_wanted(tmp_path, make, reason):
    make(tmp_path / "corpus")
    with pytest.raises(CorpusError, match=reason) as caught:
        FolderCorpus(tmp_path / "corpus")
    assert "one folder per speaker" in caught.value.wanted
