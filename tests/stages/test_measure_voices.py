"""Measuring voices by the command line, on made clips of two speakers."""

import subprocess
import sys
from pathlib import Path

import numpy as np

from avss.data.parts import write_part
from avss.data.store import PreparedClip, PreparedStore
from avss.data.store_writer import StoreWriter
from avss.data.voices import read_voices
from avss.speech.voice_signature import NAMES

SCRIPT = Path(__file__).parents[2] / "1_frontend" / "1_2_frontend_training" / "measure_voices.py"
T = 30


def run(*options: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, SCRIPT, *options], capture_output=True, text=True)


def sounds() -> dict[str, np.ndarray]:
    """A hum, a whisper and silence, int16 [640·T]."""
    time, noise = np.arange(640 * T) / 16_000, np.random.default_rng([0]).normal(size=640 * T)
    hum = sum(np.sin(2 * np.pi * 120 * n * time) / n for n in range(1, 30)) + 0.01 * noise
    return {"s1/hum": 4000 * hum, "s1/whisper": 1000 * noise, "s2/silence": 0 * noise}


def made_store(root: Path) -> PreparedStore:
    writer = StoreWriter(root)
    measured = {"source": "1@1", "frames": T, "valid_share": 1.0, "face_score": 1.0, "damaged_frames": 0}
    for clip_id, sound in sounds().items():
        seen = np.zeros((T, 68, 2), np.float32), np.zeros((T, 32, 48), np.uint8), np.ones(T, bool)
        clip = PreparedClip(sound.astype(np.int16), *seen, np.zeros((64, 64, 3), np.uint8))
        write_part(root, {"id": clip_id, **measured}, clip)
    writer.finish({i: {"id": i, "speaker": i[:2], "split": "train"} for i in sounds()}, {})
    return PreparedStore(root)


def test_voices_are_measured_and_a_whisper_has_no_pitch(tmp_path: Path) -> None:
    store = made_store(tmp_path / "store")
    done = run("--store", store.root, "--jobs", "1")
    assert done.returncode == 0, done.stderr
    assert "3 clips of 2 speakers measured, 0 not" in done.stdout
    voices, pitch = read_voices(store), NAMES.index("f0_mean")
    assert abs(np.exp(voices.of_clip["s1/hum"].values[pitch]) - 120) < 2
    assert not voices.of_clip["s1/whisper"].known[pitch] and voices.of_clip["s1/whisper"].known.any()
    assert not voices.of_clip["s2/silence"].known.any()


def test_a_damaged_clip_is_told_with_its_reason(tmp_path: Path) -> None:
    store = made_store(tmp_path / "store")
    (store.root / store.clips.at["s2/silence", "volume"] / "audio.npy").write_bytes(b"damaged")
    done = run("--store", store.root, "--jobs", "1")
    assert done.returncode == 0, done.stderr
    assert "s2/silence: " in done.stdout and "audio.npy is missing or damaged" in done.stdout
    assert "2 clips of 1 speakers measured, 1 not" in done.stdout


def test_a_missing_store_is_one_line_of_error(tmp_path: Path) -> None:
    done = run("--store", tmp_path / "none")
    assert done.returncode != 0
    assert "there is no prepared store" in done.stderr and "Traceback" not in done.stderr
