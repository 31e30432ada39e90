"""The exam of stages 2 to 4 by their commands, with small models that learned nothing."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import soundfile
import torch

from avss.corpora.generated.cast.speaker import draw_speaker
from avss.corpora.generated.voice.utterance import say
from avss.corpora.sentence import SENTENCES, Sentence
from avss.data.exam_list import read_exam
from avss.data.parts import write_part
from avss.data.sixteen_bits import as_int16
from avss.data.store import PreparedStore
from avss.data.store_writer import StoreWriter
from avss.errors import AvssError, ModelError, SettingsError, StoreError
from avss.evaluation.exam_paper import ExamSettings, read_sources
from avss.evaluation.separation_exam import examine
from avss.models.audio_visual import AudioVisualSeparator
from avss.models.face_to_speaker import EMBEDDING
from avss.models.frontend import Frontend
from avss.models.separators.families import SeparatorSettings, make_audio_only, make_separator
from avss.models.weights import load_model, save_model
from avss.training.eigenmouths import mouth_settings

ROOT = Path(__file__).parents[2]
SMALL = SeparatorSettings(width=16, stages=1)


@pytest.fixture(scope="module")
def speaking_store(talking_store: PreparedStore, tmp_path_factory: pytest.TempPathFactory) -> PreparedStore:
    """The faces of the talking store, with voices that pause and speak; four of the six speakers test."""
    root = tmp_path_factory.mktemp("speaking") / "store"
    writer, rows, rng = StoreWriter(root), {}, np.random.default_rng([0])
    for clip_id, row in talking_store.clips.iterrows():
        person = ord(row.speaker) - ord("a")
        clip = talking_store[str(clip_id)]
        said = say(Sentence.from_number(int(rng.integers(SENTENCES))), draw_speaker(1, person + 1).voice, rng)
        audio = as_int16(said.wave[: len(clip.audio)])
        measured = {"source": "1@1", "face_score": 1.0, "damaged_frames": 0, "valid_share": 1.0}
        write_part(root, {"id": clip_id, "frames": row.frames, **measured}, replace(clip, audio=audio))
        split = "test" if person > 1 else "train"
        rows[clip_id] = {"id": clip_id, "speaker": row.speaker, "split": split, "sex": "fm"[person % 2]}
    writer.finish(rows, {})
    return PreparedStore(root)


@pytest.fixture(scope="module")
def runs(frontend_run: Path, speaking_store: PreparedStore, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of run folders: av and earlier, which see; twin, which does not; and strange, of other mouths."""
    folder = tmp_path_factory.mktemp("separators")
    mouths = {"mouths": mouth_settings(speaking_store)}
    for seed, (name, notes) in enumerate({"av": mouths, "earlier": mouths, "strange": {}}.items()):
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            frontend = load_model(frontend_run, Frontend)
            model = AudioVisualSeparator(frontend, make_separator(SMALL, frontend.size, EMBEDDING))
            save_model(
                model, folder / name, corpus=str(speaking_store.root), split=speaking_store.speakers, notes=notes
            )
    save_model(make_audio_only(SMALL, 2), folder / "twin", corpus="made", split=speaking_store.speakers)
    return folder


def settings(store: PreparedStore, folder: Path, **changes) -> ExamSettings:
    plain = ExamSettings(store.root, folder / "paper.csv", faces=(2, 3), levels=(None, 0.0), mixtures=2, frames=50)
    return replace(plain, babble=0, listened=0, jobs=1, **changes)


def command(stage: str, *options: str | Path) -> subprocess.CompletedProcess[str]:
    script = ROOT / stage / "evaluate.py"
    wide = os.environ | {"COLUMNS": "200"}
    return subprocess.run([sys.executable, script, *options], capture_output=True, text=True, cwd=ROOT, env=wide)


def asked(store: PreparedStore, paper: Path, **more: object) -> list[str | Path]:
    plain = {"store": store.root, "paper": paper, "levels": "[null]", "mixtures": 1, "frames": 50, "babble": 0}
    return [f"--exam.{name}={value}" for name, value in (plain | {"jobs": 1} | more).items()]


