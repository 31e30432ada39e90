"""Reading GRID's layout: good clips with exact words, misnamed alignment folders put right, bad clips with reasons."""

import pytest

from avss.corpora.alignment import write_alignment
from avss.corpora.clip import Segment
from avss.corpora.grid import GridCorpus, speaker_folders
from avss.corpora.sentence import Sentence
from avss.errors import CorpusError


def add_clip(root, speaker, stem, *, aligned=True, alignments_of=None, suffix=".mpg"):
    video = root / speaker / f"{stem}{suffix}"
    video.parent.mkdir(parents=True, exist_ok=True)
    video.write_bytes(b"picture and sound")
    if aligned:
        write_alignment(root / "alignments" / (alignments_of or speaker) / f"{stem}.align", timed(stem))
    return video


def timed(stem):
    words = ("sil", *Sentence.from_stem(stem).words, "sil")
    return tuple(Segment(0.4 * place, 0.4 * (place + 1), word) for place, word in enumerate(words))


def labels(segments):
    return tuple(segment.label for segment in segments or ())


def only_bad(root):
    corpus = GridCorpus(root)
    assert list(corpus.clips()) == []
    (bad,) = corpus.bad_clips()
    return bad


def test_a_clip_has_its_words_without_silences_and_its_speakers_sex(tmp_path):
    video = add_clip(tmp_path, "s4", "bbaf2n")
    (clip,) = GridCorpus(tmp_path).clips()
    assert (clip.id, clip.speaker, clip.video, clip.sex) == ("s4/bbaf2n", "s4", video, "f")
    assert labels(clip.words) == ("bin", "blue", "at", "f", "two", "now")
    assert (clip.audio, clip.phones) == (None, None)


def test_clips_come_by_speaker_number_then_stem(tmp_path):
    for speaker, stem in [("s10", "bbaf2n"), ("s2", "swwzzs"), ("s2", "lgaf3s")]:
        add_clip(tmp_path, speaker, stem)
    assert [clip.id for clip in GridCorpus(tmp_path).clips()] == ["s2/lgaf3s", "s2/swwzzs", "s10/bbaf2n"]


def test_deeper_folders_other_suffixes_and_capitals_are_found(tmp_path):
    add_clip(tmp_path, "s1/video/mpg_6000", "bbaf2n", aligned=False)
    add_clip(tmp_path, "s1", "bbaf3n", suffix=".MP4", aligned=False)
    assert [clip.id for clip in GridCorpus(tmp_path).clips()] == ["s1/bbaf2n", "s1/bbaf3n"]


def test_folders_and_files_that_are_no_clips_are_left_alone(tmp_path):
    add_clip(tmp_path, "s1", "bbaf2n")
    (tmp_path / "s1" / "README.txt").touch()
    (tmp_path / "s1" / "._bbaf2n.mpg").touch()
    (tmp_path / "s1" / "bbaf3n.mpg").mkdir()
    (tmp_path / "sounds").mkdir()
    (tmp_path / "s2").touch()
    corpus = GridCorpus(tmp_path)
    assert corpus.speakers == ["s1"]
    assert len(list(corpus.clips())) == 1
    assert corpus.bad_clips() == []


def test_a_misnamed_alignment_folder_is_found_by_its_stems(tmp_path):
    for stem in ("bbaf2n", "bbaf3n"):
        add_clip(tmp_path, "s5", stem, alignments_of="s6")
    for stem in ("lgaf2n", "lgaf3n"):
        add_clip(tmp_path, "s6", stem, alignments_of="s5")
    corpus = GridCorpus(tmp_path)
    assert (corpus.alignment_folder("s5"), corpus.alignment_folder("s6")) == ("s6", "s5")
    assert all(clip.words is not None for clip in corpus.clips())
    assert corpus.bad_clips() == []


def test_the_folder_of_the_same_name_wins_when_two_speakers_say_the_same(tmp_path):
    for speaker in ("s1", "s2"):
        add_clip(tmp_path, speaker, "bbaf2n")
    corpus = GridCorpus(tmp_path)
    assert [corpus.alignment_folder(speaker) for speaker in ("s1", "s2")] == ["s1", "s2"]


def test_a_clip_without_alignment_is_good_but_has_no_times(tmp_path):
    add_clip(tmp_path, "s1", "bbaf2n")
    add_clip(tmp_path, "s1", "bbaf3n", aligned=False)
    add_clip(tmp_path, "s2", "lgaf3n", aligned=False)
    corpus = GridCorpus(tmp_path)
    assert [(clip.id, clip.words is None) for clip in corpus.clips()] == [
        ("s1/bbaf2n", False),
        ("s1/bbaf3n", True),
        ("s2/lgaf3n", True),
    ]
    assert corpus.alignment_folder("s2") is None
    assert corpus.bad_clips() == []


def test_phones_are_read_where_they_are(tmp_path):
    add_clip(tmp_path, "s1", "bbaf2n")
    phones = (Segment(0.0, 0.4, "sil"), Segment(0.4, 0.5, "B"))
    write_alignment(tmp_path / "phones" / "s1" / "bbaf2n.align", phones)
    (clip,) = GridCorpus(tmp_path).clips()
    assert clip.phones == phones


def test_speakers_csv_overrides_the_official_sexes(tmp_path):
    for speaker, stem in [("s1", "bbaf2n"), ("s2", "bbaf3n"), ("s99", "bbaf4n")]:
        add_clip(tmp_path, speaker, stem)
    (tmp_path / "speakers.csv").write_text("speaker,sex,size\ns1,f,0.9\ns2,,1.0\n")
    assert [clip.sex for clip in GridCorpus(tmp_path).clips()] == ["f", None, None]


