"""Stage 1.1's prepare.py as people run it: from the command line, and killed at the worst moments."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import cv2
import pytest
from ray.cluster_utils import Cluster

from avss.corpora.opening import open_corpus
from avss.data.prepare import prepare_corpus
from avss.data.store import PreparedStore

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "1_frontend" / "1_1_pca" / "prepare.py"


def command(*options: str | Path) -> list[str]:
    return [sys.executable, str(SCRIPT), *map(str, options)]


def prepare(*options: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command(*options), capture_output=True, text=True, cwd=ROOT)


@pytest.fixture(scope="module")
def eight_clips(generated_clips: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder corpus of eight clips of two speakers."""
    root = tmp_path_factory.mktemp("eight")
    for n in range(8):
        film = sorted(generated_clips.glob("s*/*.mp4"))[n % 4]
        link = root / film.parent.name / f"{n}.mp4"
        link.parent.mkdir(exist_ok=True)
        link.symlink_to(film)
    return root


def test_a_corpus_becomes_a_store_with_contact_sheets(generated_clips: Path, tmp_path: Path) -> None:
    run = prepare(
        "--config",
        SCRIPT.with_name("prepare_quick.yaml"),
        "--jobs",
        "2",
        "--corpus",
        generated_clips,
        "--out",
        tmp_path,
    )
    assert run.returncode == 0, run.stderr
    assert "4 clips prepared, 0 rejected" in run.stdout
    store = PreparedStore(tmp_path)
    assert len(store) == 4
    assert set(store.clips.split) == {"train", "test"}
    for speaker in ("s1", "s2"):
        sheet = cv2.imread(str(tmp_path / "sheets" / f"{speaker}.png"))
        assert sheet is not None
        assert sheet.std() > 20


def test_what_is_wrong_is_told_in_one_sentence(tmp_path: Path) -> None:
    run = prepare("--corpus", tmp_path / "[bold]none", "--out", tmp_path / "out")
    assert run.returncode == 1
    assert run.stderr.startswith("prepare: ")
    assert f"{tmp_path}/[bold]none is not a folder" in run.stderr
    assert "Do: " in run.stderr
    assert "Traceback" not in run.stderr


def test_rejected_clips_are_printed_and_the_others_are_kept(generated_clips: Path, tmp_path: Path) -> None:
    (tmp_path / "clips" / "s1").mkdir(parents=True)
    (tmp_path / "clips" / "s1" / "good.mp4").symlink_to(next(generated_clips.glob("s1/*.mp4")))
    (tmp_path / "clips" / "s1" / "[red]bad.mp4").write_text("no video")
    run = prepare("--corpus", tmp_path / "clips", "--out", tmp_path / "store", "--jobs", "1")
    assert run.returncode == 0, run.stderr
    assert "1 clips prepared, 1 rejected" in run.stdout
    assert "s1/[red]bad" in run.stdout
    assert list(PreparedStore(tmp_path / "store").clips.index) == ["s1/good"]


def _parts(out: Path) -> dict[str, int]:
    return {path.name: path.stat().st_mtime_ns for path in (out / "parts").glob("[!.]*.npz")}


def test_a_killed_run_loses_no_finished_clip(eight_clips: Path, tmp_path: Path) -> None:
    options = ("--corpus", eight_clips, "--out", tmp_path, "--jobs", "2")
    with subprocess.Popen(command(*options), stdout=subprocess.DEVNULL, start_new_session=True) as run:
        while len(_parts(tmp_path)) < 3:
            assert run.poll() is None, "the run ended before it could be killed"
            time.sleep(0.01)
        os.killpg(run.pid, signal.SIGKILL)
    kept = _parts(tmp_path)
    assert 3 <= len(kept) < 8
    with subprocess.Popen(command(*options), stdout=subprocess.DEVNULL) as again:
        while len(seen := _parts(tmp_path)) <= len(kept):
            assert again.poll() is None, "the second run ended too early"
            time.sleep(0.01)
    assert kept.items() <= seen.items()
    assert again.returncode == 0
    assert len(PreparedStore(tmp_path)) == 8


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    """A real Ray cluster of two nodes on this machine."""
    nodes = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "object_store_memory": 80_000_000})
    nodes.add_node(num_cpus=1, object_store_memory=80_000_000)
    nodes.wait_for_nodes()
    yield nodes
    nodes.shutdown()


def test_a_ray_cluster_prepares_the_same_store(generated_clips: Path, tmp_path: Path, cluster: Cluster) -> None:
    corpus = open_corpus(generated_clips)
    prepare_corpus(corpus, tmp_path / "here", dict.fromkeys(("s1", "s2"), "train"), jobs=1)
    run = prepare("--corpus", generated_clips, "--out", tmp_path / "there", "--jobs", "2", "--ray", cluster.address)
    assert run.returncode == 0, run.stderr
    a, b = PreparedStore(tmp_path / "here"), PreparedStore(tmp_path / "there")
    assert list(a.clips.index) == list(b.clips.index)
    for clip_id in a.clips.index:
        for name in ("audio", "landmarks", "mouth", "valid", "face"):
            assert (getattr(a[clip_id], name) == getattr(b[clip_id], name)).all()