def test_stage_4_compares_all_stages_and_does_nothing_twice(
    runs: Path, speaking_store: PreparedStore, tmp_path: Path
) -> None:
    options = ["--run", runs / "av", "--out", tmp_path, "--frozen", runs / "earlier"]
    more = {"faces": "[2,3]", "levels": "[null,0]", "mixtures": 2, "silent": 1, "audio_only": runs / "twin"}
    options += asked(speaking_store, tmp_path / "paper.csv", listened=1, **more)
    done = command("4_curriculum_learning", *options)
    assert done.returncode == 0, done.stderr
    for text in ("missing: no curriculum, for no run folder is named", "audio-only beyond 2 faces", "confused"):
        assert text in done.stdout
    figures = pd.read_csv(tmp_path / "figures.csv")
    rows = ["mixture", "ideal binary mask", "ideal complex mask", "audio-only", "frozen frontend"]
    rows += ["other lips", "activity only", "turned away", "both averaged", "audio-visual"]
    assert list(figures.row.unique()) == rows
    gain = figures[(figures.figure == "si_sdri") & (figures.sexes == "all")].groupby("row").value.mean()
    assert gain["mixture"] == 0
    assert gain["ideal complex mask"] > gain["ideal binary mask"] > 5 > gain["audio-visual"]
    assert {"pesq", "stoi", "estoi", "sdri", "confused", "failed", "leakage"} <= set(figures.figure)
    told = json.loads((tmp_path / "exam.json").read_text())
    assert told["rows"]["audio-visual"] == told["rows"]["other lips"] != told["rows"]["frozen frontend"]

    written = (tmp_path / "mixtures.csv").stat().st_mtime_ns
    again = command("4_curriculum_learning", *options)
    assert again.stdout.strip() == done.stdout.strip()  # but for the bar of progress
    assert (tmp_path / "mixtures.csv").stat().st_mtime_ns == written


@pytest.mark.parametrize(("stage", "missing"), [("2_avss_main", []), ("3_fine_tuning", ["frozen frontend"])])
def test_the_other_stages_sit_the_same_exam_and_tell_what_is_missing(
    stage: str, missing: list[str], runs: Path, speaking_store: PreparedStore, tmp_path: Path
) -> None:
    options = asked(speaking_store, tmp_path / "paper.csv", faces="[2]", listened=0)
    done = command(stage, "--run", runs / "av", "--out", tmp_path, *options)
    assert done.returncode == 0, done.stderr
    told = json.loads((tmp_path / "exam.json").read_text())
    assert set(told["missing"]) == {"audio-only", *missing}
    assert "audio-visual" in told["rows"]


def test_a_paper_that_is_there_is_asked_as_it_is(runs: Path, speaking_store: PreparedStore, tmp_path: Path) -> None:
    first = settings(speaking_store, tmp_path, faces=(2,))
    examine(first, runs / "av", tmp_path / "first", {})
    paper = (tmp_path / "paper.csv").read_bytes()
    examine(replace(first, faces=(3,), seed=5), runs / "av", tmp_path / "second", {})
    assert (tmp_path / "paper.csv").read_bytes() == paper
    assert (tmp_path / "first" / "mixtures.csv").read_bytes() == (tmp_path / "second" / "mixtures.csv").read_bytes()


