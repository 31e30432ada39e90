"""Fixtures shared by all tests. Real clips are optional: tests that need them skip, saying so."""

import json
import os
import signal
import subprocess
from argparse import Namespace
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from studio import Studio

from avss.corpora.generated.corpus import generate_corpus
from avss.corpora.opening import open_corpus
from avss.data.parts import write_part
from avss.data.store import PreparedClip, PreparedStore
from avss.data.store_writer import StoreWriter

if TYPE_CHECKING:
    from avss.models.audio_visual import AudioVisualSeparator

MakeStore = Callable[..., PreparedStore]

REAL_DATA = Path(os.environ.get("AVSS_REAL_DATA", Path(__file__).parents[1] / ".." / "shared")).resolve()


def _real(name: str) -> Path:
    folder = REAL_DATA / name
    if not folder.is_dir():
        pytest.skip(f"no real data in {folder}; set AVSS_REAL_DATA to run this test")
    return folder


@pytest.fixture(scope="session")
def real_grid() -> Path:
    """Folder of real GRID clips in the official layout."""
    return _real("grid")


@pytest.fixture(scope="session")
def real_landmarks() -> Path:
    """Folder of real lip landmarks, one npz per speaker."""
    return _real("grid_landmarks")


@pytest.fixture(scope="session")
def generated_clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of a generated corpus of two speakers with two clips each; do not write into it."""
    folder = tmp_path_factory.mktemp("generated") / "clips"
    generate_corpus(folder, speakers=2, clips=2, seed=0, jobs=1)
    return folder


@pytest.fixture(scope="session")
def small_model() -> "AudioVisualSeparator":
    """A separator with a frontend of landmarks, both with random weights; do not change them."""
    # Torch takes seconds to import, and half of the tests do without it.
    import torch

    from avss.models.audio_visual import AudioVisualSeparator
    from avss.models.frontend import Frontend
    from avss.models.lip2phone import Lip2Phone
    from avss.models.separators.families import SeparatorSettings, make_separator

    with torch.random.fork_rng():
        torch.manual_seed(0)
        frontend = Frontend(Lip2Phone(hidden=8, features=8))
        separator = make_separator(SeparatorSettings(width=16, stages=1), frontend.size)
        return AudioVisualSeparator(frontend, separator).eval()


@pytest.fixture(scope="session")
def weights(small_model: "AudioVisualSeparator", tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of a small separator with random weights."""
    from avss.models.weights import save_model

    folder = tmp_path_factory.mktemp("weights") / "small"
    save_model(small_model, folder, corpus="made", split={"train": ["s1"]})
    return folder


@pytest.fixture(scope="session")
def party(generated_clips: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two people side by side, 3 s."""
    from avss.inference.party import mix_party

    videos = [clip.video for clip in open_corpus(generated_clips).clips()]
    folder = tmp_path_factory.mktemp("party") / "party"
    mix_party([videos[0], videos[-1]], folder)
    return folder / "party.mp4"


@pytest.fixture(scope="session")
def make_store() -> MakeStore:
    """Makes a store of given mouths: ``make_store(root, mouths={"s1/a": uint8 [T,32,48]}, split={"s1": "train"})``.

    All else in it is zero. Frames are valid unless ``valid={"s1/a": bool [T]}`` says otherwise.
    """

    def make(
        root: Path,
        mouths: Mapping[str, np.ndarray],
        split: Mapping[str, str],
        valid: Mapping[str, np.ndarray] | None = None,
    ) -> PreparedStore:
        writer = StoreWriter(root)
        measured = {"source": "1@1", "face_score": 1.0, "damaged_frames": 0}
        for clip_id, mouth in mouths.items():
            T = len(mouth)
            seen = (valid or {}).get(clip_id, np.ones(T, bool))
            clip = PreparedClip(
                np.zeros(640 * T, np.int16),
                np.zeros((T, 68, 2), np.float32),
                mouth,
                seen,
                np.zeros((64, 64, 3), np.uint8),
            )
            write_part(root, {"id": clip_id, "frames": T, "valid_share": float(seen.mean()), **measured}, clip)
        speakers = {clip_id: clip_id.partition("/")[0] for clip_id in mouths}
        writer.finish({i: {"id": i, "speaker": who, "split": split[who]} for i, who in speakers.items()}, {})
        return PreparedStore(root)

    return make


@pytest.fixture(scope="session")
def allosaurus_models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with a model of Allosaurus as ``latest``: in its own format, small, with random weights.

    It knows p, æ, ɸ and the click ǃ in English.
    """
    import torch
    from allosaurus.am.allosaurus_torch import AllosaurusTorchModel

    models = tmp_path_factory.mktemp("allosaurus")
    folder = models / "latest"
    (folder / "inventory").mkdir(parents=True)
    phones = ["p", "æ", "ɸ", "ǃ"]
    settings = {
        "am_config": {
            "model": "allosaurus", "feat_size": 39, "hidden_size": 8, "layer_size": 1, "proj_size": 0,
            "lang_size_dict": {}, "phone_size": len(phones) + 1,
        },
        "pm_config": {
            "model": "mfcc_hires", "backend": "numpy", "sample_rate": 8000, "window_size": 0.025,
            "window_shift": 0.01, "feature_window": 3, "cep_size": 13, "bank_size": 40, "low_freq": 40,
            "high_freq": -200, "use_energy": False, "dither": 0.0, "cmvn": "speaker", "dtype": "float32",
        },
        "lm_config": {"model": "phone_ipa", "backend": "numpy"},
    }  # fmt: skip
    for name, content in settings.items():
        (folder / f"{name}.json").write_text(json.dumps(content))
    for name in ("phone.txt", "inventory/eng.txt"):
        (folder / name).write_text("\n".join(phones) + "\n", encoding="utf-8")
    english = {"LanguageName": "English", "ISO6393": "eng", "GlottoCode": "stan1293", "phonelists": "eng.txt"}
    (folder / "inventory" / "index.json").write_text(json.dumps([english]))
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = AllosaurusTorchModel(Namespace(**settings["am_config"]))
        torch.nn.init.normal_(model.phone_layer.weight, std=3.0)
    torch.save(model.state_dict(), folder / "model.pt")
    return models


@contextmanager
def _mounted(folder: Path, options: str) -> Generator[Path]:
    folder.mkdir()
    mount = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder], capture_output=True, text=True)
    if mount.returncode:
        pytest.skip(f"cannot mount a file system of its own for this test: {mount.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """Folder on a disk of its own that is full after 200 kB."""
    with _mounted(tmp_path / "tiny", "size=200k") as folder:
        yield folder


@pytest.fixture
def read_only_disk(tmp_path: Path) -> Iterator[Path]:
    """Folder on a disk of its own that cannot be written, not even by root."""
    with _mounted(tmp_path / "locked", "ro") as folder:
        yield folder


@pytest.fixture
def ctrl_c() -> Iterator[None]:
    """Programs that the test starts heed Ctrl-C, even where the tests run in the background, where all ignore it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def studio(tmp_path: Path) -> Studio:
    """Makes films and sounds in ``tmp_path``."""
    return Studio(tmp_path)
