"""Ablations of stage 1.2 as people run them: what can be measured is, and what cannot is said to be missing."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from avss.data.label_sources import AlignedWords
from avss.data.labelling import label_store
from avss.data.labels import write_labels
from avss.data.store import PreparedStore
from avss.errors import ModelError, SettingsError
from avss.models.face_to_speaker import FaceToSpeaker
from avss.models.weights import save_model
from avss.speech.voice_signature import NAMES
from avss.training.ablation import NotMeasuredError
from avss.training.lip_variants import LipLaboratory, LipVariant

SCRIPT = Path(__file__).parents[2] / "1_frontend" / "1_2_frontend_training" / "ablate.py"


def test_what_is_asked_ends_in_a_table_and_what_cannot_be_measured_is_said(
    talking_store: PreparedStore, pca_run: Path, tmp_path: Path
) -> None:
    questions, out = tmp_path / "questions", tmp_path / "out"
    questions.mkdir()
    (questions / "labels.yaml").write_text("question: Which labels?\nlabels: [exact, allosaurus]\n")
    (questions / "reads.yaml").write_text("question: Reads what?\nreads: [mouths, both]\n")
    options = ("--store", talking_store.root, "--pca", pca_run, "--ablations", questions, "--out", out)
    quick = ("--base.epochs=1", "--base.batch=8", "--device=cpu")
    done = subprocess.run([sys.executable, SCRIPT, *options, *quick], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "Not measured" in done.stdout
    assert "--labels allosaurus" in " ".join((out / "ablations.md").read_text().split())
    rows = pd.read_csv(out / "ablations.csv")
    assert list(zip(rows.ablation, rows.labels, rows.reads, strict=True)) == [
        ("labels", "exact", "both"),
        ("reads", "exact", "mouths"),
        ("reads", "exact", "both"),
    ]
    assert rows.phones[0] == rows.phones[2]
    assert (out / "ablations.png").stat().st_size > 1000
    assert len(list((out / "nets").iterdir())) == 2


@pytest.fixture
def face_run(talking_store: PreparedStore, tmp_path: Path) -> Path:
    folder = tmp_path / "face"
    save_model(FaceToSpeaker(len(NAMES)), folder, corpus="made", split=talking_store.speakers)
    return folder


def laboratory(store: PreparedStore, pca: Path, face: Path | None, nets: Path) -> LipLaboratory:
    return LipLaboratory(store, pca, face, "exact", "valid", nets, "cpu")


@pytest.mark.filterwarnings("ignore")
def test_a_probe_learns_from_the_speakers_of_training_and_knows_the_face(
    talking_store: PreparedStore, pca_run: Path, face_run: Path, tmp_path: Path
) -> None:
    lab = laboratory(talking_store, pca_run, face_run, tmp_path / "nets")
    variant = LipVariant(reader="lips", epochs=8, batch=4, rate=5e-3)
    lips, both = lab.measure(variant), lab.measure(replace(variant, reader="lips+face"))
    assert len(list((tmp_path / "nets").iterdir())) == 1
    assert lips["phones"] > lips["majority"]
    assert lips["visemes"] >= lips["phones"]
    assert both["majority"] == lips["majority"]
    with pytest.raises(NotMeasuredError, match="no net that looks at faces"):
        laboratory(talking_store, pca_run, None, tmp_path / "nets").measure(LipVariant(reader="lips+face"))


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    ("variant", "components", "inputs"),
    [
        (LipVariant(epochs=1, reads="landmarks"), 0, ["measures", "velocities", "deviations"]),
        (LipVariant(epochs=1, reads="mouths"), 4, []),
        (LipVariant(epochs=1, velocities=False), 4, ["measures", "deviations"]),
    ],
)
def test_a_variant_reads_what_it_says(
    talking_store: PreparedStore,
    pca_run: Path,
    tmp_path: Path,
    variant: LipVariant,
    components: int,
    inputs: list[str],
) -> None:
    net = laboratory(talking_store, pca_run, None, tmp_path).train(variant).lips
    assert net.mouth_components == components
    assert list(net.inputs) == inputs


@pytest.mark.filterwarnings("ignore")
def test_other_labels_teach_but_do_not_judge(talking_store: PreparedStore, pca_run: Path, tmp_path: Path) -> None:
    write_labels(talking_store, label_store(talking_store, AlignedWords()))
    lab = laboratory(talking_store, pca_run, None, tmp_path)
    exact, aligned = (lab.measure(LipVariant(epochs=6, rate=0.01, labels=labels)) for labels in ("exact", "alignment"))
    assert exact["majority"] == aligned["majority"]
    assert exact["phones"] != aligned["phones"]


def test_variants_that_are_none_are_refused(talking_store: PreparedStore, frontend_run: Path, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="reads 'ears'"):
        LipVariant(reads="ears")  # ty: ignore[invalid-argument-type]
    with pytest.raises(SettingsError, match="reader 'oracle'"):
        LipVariant(reader="oracle")  # ty: ignore[invalid-argument-type]
    with pytest.raises(ModelError):
        laboratory(talking_store, frontend_run, None, tmp_path).measure(LipVariant(epochs=1))
