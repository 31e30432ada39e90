"""Ablations of stage 2 as series, of tiny nets on a store of six people who buzz."""

import runpy
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from small_ablation import BASE, YARDSTICK

from avss.data.store import PreparedStore
from avss.training.dotted_settings import as_row
from avss.training.separation_task import Learning

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.filterwarnings("ignore")


def places(store: PreparedStore, frontend: Path, questions: Path) -> dict[str, Any]:
    return {
        "store": store.root,
        "frontend": frontend,
        "ablations": questions,
        "out": questions / "out",
        "device": "cpu",
    }


def ask(**settings: Any) -> None:
    """Run the script of stage 2 here."""
    runpy.run_path(str(ROOT / "2_avss_main" / "ablate.py"))["ablate"](**settings)


def test_what_is_asked_ends_in_a_table_and_nothing_is_trained_twice(
    learning_store: PreparedStore, frontend_run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    questions, out = tmp_path / "questions", tmp_path / "out"
    questions.mkdir()
    (questions / "speakers.yaml").write_text("question: How many?\nsources.speakers: [2, null, 9]\n")
    (questions / "sight.yaml").write_text("question: What?\ntwin: [audio, null]\nseparator.sight: [all, all]\n")
    (questions / "later.yaml").write_text("question: What else?\nseed: [1]\n")
    asked = places(learning_store, frontend_run, questions) | {"out": out}
    ask(**asked, only=["sight", "speakers"], base=BASE, yardstick=YARDSTICK)
    said = capsys.readouterr().out
    assert "9 speakers are asked for, of 3" in " ".join(said.split())
    rows = pd.read_csv(out / "ablations.csv", keep_default_na=False)
    assert rows.ablation.tolist() == ["sight", "sight", "speakers", "speakers"]
    assert rows["sources.speakers"].tolist() == ["null", "null", "2", "null"]
    assert rows.twin.tolist() == ["audio", "null", "null", "null"]
    assert rows.si_sdri[1] == rows.si_sdri[3] != rows.si_sdri[2]
    assert (rows.si_sdri_low <= rows.si_sdri).all()
    assert (rows.si_sdri <= rows.si_sdri_high).all()
    assert (out / "ablations.png").stat().st_size > 1000
    assert len(list((out / "nets").iterdir())) == 3
    means = [pd.read_csv(out / "nets" / path).si_sdri.mean() for path in rows.scores]
    assert rows.si_sdri.tolist() == pytest.approx(means)
    sight, speakers = (part.splitlines() for part in (out / "ablations.md").read_text().split("## ")[1:])
    assert sight[4].endswith("| si_sdri | si_sdri_low | si_sdri_high | gain | gain_low | gain_high |")
    assert sight[6].endswith("| – | – | – |")
    assert f"| {means[1] - means[0]:.3f} |" in sight[7]
    assert f"| {means[3] - means[2]:.3f} |" in speakers[7]


def test_a_variant_that_diverges_is_told_of_and_keeps_no_other_from_being_measured(
    learning_store: PreparedStore, frontend_run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    questions = tmp_path / "questions"
    questions.mkdir()
    (questions / "rate.yaml").write_text("question: How fast?\nlearning.rate: [1.0e+38, 0.001]\n")
    base = replace(BASE, learning=Learning(average=0.8, bad_batches=0))
    ask(**places(learning_store, frontend_run, questions), base=base, yardstick=YARDSTICK)
    rows = pd.read_csv(questions / "out" / "ablations.csv")
    assert rows["learning.rate"].tolist() == [0.001]
    assert np.isfinite(rows.si_sdri).all()
    assert "its gradient not finite" in " ".join(capsys.readouterr().out.split())


def test_a_series_that_was_killed_goes_on_in_the_middle_of_a_training(
    learning_store: PreparedStore, frontend_run: Path, tmp_path: Path
) -> None:
    (tmp_path / "seeds.yaml").write_text("question: Is it luck?\nseed: [0, 1]\n")
    base = replace(BASE, epochs=3)
    options = [f"--base.{name}={value}" for name, value in as_row(base).items() if value != "null"]
    options += [f"--{name}={value}" for name, value in places(learning_store, frontend_run, tmp_path).items()]
    options += [f"--yardstick.mixtures={YARDSTICK.mixtures}", f"--yardstick.frames={YARDSTICK.frames}"]
    script = ROOT / "2_avss_main" / "ablate.py"
    process = subprocess.Popen([sys.executable, script, *options], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    while len(list(tmp_path.glob("out/nets/*/checkpoints/last.ckpt"))) < 2:
        assert process.poll() is None, process.communicate()[1]
        time.sleep(0.005)
    process.kill()
    process.communicate()
    assert len(list(tmp_path.glob("out/nets/*/model.json"))) == 1
    for out in ("out", "uninterrupted"):
        ask(**places(learning_store, frontend_run, tmp_path) | {"out": tmp_path / out}, base=base, yardstick=YARDSTICK)
    resumed, whole = (pd.read_csv(tmp_path / out / "ablations.csv") for out in ("out", "uninterrupted"))
    pd.testing.assert_frame_equal(resumed, whole)
