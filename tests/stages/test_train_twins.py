"""Nets that see nothing: twins of separators, and the net that has learned to listen before it sees."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from small_separation import LEARNING, SMALL, figures, same, train

from avss.data.mixture_settings import MixtureSettings
from avss.data.store import PreparedStore
from avss.errors import OutputError
from avss.models.audio_visual import AudioVisualSeparator
from avss.models.separators.cues import VoiceNumbers
from avss.models.separators.separator import Separator
from avss.models.weights import load_model
from avss.training.freezing import PartLearning
from avss.training.pacing import Level, Pacing


@pytest.fixture(scope="module")
def store(learning_store: PreparedStore) -> PreparedStore:
    """Three people to learn from, and three to validate on."""
    return learning_store


def test_the_twin_that_sees_nothing_climbs_to_as_many_voices(runs: Path, store: PreparedStore, tmp_path: Path) -> None:
    train("2", store, tmp_path / "two", frontend=runs / "frontend", separator=SMALL, twin="audio")
    never, levels = PartLearning(start=None), [Level((2, 2)), Level((2, 3))]
    climbing = {"levels": levels, "pacing": Pacing(longest=1), "lips": never, "face": never, "pca": never}
    train("4", store, tmp_path / "three", start=tmp_path / "two", twin="audio", **climbing)
    twin = load_model(tmp_path / "three", Separator)
    assert isinstance(twin.cues, VoiceNumbers) and twin.cues.voices == 3
    assert figures(tmp_path / "three").valid_si_sdri_3faces.notna().all()


def test_stage_2_goes_on_from_a_net_that_has_learned_to_listen(
    runs: Path, store: PreparedStore, tmp_path: Path
) -> None:
    settings = {"frontend": runs / "frontend", "separator": SMALL}
    train("2", store, tmp_path / "hearing", **settings, twin="audio")
    still = {"learning": replace(LEARNING, rate=0.0), "start": tmp_path / "hearing"}
    train("2", store, tmp_path / "seeing", **settings, **still)
    heard, seen = load_model(tmp_path / "hearing", Separator), load_model(tmp_path / "seeing", AudioVisualSeparator)
    assert same(heard.net, seen.separator.net)


def test_a_finished_run_is_exported_again_and_another_of_its_name_is_refused(
    runs: Path, store: PreparedStore, tmp_path: Path
) -> None:
    settings = {"frontend": runs / "frontend", "separator": SMALL, "twin": "audio"}
    train("2", store, tmp_path / "old", **settings)
    weights = (tmp_path / "old" / "weights.safetensors").read_bytes()
    moved = tmp_path / "new"
    shutil.move(tmp_path / "old", moved)
    train("2", store, moved, **settings)
    assert (moved / "weights.safetensors").read_bytes() == weights
    assert isinstance(load_model(moved, Separator), Separator)
    with pytest.raises(OutputError, match="another batch, learning"):
        train("2", store, moved, **settings | {"batch": 2, "learning": replace(LEARNING, rate=0.1)})


def test_the_twin_that_sees_nothing_is_never_asked_to_leave_out_somebody_who_is_not_seen(
    runs: Path, store: PreparedStore, tmp_path: Path
) -> None:
    settings = {"frontend": runs / "frontend", "separator": SMALL, "twin": "audio"}
    train("2", store, tmp_path / "alone", **settings)
    crowd = MixtureSettings(frames=20, unseen_talkers=(1, 1))
    train("2", store, tmp_path / "crowd", **settings, mixtures=crowd)
    alone, crowded = (load_model(tmp_path / name, Separator) for name in ("alone", "crowd"))
    assert same(alone, crowded)
