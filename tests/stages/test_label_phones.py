"""Stage 1.2's label_phones.py as people run it, on a prepared corpus."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from avss.corpora.opening import open_corpus
from avss.data.labels import read_labels
from avss.data.prepare import prepare_corpus
from avss.data.store import PreparedStore
from avss.evaluation.label_agreement import SPEECH, agreement

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "1_frontend" / "1_2_frontend_training" / "label_phones.py"


def label(store: Path, *options: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(SCRIPT), "--store", str(store), *map(str, options)]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT)


@pytest.fixture(scope="module")
def store(generated_clips: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A prepared generated corpus of four clips."""
    root = tmp_path_factory.mktemp("prepared") / "store"
    prepare_corpus(open_corpus(generated_clips), root, dict.fromkeys(("s1", "s2"), "train"), jobs=1)
    return root


def test_auto_takes_the_exact_phones_and_says_so_and_others_are_compared(store: Path) -> None:
    exact = label(store)
    assert exact.returncode == 0, exact.stderr
    assert "labels are taken from exact, the first source that is possible" in exact.stdout
    assert "4 clips labelled by exact, 0 not" in exact.stdout
    aligned = label(store, "--labels", "alignment")
    assert aligned.returncode == 0, aligned.stderr
    assert "alignment against exact" in aligned.stdout
    assert "all speech" in aligned.stdout
    table = agreement(*(read_labels(PreparedStore(store), source) for source in ("exact", "alignment")))
    assert table.loc[SPEECH, "same_phone"] > 0.75
    assert table.loc[SPEECH, "weighted"] > table.loc[SPEECH, "same_phone"]


def test_allosaurus_labels_every_frame_and_lists_what_english_has_not(store: Path, allosaurus_models: Path) -> None:
    run = label(store, "--labels", "allosaurus", "--allosaurus", allosaurus_models)
    assert run.returncode == 0, run.stderr
    prepared = PreparedStore(store)
    labels = read_labels(prepared, "allosaurus")
    assert {clip_id: len(found) for clip_id, found in labels.of_clip.items()} == prepared.clips.frames.to_dict()
    unknown = [symbol for found in labels.of_clip.values() for symbol in found.unknown]
    assert set(unknown) == {"ǃ"}
    assert f"sounds without a label: ǃ ({len(unknown)} ×)" in run.stdout
    assert all(np.isfinite(found.confidence).all() for found in labels.of_clip.values())


def test_an_absent_model_is_one_sentence_that_says_how_to_get_it(store: Path, tmp_path: Path) -> None:
    run = label(store, "--labels", "allosaurus", "--allosaurus", tmp_path / "none")
    assert run.returncode == 1
    assert run.stderr.startswith("label_phones: ")
    assert "python -m allosaurus.bin.download_model -m uni2005" in run.stderr
    assert str(tmp_path / "none" / "latest") in run.stderr
    assert "Traceback" not in run.stderr
