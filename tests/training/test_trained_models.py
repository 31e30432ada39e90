"""What is taken over from an earlier stage fits the clips, and nobody judges a model that learned from them."""

import json
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
import torch

from avss.data.store import PreparedStore
from avss.data.store_join import join_stores
from avss.errors import ModelError
from avss.models.audio_visual import AudioVisualSeparator
from avss.models.frontend import Frontend
from avss.models.lip2phone import Lip2Phone
from avss.models.separators.cues import VisualCues, VoiceNumbers
from avss.models.separators.families import SeparatorSettings, make_audio_only
from avss.models.separators.hearing_first import HearingFirst
from avss.models.separators.separator import Separator
from avss.models.weights import save_model, untrained
from avss.training.eigenmouths import mouth_settings
from avss.training.trained_models import go_on_from, load_audio_only, load_frontend, load_separator


@pytest.fixture(scope="module")
def store(make_store, tmp_path_factory: pytest.TempPathFactory) -> PreparedStore:
    """Speakers a and b train, c validates and d tests."""
    split = {"a": "train", "b": "train", "c": "valid", "d": "test"}
    mouths = {f"{speaker}/0": np.zeros((2, 32, 48), np.uint8) for speaker in split}
    return make_store(tmp_path_factory.mktemp("store") / "store", mouths, split)


def save(model: torch.nn.Module, run: Path, store: PreparedStore, **changes: Any) -> Path:
    about: dict[str, Any] = {
        "corpus": str(store.root),
        "split": store.speakers,
        "notes": {"mouths": mouth_settings(store)},
    }
    save_model(model, run, **about | changes)
    return run


def test_a_model_of_the_same_store_comes_as_it_was_exported(
    small_model: AudioVisualSeparator, store: PreparedStore, tmp_path: Path
) -> None:
    model = load_separator(save(small_model, tmp_path / "whole", store), store)
    frontend = load_frontend(save(small_model.frontend, tmp_path / "frontend", store), store)
    for name, weight in small_model.frontend.state_dict().items():
        assert torch.equal(model.frontend.state_dict()[name], weight)
        assert torch.equal(frontend.state_dict()[name], weight)
    assert not model.training and not frontend.training


@pytest.mark.parametrize(("met", "told"), [(["a", "c"], "c"), (["b", "d", "c"], "c, d")])
def test_a_model_that_learned_from_speakers_who_are_kept_back_is_refused(
    met: list[str], told: str, small_model: AudioVisualSeparator, store: PreparedStore, tmp_path: Path
) -> None:
    run = save(small_model, tmp_path, store, split={"train": met})
    with pytest.raises(ModelError, match=f"learned from {told}, who are to judge"):
        load_separator(run, store)


def test_a_speaker_of_that_name_in_another_corpus_is_another_person(
    small_model: AudioVisualSeparator, store: PreparedStore, tmp_path: Path
) -> None:
    run = save(small_model, tmp_path, store, corpus="elsewhere", split={"train": ["c", "d"]})
    assert load_separator(run, store)


def test_somebody_who_was_met_in_a_joined_store_is_known_again(
    small_model: AudioVisualSeparator, store: PreparedStore, make_store, tmp_path: Path
) -> None:
    split = {"c": "train", "e": "train", "f": "test"}
    mouths = {f"{speaker}/0": np.zeros((2, 32, 48), np.uint8) for speaker in split}
    other = make_store(tmp_path / "other", mouths, split)
    joined = join_stores(store, {"more": other}, tmp_path / "joined")

    def learned_from(corpus: PreparedStore, name: str) -> Path:
        return save(small_model, tmp_path / "run", store, corpus=str(corpus.root), split={"train": [name]})

    for corpus, name, judging in ((store, "c", joined), (joined, "c", store), (joined, "d", joined)):
        with pytest.raises(ModelError, match=f"learned from {name}, who are to judge"):
            load_separator(learned_from(corpus, name), judging)
    for corpus, name, judging in ((joined, "c@more", store), (other, "c", joined), (joined, "e@more", other)):
        assert load_separator(learned_from(corpus, name), judging)


