"""Training a FaceToSpeaker by the command line, on people whose jaws belong to their voices."""

import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd

from avss.data.parts import write_part
from avss.data.store import PreparedClip, PreparedStore
from avss.data.store_writer import StoreWriter
from avss.data.voices import measure_voices
from avss.models.face_to_speaker import FaceToSpeaker
from avss.models.weights import load_model, read_description
from avss.speech.voice_signature import NAMES

SCRIPT = Path(__file__).parents[2] / "1_frontend" / "1_2_frontend_training" / "train_face_to_speaker.py"


def run(*options: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, SCRIPT, *options, "--device", "cpu"], capture_output=True, text=True)


def test_a_net_is_trained_judged_and_exported(talking_store: PreparedStore, tmp_path: Path) -> None:
    out = tmp_path / "run"
    done = run("--store", talking_store.root, "--out", out, "--epochs", "2")
    assert done.returncode == 0, done.stderr
    assert "train: 9 clips of 3 speakers" in done.stdout
    assert "own voice picked of 2: " in done.stdout and "by chance 0.500" in done.stdout
    model = load_model(out, FaceToSpeaker)
    assert model.picture and all(weight.isfinite().all() for weight in model.state_dict().values())
    assert read_description(out).notes["voice"] == list(NAMES)
    table = pd.read_csv(out / "face_voice.csv").set_index("figure")
    assert table.at["top1", "candidates"] == 2
    assert {"config.yaml", "metrics.csv", "checkpoints"} <= {path.name for path in out.iterdir()}


def test_whispers_silence_and_unseen_faces_are_counted_and_never_get_into_the_weights(
    talking_store: PreparedStore, tmp_path: Path
) -> None:
    noise = np.random.default_rng([0])
    writer, rows = StoreWriter(tmp_path / "store"), {}
    for clip_id, about in talking_store.clips.iterrows():
        clip, number = talking_store[str(clip_id)], str(clip_id)[-1]
        audio, valid = np.array(clip.audio), np.array(clip.valid)
        if number == "1":
            audio = (1000 * noise.normal(size=len(audio))).astype(np.int16)
        if str(clip_id) in ("a/0", "b/0"):
            audio[:] = 0
        if str(clip_id) == "c/2":
            valid[:] = False
        measured = {"source": "1@1", "face_score": 1.0, "damaged_frames": 0, "valid_share": float(valid.mean())}
        changed = PreparedClip(audio, clip.landmarks, clip.mouth, valid, clip.face)
        write_part(writer.root, {"id": str(clip_id), "frames": len(valid), **measured}, changed)
        rows[str(clip_id)] = {"id": str(clip_id), "speaker": about.speaker, "split": about.split}
    writer.finish(rows, {})
    measure_voices(PreparedStore(writer.root), jobs=1)
    done = run("--store", writer.root, "--out", tmp_path / "run", "--epochs", "2")
    assert done.returncode == 0, done.stderr
    assert "2 left out: no voice is heard" in done.stdout and "1 left out: no face is seen" in done.stdout
    model = load_model(tmp_path / "run", FaceToSpeaker)
    assert all(weight.isfinite().all() for weight in model.state_dict().values())


def test_a_net_that_nobody_can_judge_is_kept_all_the_same(talking_store: PreparedStore, tmp_path: Path) -> None:
    root, out = tmp_path / "store", tmp_path / "run"
    shutil.copytree(talking_store.root, root)
    StoreWriter(root).finish({f"f/{number}": {"split": "train"} for number in range(3)}, {})
    done = run("--store", root, "--out", out, "--epochs", "1")
    assert done.returncode == 0, done.stderr
    assert "not judged: all faces are of one speaker, e" in done.stdout
    assert load_model(out, FaceToSpeaker).picture
    assert not (out / "face_voice.csv").exists()


def test_a_store_without_voices_is_one_line_of_error(talking_store: PreparedStore, tmp_path: Path) -> None:
    root = tmp_path / "store"
    root.mkdir()
    for path in talking_store.root.iterdir():
        if path.name != "voices":
            (root / path.name).symlink_to(path)
    done = run("--store", root, "--out", tmp_path / "run")
    assert done.returncode != 0
    assert "measure_voices.py" in done.stderr and "Traceback" not in done.stderr
