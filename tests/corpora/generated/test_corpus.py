"""The generated corpus: complete, reproducible in any order, resumable, and never mixed with anything else."""

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from avss.corpora.alignment import read_alignment, spoken
from avss.corpora.generated.clip_making import clip_files, make_clip
from avss.corpora.generated.corpus import generate_corpus
from avss.corpora.opening import open_corpus
from avss.corpora.sentence import Sentence
from avss.errors import CorpusError, OutputError
from avss.media.reading import read_frames, read_wave
from avss.rates import SAMPLE_RATE
from avss.speech.phones import PHONES, SILENCE


def contents(folder: Path) -> dict[str, str]:
    """A digest of every file, hidden ones included."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def corpus(tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("corpus") / "generated corpus é"
    generate_corpus(out, speakers=2, clips=2, seed=1, jobs=1)
    return out


def test_it_opens_as_a_corpus_in_grids_layout(corpus):
    opened = open_corpus(corpus)
    clips = list(opened.clips())
    assert opened.bad_clips() == []
    assert [clip.speaker for clip in clips] == ["s1", "s1", "s2", "s2"]
    assert len({clip.video.stem for clip in clips}) == 4
    for clip in clips:
        assert clip.sex in ("m", "f")
        assert clip.words is not None
        assert tuple(word.label for word in clip.words) == Sentence.from_stem(clip.video.stem).words


def test_a_clip_has_three_seconds_of_picture_and_sound_that_go_with_its_phones(corpus):
    clip = next(iter(open_corpus(corpus).clips()))
    frames = list(read_frames(clip.video))
    assert len(frames) == 75
    assert frames[0].rgb.shape == (288, 360, 3)
    wave = read_wave(clip.video, 75)
    words = spoken(read_alignment(corpus / "alignments" / clip.speaker / f"{clip.video.stem}.align"))
    start, end = (round(time * SAMPLE_RATE) for time in (words[0].start, words[-1].end))
    assert np.std(wave[start:end]) > 20 * np.std(wave[: start - 800])
    phones = read_alignment(corpus / "phones" / clip.speaker / f"{clip.video.stem}.align")
    assert {phone.label for phone in phones} <= set(PHONES)
    assert phones[0].label == phones[-1].label == SILENCE
    assert (phones[0].start, phones[-1].end) == (0, 3)
    assert {word.start for word in words} <= {phone.start for phone in phones}


def test_it_is_the_same_bit_for_bit_however_it_is_made(corpus, tmp_path):
    out = tmp_path / "again"
    generate_corpus(out, speakers=1, clips=1, seed=1, jobs=1)
    generate_corpus(out, speakers=2, clips=1, seed=1, jobs=2)
    generate_corpus(out, speakers=1, clips=2, seed=1, jobs=1)
    make_clip(out, seed=1, number=2, face_draw=0, index=1)
    assert contents(out) == contents(corpus)


def test_finished_clips_are_kept_and_missing_ones_made_again(corpus):
    before = contents(corpus)
    (_, _, video), (words, _, _), (_, _, kept) = (clip_files(corpus, 1, *clip) for clip in ((1, 0), (1, 1), (2, 1)))
    video.unlink()
    words.unlink()
    written = kept.stat().st_mtime_ns
    generate_corpus(corpus, speakers=2, clips=2, seed=1, jobs=1)
    assert contents(corpus) == before
    assert kept.stat().st_mtime_ns == written


def test_a_killed_run_is_gone_on_with_and_loses_no_finished_clip(tmp_path):
    out = tmp_path / "killed"
    program = (
        "from pathlib import Path\n"
        "from avss.corpora.generated.corpus import generate_corpus\n"
        f"generate_corpus(Path({str(out)!r}), speakers=1, clips=6, seed=2, jobs=1)\n"
    )
    run = subprocess.Popen(
        [sys.executable, "-c", program],
        env=os.environ | {"TMPDIR": str(tmp_path)},  # a killed process cannot tidy up
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    deadline = time.monotonic() + 120
    while len(list(out.glob("s1/[!.]*.mp4"))) < 2 and time.monotonic() < deadline and run.poll() is None:
        time.sleep(0.02)
    os.killpg(run.pid, signal.SIGKILL)
    run.wait()
    finished = contents(out / "s1")
    finished = {name: digest for name, digest in finished.items() if not name.startswith(".")}
    assert 2 <= len(finished) < 6
    generate_corpus(out, speakers=1, clips=6, seed=2, jobs=1)
    videos = {name: digest for name, digest in contents(out / "s1").items() if not name.startswith(".")}
    assert len(videos) == 6
    assert finished.items() <= videos.items()


def test_another_seed_is_refused_and_nothing_is_touched(corpus):
    before = contents(corpus)
    with pytest.raises(CorpusError, match="another corpus"):
        generate_corpus(corpus, speakers=2, clips=2, seed=2, jobs=1)
    assert contents(corpus) == before


def test_another_recipe_is_refused(corpus, tmp_path):
    out = tmp_path / "old"
    out.mkdir()
    identity = json.loads((corpus / "corpus.json").read_text())
    (out / "corpus.json").write_text(json.dumps(identity | {"recipe": 0}))
    with pytest.raises(CorpusError, match="another corpus"):
        generate_corpus(out, speakers=1, clips=1, seed=1, jobs=1)


@pytest.mark.parametrize("text", ["", "[]", "{", "null", "{}"])
def test_a_damaged_label_is_refused(tmp_path, text):
    (tmp_path / "corpus.json").write_text(text)
    with pytest.raises(CorpusError, match=r"corpus\.json"):
        generate_corpus(tmp_path, speakers=1, clips=1, seed=1, jobs=1)


def test_a_folder_with_other_files_is_refused(tmp_path):
    (tmp_path / "holiday.jpg").write_bytes(b"...")
    with pytest.raises(CorpusError, match="other files"):
        generate_corpus(tmp_path, speakers=1, clips=1, seed=1, jobs=1)
    assert [path.name for path in tmp_path.iterdir()] == ["holiday.jpg"]


def test_a_full_disk_ends_the_run_with_advice_and_leaves_no_half_clip(tiny_disk):
    with pytest.raises(OutputError, match="free some space"):
        generate_corpus(tiny_disk / "corpus", speakers=1, clips=3, seed=1, jobs=1)
    assert not list(tiny_disk.rglob("*.mp4"))


def test_a_file_in_place_of_the_folder_is_refused(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(OutputError, match="file"):
        generate_corpus(tmp_path / "file", speakers=1, clips=1, seed=1, jobs=1)


@pytest.mark.parametrize(("speakers", "clips", "seed"), [(0, 1, 0), (641, 1, 0), (1, 0, 0), (1, 101, 0), (1, 1, -1)])
def test_impossible_counts_and_seeds_are_refused_before_anything_is_written(tmp_path, speakers, clips, seed):
    out = tmp_path / "out"
    with pytest.raises(CorpusError):
        generate_corpus(out, speakers, clips, seed, jobs=1)
    assert not out.exists()