def test_the_same_store_under_another_path_is_the_same_corpus(
    small_model: AudioVisualSeparator, store: PreparedStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(store.root.parent)
    run = save(small_model, tmp_path, store, corpus=store.root.name, split={"train": ["d"]})
    with pytest.raises(ModelError, match="learned from d"):
        load_separator(run, store)


def test_mouths_that_were_cut_otherwise_are_refused_where_they_are_looked_at(
    small_model: AudioVisualSeparator, store: PreparedStore, tmp_path: Path
) -> None:
    other = {"mouths": {"mouth_crop": [16, 24], "mouth_window": None}}
    with pytest.raises(ModelError, match="which the PCA was fitted to"):
        load_frontend(save(small_model.frontend, tmp_path / "mouths", store, notes=other), store)
    landmarks_alone = Frontend(Lip2Phone(hidden=8, features=8))
    assert load_frontend(save(landmarks_alone, tmp_path / "landmarks", store, notes={}), store).pca is None


def test_a_twin_is_loaded_for_more_voices_and_knows_those_it_knew(
    small_model: AudioVisualSeparator, small_twin: Separator, store: PreparedStore, tmp_path: Path
) -> None:
    run = save(small_twin, tmp_path / "twin", store)
    assert isinstance(small_twin.cues, VoiceNumbers)
    knew = small_twin.cues.voices
    more, same = (load_audio_only(run, store, voices) for voices in (knew + 2, 1))
    mixture, nobody = torch.randn(1, 6400), torch.zeros(1, knew, 10, 1)
    with torch.no_grad():
        expected = small_twin.eval()(mixture, nobody)
        torch.testing.assert_close(more.eval()(mixture, nobody), expected)
        torch.testing.assert_close(same.eval()(mixture, nobody), expected)
        assert more(mixture, torch.zeros(1, knew + 2, 10, 1)).shape == (1, knew + 2, 6400)
    with pytest.raises(ModelError, match="looks at faces"):
        load_audio_only(save(small_model.separator, tmp_path / "seeing", store), store, 2)


def test_a_separator_goes_on_from_the_net_of_a_twin_that_is_like_it(
    small_model: AudioVisualSeparator, small_twin: Separator, store: PreparedStore, tmp_path: Path
) -> None:
    run = save(small_twin, tmp_path / "twin", store)
    cues = {name: weight.clone() for name, weight in small_model.separator.cues.state_dict().items()}
    go_on_from(run, small_model.separator, store)
    for name, weight in small_model.separator.net.state_dict().items():
        torch.testing.assert_close(weight, small_twin.net.state_dict()[name])
    for name, weight in small_model.separator.cues.state_dict().items():
        torch.testing.assert_close(weight, cues[name])
    again = make_audio_only(SeparatorSettings(width=24, stages=1), 2)
    with pytest.raises(ModelError, match="is not like the one that is to go on from it"):
        go_on_from(run, again, store)


@pytest.mark.parametrize("causal", [False, True])
def test_a_causal_net_does_not_go_on_from_one_that_looks_ahead_nor_that_from_it(
    causal: bool, store: PreparedStore, tmp_path: Path
) -> None:
    twin, other = (
        make_audio_only(SeparatorSettings(width=8, stages=1, causal=kind), 2) for kind in (causal, not causal)
    )
    assert twin.net.state_dict().keys() == other.net.state_dict().keys()
    run = save(twin, tmp_path / "twin", store)
    go_on_from(run, untrained(twin), store)
    with pytest.raises(ModelError, match=f"is not like the one .* it is a {type(twin.net).__name__}"):
        go_on_from(run, other, store)


def test_a_twin_goes_on_with_what_it_knew_voices_by(
    small_twin: Separator, store: PreparedStore, tmp_path: Path
) -> None:
    run, again = save(small_twin, tmp_path / "twin", store), untrained(small_twin)
    go_on_from(run, again, store)
    for name, weight in again.state_dict().items():
        torch.testing.assert_close(weight, small_twin.state_dict()[name])


def test_one_that_hears_first_goes_on_with_what_a_twin_calls_voices(
    small_model: AudioVisualSeparator, small_twin: Separator, store: PreparedStore, tmp_path: Path
) -> None:
    run = save(small_twin, tmp_path / "twin", store)
    cues, knew = cast(VisualCues, small_model.separator.cues), cast(VoiceNumbers, small_twin.cues)
    small_model.separator = HearingFirst(cues, small_model.separator.net, VoiceNumbers(2, cues.channels))
    go_on_from(run, small_model.separator, store)
    torch.testing.assert_close(small_model.separator.numbers.constants, knew.constants)
    again = load_separator(save(small_model, tmp_path / "seeing", store), store).separator
    assert isinstance(again, HearingFirst)
    torch.testing.assert_close(again.numbers.constants, knew.constants)


def test_a_run_of_another_version_or_dimensions_or_kind_is_refused(
    small_model: AudioVisualSeparator, small_twin: Separator, store: PreparedStore, tmp_path: Path
) -> None:
    run = save(small_model, tmp_path / "run", store)
    described = json.loads((run / "model.json").read_text())

    def load_with(**changes: Any) -> None:
        (run / "model.json").write_text(json.dumps(described | changes))
        load_separator(run, store)

    with pytest.raises(ModelError, match=r"has format 0\. Wanted: format 1"):
        load_with(format=0)
    fewer = json.loads(json.dumps(described["model"]))
    fewer["arguments"]["frontend"]["arguments"]["lips"]["arguments"]["features"] = 6
    with pytest.raises(ModelError, match="a frontend of 70 features"):
        load_with(model=fewer)
    wider = json.loads(json.dumps(described["model"]))
    wider["arguments"]["frontend"]["arguments"]["lips"]["arguments"]["hidden"] = 12
    with pytest.raises(ModelError, match="weights of this version"):
        load_with(model=wider)
    with pytest.raises(ModelError, match="holds a Separator"):
        load_separator(save(small_twin, tmp_path / "twin", store), store)