def test_an_alignment_of_another_sentence_makes_a_bad_clip(tmp_path):
    add_clip(tmp_path, "s1", "bbaf2n")
    write_alignment(tmp_path / "alignments" / "s1" / "bbaf2n.align", timed("bbaf3n"))
    bad = only_bad(tmp_path)
    assert bad.id == "s1/bbaf2n"
    assert "'bin blue at f three now', but the file name says 'bin blue at f two now'" in bad.reason


def test_a_malformed_alignment_makes_a_bad_clip(tmp_path):
    add_clip(tmp_path, "s1", "bbaf2n")
    (tmp_path / "alignments" / "s1" / "bbaf2n.align").write_text("0 10 sil\n5 20 bin\n")
    assert "line 2: 'bin' starts at 5" in only_bad(tmp_path).reason


def test_a_malformed_phone_file_makes_a_bad_clip(tmp_path):
    add_clip(tmp_path, "s1", "bbaf2n")
    (tmp_path / "phones" / "s1").mkdir(parents=True)
    (tmp_path / "phones" / "s1" / "bbaf2n.align").write_text("nonsense\n")
    assert "cannot understand 'nonsense'" in only_bad(tmp_path).reason


@pytest.mark.parametrize("stem", ["bbaw2n", "holiday", "été 2"])
def test_a_wrong_stem_makes_a_bad_clip(tmp_path, stem):
    add_clip(tmp_path, "s1", stem, aligned=False)
    bad = only_bad(tmp_path)
    assert bad.id == f"s1/{stem}"
    assert f"the file name '{stem}'" in bad.reason


def test_an_empty_video_makes_a_bad_clip(tmp_path):
    add_clip(tmp_path, "s1", "bbaf2n").write_bytes(b"")
    assert "is empty" in only_bad(tmp_path).reason


def test_a_link_to_nothing_makes_a_bad_clip(tmp_path):
    video = add_clip(tmp_path, "s1", "bbaf2n")
    video.unlink()
    video.symlink_to(tmp_path / "gone.mpg")
    assert "cannot read" in only_bad(tmp_path).reason


def test_two_videos_of_one_sentence_are_both_refused(tmp_path):
    add_clip(tmp_path, "s1/video/mpg_6000", "bbaf2n", aligned=False)
    add_clip(tmp_path, "s1/video/mpg_vcd", "bbaf2n", aligned=False)
    corpus = GridCorpus(tmp_path)
    assert list(corpus.clips()) == []
    assert len(corpus.bad_clips()) == 2
    assert all("one of 2 videos named bbaf2n" in bad.reason for bad in corpus.bad_clips())


def test_one_bad_clip_costs_no_other(tmp_path):
    for stem in ("bbaf1n", "bbaf2n", "bbaf3n"):
        add_clip(tmp_path, "s1", stem)
    (tmp_path / "s1" / "bbaf2n.mpg").write_bytes(b"")
    corpus = GridCorpus(tmp_path)
    assert [clip.id for clip in corpus.clips()] == ["s1/bbaf1n", "s1/bbaf3n"]
    assert [bad.id for bad in corpus.bad_clips()] == ["s1/bbaf2n"]


def test_a_folder_without_speakers_is_refused(tmp_path):
    (tmp_path / "anna").mkdir()
    with pytest.raises(CorpusError, match="no speaker folder"):
        GridCorpus(tmp_path)


def test_speaker_folders_are_sorted_by_number(tmp_path):
    for name in ("s10", "s9", "s1", "alignments", "s1x", "S3"):
        (tmp_path / name).mkdir()
    assert speaker_folders(tmp_path) == ["s1", "s9", "s10"]


class TestRealClips:
    def test_every_clip_is_good_and_says_its_stem(self, real_grid):
        corpus = GridCorpus(real_grid)
        clips = list(corpus.clips())
        assert len(clips) == 238
        assert corpus.bad_clips() == []
        for clip in clips:
            assert labels(clip.words) == Sentence.from_stem(clip.video.stem).words
            assert all(0 < word.start < word.end <= 3.0 for word in clip.words or ())

    def test_speakers_with_a_single_clip_are_there(self, real_grid):
        clips = list(GridCorpus(real_grid).clips())
        per_speaker = {speaker: [clip for clip in clips if clip.speaker == speaker] for speaker in ("s15", "s17", "s1")}
        assert {speaker: len(found) for speaker, found in per_speaker.items()} == {"s15": 1, "s17": 1, "s1": 60}
        assert (per_speaker["s15"][0].sex, per_speaker["s17"][0].sex) == ("f", "m")

    def test_swapped_alignment_folders_change_nothing(self, real_grid, tmp_path):
        swapped = {"s14": "s15", "s15": "s14", "s10": "s13", "s26": "s27", "s27": "s26"}
        (tmp_path / "alignments").mkdir()
        for speaker in speaker_folders(real_grid):
            (tmp_path / speaker).symlink_to(real_grid / speaker)
            (tmp_path / "alignments" / swapped.get(speaker, speaker)).symlink_to(real_grid / "alignments" / speaker)
        found = {clip.id: clip.words for clip in GridCorpus(tmp_path).clips()}
        assert found == {clip.id: clip.words for clip in GridCorpus(real_grid).clips()}