def test_company_joins_and_what_cannot_be_mixed_even_so_is_told(
    runs: Path, speaking_store: PreparedStore, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    exam = settings(speaking_store, tmp_path, faces=(2, 6, 7, 8), company="train")
    examine(exam, runs / "av", tmp_path / "out", {})
    paper = read_exam(exam.paper)
    assert sorted(paper.K.unique()) == [2, 6]
    six = paper[paper.K == 6].iloc[0]
    joining = {six[f"speaker_{k}"] for k in range(1, 7) if six[f"face_{k}"] == "joins"}
    assert joining == {"a", "b"} and {*six.speakers.split("+")} == {*"abcdef"}
    told = json.loads((tmp_path / "out" / "exam.json").read_text())
    assert told["company"] == "a, b"
    assert told["missing"]["an exam of 7, 8 faces"] == "that needs 8 different speakers and 6 are there"
    said = capsys.readouterr().out
    assert "in company, and not judged: a, b" in said and "missing: an exam of 7, 8 faces, for that needs 8" in said


def test_those_who_were_held_back_from_training_join_too(speaking_store: PreparedStore, tmp_path: Path) -> None:
    exam = settings(speaking_store, tmp_path, faces=(2, 5), held_back=1)
    sources = read_sources(exam, speaking_store)
    assert len(sources.company) == 1 and sources.company < {"a", "b"}


def test_nobody_joins_as_a_stranger_whom_a_separator_learned_from(
    runs: Path, speaking_store: PreparedStore, tmp_path: Path
) -> None:
    exam = settings(speaking_store, tmp_path, faces=(2, 5), held_back=1)
    (name,) = read_sources(exam, speaking_store).company
    with pytest.raises(ModelError, match=rf"av learned from {name}, who are held back"):
        examine(exam, runs / "av", tmp_path / "out", {})
    notes = {"mouths": mouth_settings(speaking_store), "left_out": [name]}
    model, corpus = load_model(runs / "av", AudioVisualSeparator), str(speaking_store.root)
    save_model(model, tmp_path / "fair", corpus=corpus, split=speaking_store.speakers, notes=notes)
    examine(exam, tmp_path / "fair", tmp_path / "out", {})
    with pytest.raises(ModelError, match=rf"earlier learned from {name}"):
        examine(exam, tmp_path / "fair", tmp_path / "again", {"frozen frontend": runs / "earlier"})


def test_without_need_nobody_joins(speaking_store: PreparedStore, tmp_path: Path) -> None:
    sources = read_sources(settings(speaking_store, tmp_path, faces=(2, 4), company="train"), speaking_store)
    assert not sources.company and set(sources.bank.speakers) == set("cdef")


def test_noise_is_coloured_recorded_and_of_people_who_are_not_tested(
    speaking_store: PreparedStore, tmp_path: Path
) -> None:
    for number in range(30):
        hiss = np.random.default_rng(number).normal(0, 0.1, 16_000)
        soundfile.write(tmp_path / f"{number}.wav", hiss, 16_000)
    exam = replace(settings(speaking_store, tmp_path), babble=2, babble_part="train", recordings=tmp_path)
    noise = read_sources(exam, speaking_store).noise
    assert noise is not None
    assert set(noise.kinds) == {"white", "pink", "brown", "babble", "recording"}
    assert 0 < noise.kinds.count("recording") < 30
    assert frozenset().union(*noise.speakers) == {"a", "b"}


@pytest.mark.parametrize(
    ("run", "changes", "error", "said"),
    [
        ("av", {"faces": (5,)}, SettingsError, "mixtures of 5 faces need 5 different speakers; the clips are of 4"),
        ("strange", {}, ModelError, "which the PCA was fitted to"),
        ("twin", {}, ModelError, "holds a Separator"),
        ("nowhere", {}, ModelError, "no model in"),
        ("av", {"audio_only": "av"}, ModelError, "holds a AudioVisualSeparator"),
        ("av", {"part": "valid"}, AvssError, "no usable clip in the split valid"),
        ("av", {"babble": 3, "babble_part": "train"}, SettingsError, "the bank has 2"),
    ],
)
def test_what_does_not_fit_is_said(
    run: str, changes: dict, error: type[AvssError], said: str, runs: Path, speaking_store: PreparedStore, tmp_path
) -> None:
    changes = {name: runs / value if name == "audio_only" else value for name, value in changes.items()}
    with pytest.raises(error, match=said):
        examine(replace(settings(speaking_store, tmp_path), **changes), runs / run, tmp_path / "out", {})


def test_a_frontend_of_other_dimensions_is_refused(runs: Path, speaking_store: PreparedStore, tmp_path: Path) -> None:
    strange = tmp_path / "run"
    strange.mkdir()
    for name in ("weights.safetensors", "model.json"):
        (strange / name).write_bytes((runs / "av" / name).read_bytes())
    described = json.loads((strange / "model.json").read_text())
    described["model"]["arguments"]["frontend"]["arguments"]["face"] = None
    (strange / "model.json").write_text(json.dumps(described))
    with pytest.raises(ModelError, match="0 of them of the identity"):
        examine(settings(speaking_store, tmp_path), strange, tmp_path / "out", {})


def test_clips_that_the_store_lacks_are_named(runs: Path, speaking_store: PreparedStore, tmp_path: Path) -> None:
    exam = settings(speaking_store, tmp_path)
    examine(exam, runs / "av", tmp_path / "out", {})
    paper = read_exam(exam.paper)
    paper.assign(clip_1="elsewhere/1").to_csv(exam.paper, index=False)
    with pytest.raises(StoreError, match="clips of the exam list are missing: elsewhere/1"):
        examine(exam, runs / "av", tmp_path / "out", {})
