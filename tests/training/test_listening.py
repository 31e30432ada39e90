"""Examples to listen to are the mixtures, what was made of them, and what is true."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
import wandb
from pytorch_lightning.loggers import WandbLogger
from scipy.io import wavfile
from torch import Tensor

from avss.data.mixing import Mixtures, mix
from avss.data.mixture_draw import draw_recipe
from avss.data.mixture_recipe import Sources
from avss.data.mixture_settings import MixtureSettings
from avss.data.voice_bank import VoiceBank
from avss.errors import OutputError
from avss.training.listening import write_examples


@pytest.fixture(scope="module")
def mixtures(buzzing_bank: VoiceBank) -> Mixtures:
    """Two mixtures of three faces; the last face of the second one is silent."""
    sources = Sources(buzzing_bank)
    recipe = draw_recipe(MixtureSettings(speakers=(3, 3), frames=10), sources, 2, seed=0, step=0)
    recipe.heard[1, 2] = False
    return mix(recipe, sources)


def halved(batch: Mixtures) -> Tensor:
    return batch.mixture[:, None].expand_as(batch.voices) / 2


def test_each_example_has_its_sounds_and_a_picture_of_them(mixtures: Mixtures, tmp_path: Path) -> None:
    write_examples(halved, mixtures, tmp_path / "examples", None)
    sounds = {"mixture", *(f"{what}{k}" for what in ("voice", "true") for k in (1, 2, 3))}
    names = {f"{number}_{sound}.wav" for number in ("01", "02") for sound in sounds}
    assert {path.name for path in (tmp_path / "examples").iterdir()} == names | {"01.png", "02.png"}
    wanted = {
        "02_mixture": mixtures.mixture[1],
        "02_voice3": mixtures.mixture[1] / 2,
        "02_true1": mixtures.voices[1, 0],
    }
    for name, wave in wanted.items():
        rate, written = wavfile.read(tmp_path / "examples" / f"{name}.wav")
        assert rate == 16_000
        np.testing.assert_allclose(written / 32_768, wave.numpy(), atol=1 / 32_768)
    assert not wavfile.read(tmp_path / "examples" / "02_true3.wav")[1].any()
    picture = cv2.imread(str(tmp_path / "examples" / "01.png"))
    assert picture is not None and picture.shape[0] > picture.shape[1] > 500


def test_examples_are_made_without_gradients(mixtures: Mixtures, tmp_path: Path) -> None:
    weight = torch.nn.Parameter(torch.tensor(0.5))
    write_examples(lambda batch: weight * halved(batch), mixtures, tmp_path, None)
    assert (tmp_path / "01_voice1.wav").is_file()


@pytest.fixture
def logger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[WandbLogger]:
    """Logs offline; what it sets for the process is taken back, lest another test log in this way."""
    monkeypatch.delenv("WANDB_DATA_DIR", raising=False)
    yield WandbLogger(project="avss", save_dir=tmp_path, mode="offline")
    wandb.teardown()


@pytest.fixture
def log(mixtures: Mixtures, logger: WandbLogger, tmp_path: Path) -> Path:
    """Folder of the media of a run that examples were logged to."""
    write_examples(halved, mixtures, tmp_path / "examples", logger)
    logger.experiment.finish()
    (run,) = tmp_path.glob("wandb/offline-run-*")
    return run / "files" / "media"


def test_they_are_logged_offline(log: Path) -> None:
    media = [path.name for folder in ("audio", "images") for path in (log / folder).glob("**/*") if path.is_file()]
    assert sum(name.endswith(".wav") for name in media) == 14
    assert sum(name.endswith(".png") for name in media) == 2


def test_a_table_of_them_has_a_row_per_voice_and_lies_with_the_run(log: Path, tmp_path: Path) -> None:
    (path,) = log.glob("table/*.table.json")
    table = json.loads(path.read_text())
    assert table["columns"] == ["example", "face", "mixture", "voice", "true voice", "SI-SDRi", "spectrograms"]
    assert [row[:2] for row in table["data"]] == [[example, face] for example in (1, 2) for face in (1, 2, 3)]
    assert [row[2:5] + row[6:] for row in table["data"]] == [["Audio"] * 3 + ["Image"]] * 6
    # Half of the mixture is as much like a voice as the mixture is; the last face is silent.
    assert [row[5] for row in table["data"]] == [pytest.approx(0, abs=1e-4)] * 5 + [None]
    kept = [path.read_bytes() for path in tmp_path.glob("wandb/artifacts/**/*") if path.is_file()]
    assert all(path.read_bytes() in kept for path in (tmp_path / "examples").iterdir())
    assert "WANDB_DATA_DIR" not in os.environ


def test_a_place_that_cannot_be_written_is_told(mixtures: Mixtures, tmp_path: Path) -> None:
    (tmp_path / "examples").write_text("a file")
    with pytest.raises(OutputError, match=r"01_mixture\.wav"):
        write_examples(halved, mixtures, tmp_path / "examples", None)
