"""What mixtures are made from: nobody and nothing is in two parts, and what is added is for the training alone."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch

from avss.data.mixing import mix
from avss.data.mixture_draw import draw_recipe
from avss.data.mixture_recipe import Sources
from avss.data.mixture_settings import MixtureSettings
from avss.data.noise import NoiseBank
from avss.data.store import PreparedStore
from avss.data.voice_bank import VoiceBank
from avss.errors import AvssError, CorpusError, SettingsError
from avss.training.cached_features import without_features
from avss.training.separation_sources import (
    Part,
    SourceSettings,
    exam_like,
    read_sources,
    separation_data,
)

PARTS: tuple[Part, Part] = ("train", "valid")


@pytest.fixture(scope="module")
def store(make_store, tmp_path_factory: pytest.TempPathFactory) -> PreparedStore:
    """Four speakers train, two validate and one tests."""
    split = dict.fromkeys("abcd", "train") | dict.fromkeys("ef", "valid") | {"g": "test"}
    mouths = {f"{speaker}/{number}": np.zeros((4, 32, 48), np.uint8) for speaker in split for number in range(2)}
    return make_store(tmp_path_factory.mktemp("store") / "store", mouths, split)


@pytest.fixture(scope="module")
def hisses(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of 40 recordings, in two speakers' folders."""
    folder = tmp_path_factory.mktemp("hisses")
    for number in range(40):
        path = folder / f"x{number % 2}" / f"{number}.wav"
        path.parent.mkdir(exist_ok=True)
        soundfile.write(path, np.random.default_rng(number).normal(0, 0.1, 2_000), 16_000)
    return folder


def read(store: PreparedStore, settings: SourceSettings, *, noisy: bool = True, faces: int = 2) -> list[Sources]:
    return [
        read_sources(store, part, settings, without_features, noisy=noisy, faces=faces, voices=faces, seed=3)
        for part in PARTS
    ]


def noise_of(sources: Sources) -> NoiseBank:
    assert sources.noise is not None
    return sources.noise


def test_nobody_is_in_two_parts_nor_in_the_test(store: PreparedStore) -> None:
    train, valid = read(store, SourceSettings())
    assert set(train.bank.speakers) == set("abcd") and set(valid.bank.speakers) == set("ef")


def test_company_joins_those_who_validate_where_they_are_too_few_and_nothing_is_learned_from_it(
    store: PreparedStore,
) -> None:
    for faces, joining in ((2, ""), (4, "abc")):
        train, valid = read(store, SourceSettings(company=3), faces=faces)
        assert valid.company == set(joining) and set(valid.bank.speakers) == set("ef" + joining)
        assert not train.company and set(train.bank.speakers) == {"d"}
    train, valid = read(store, SourceSettings(company=2, speakers=2), faces=4)
    assert not valid.company and set(train.bank.speakers) < set("abcd") and len(set(train.bank.speakers)) == 2


def test_of_the_mixtures_of_validation_only_those_who_validate_are_judged(make_store, tmp_path: Path) -> None:
    split = dict.fromkeys("abcdefg", "train") | dict.fromkeys("yz", "valid")
    mouths = {f"{who}/{number}": np.zeros((4, 32, 48), np.uint8) for who in split for number in range(2)}
    store, settings = make_store(tmp_path / "store", mouths, split), SourceSettings(company=3)
    _, valid = read(store, settings, faces=4)
    levels = [MixtureSettings(speakers=(2, 4), frames=4)]
    data = separation_data(store, without_features, settings, levels, batch=20, steps=1, valid_steps=4, seed=0)
    for recipe in data.val_dataloader():
        asked = np.isin(np.array(valid.bank.speakers)[recipe.faces.clip], ["y", "z"])
        assert asked[:, 0].all() and not asked[:, 1:].all()
        np.testing.assert_array_equal(recipe.judged, asked)


def test_who_joined_the_store_is_not_of_its_own_corpus_at_any_pace(make_store, tmp_path: Path) -> None:
    split = dict.fromkeys(["a", "b", "c@made"], "train") | {"e": "valid"}
    mouths = {f"{speaker}/0": np.zeros((4, 32, 48), np.uint8) for speaker in split}
    store = make_store(tmp_path / "store", mouths, split)
    train, valid = read(store, SourceSettings(own_share=0.7, paces=[1.2]), faces=1)
    assert train.own == {"a", "b", "a@1.2", "b@1.2"} and train.own_share == 0.7
    assert "c@made@1.2" in train.bank.speakers
    assert valid.own_share is None


@pytest.mark.parametrize("share", [0.0, 1.0, -0.2])
def test_no_share_of_the_own_corpus_is_refused(share: float) -> None:
    with pytest.raises(SettingsError, match=f"own_share is {share}"):
        SourceSettings(own_share=share)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"rooms": -1}, "rooms is -1"),
        ({"babble": -2}, "babble is -2"),
        ({"company": -1}, "company is -1"),
        ({"paces": (0.9, 0.0)}, "the paces are 0.9, 0.0"),
        ({"paces": (-1.1,)}, "the paces are -1.1"),
        ({"paces": (0.9, 0.901)}, "the paces are 0.9, 0.901"),
    ],
)
def test_less_than_nothing_and_paces_that_are_none_are_refused(wrong: dict, said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        SourceSettings(**wrong)


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_rooms_have_a_place_for_everybody_who_may_be_in_a_mixture(make_store, tmp_path: Path, share: float) -> None:
    split = dict.fromkeys("abcdefghi", "train") | dict.fromkeys("qrstuvwxy", "valid")
    store = make_store(tmp_path / "store", {f"{who}/0": np.zeros((4, 32, 48), np.uint8) for who in split}, split)
    levels = [MixtureSettings(speakers=(9, 9), frames=4, rooms=share)]
    settings = SourceSettings(rooms=1)
    data = separation_data(store, without_features, settings, levels, batch=1, steps=1, valid_steps=1, seed=0)
    assert data.valid_mixtures(1).voices.shape[1] == 9


def test_no_noise_and_no_room_is_in_two_parts(store: PreparedStore, hisses: Path) -> None:
    train, valid = read(store, SourceSettings(recordings=hisses, rooms=2))
    names = [set(noise_of(sources).names) for sources in (train, valid)]
    assert not names[0] & names[1]
    for sources in (train, valid):
        assert {"white", "pink", "brown", "recording"} == set(noise_of(sources).kinds)
    white = [noise_of(sources).audio[noise_of(sources).kinds.index("white")] for sources in (train, valid)]
    assert not torch.equal(white[0], white[1])
    assert train.rooms is not None and valid.rooms is not None
    assert not torch.equal(train.rooms.early[:, :, :800], valid.rooms.early[:, :, :800])


def test_babble_paces_and_talkers_are_for_the_training_alone(store: PreparedStore, hisses: Path) -> None:
    train, valid = read(store, SourceSettings(babble=2, talkers=hisses, paces=(0.9, 1.1)))
    assert set(train.bank.speakers) == {f"{who}{pace}" for who in "abcd" for pace in ("", "@0.9", "@1.1")}
    assert frozenset().union(*noise_of(train).speakers) == set("abcd")
    assert set(train.unseen.speakers) == {f"{who}{pace}" for who in ("x0", "x1") for pace in ("", "@0.9", "@1.1")}
    assert set(valid.bank.speakers) == set("ef") == set(valid.unseen.speakers)
    assert "babble" not in noise_of(valid).kinds


def test_fewer_people_to_learn_from_are_some_of_them_and_those_to_validate_on_stay(store: PreparedStore) -> None:
    train, valid = read(store, SourceSettings(speakers=2))
    assert len(set(train.bank.speakers)) == 2 and set(train.bank.speakers) < set("abcd")
    assert set(valid.bank.speakers) == set("ef")


def test_real_noise_is_shared_out_and_real_talkers_are_heard(
    store: PreparedStore, real_noise: Path, real_talkers: Path
) -> None:
    train, valid = read(store, SourceSettings(recordings=real_noise, talkers=real_talkers))
    recordings = [
        {name for name, kind in zip(noise_of(part).names, noise_of(part).kinds, strict=True) if kind == "recording"}
        for part in (train, valid)
    ]
    assert len(recordings[0]) > len(recordings[1]) > 0 and not recordings[0] & recordings[1]
    settings = MixtureSettings(frames=25, unseen_talkers=(2, 2), noise=1.0, snr_range=(5.0, 5.0))
    made = mix(draw_recipe(settings, train, 8, seed=0, step=0), train)
    assert made.rest.isfinite().all() and (made.rest.square().mean(-1).sqrt() > 0.005).all()


def test_without_noise_there_is_none_whatever_else_is_set(store: PreparedStore, hisses: Path) -> None:
    for sources in read(store, SourceSettings(recordings=hisses, babble=2), noisy=False):
        assert sources.noise is None and sources.rooms is None and sources.others is None


def test_what_is_seen_is_added_once_and_to_all_paces(store: PreparedStore) -> None:
    shown: list[int] = []

    def see(bank: VoiceBank) -> VoiceBank:
        shown.append(len(bank))
        return bank.seen_as(features=torch.ones(*bank.valid.shape, 2))

    sources = read_sources(store, "train", SourceSettings(paces=(1.25,)), see, noisy=False, faces=2, voices=2, seed=0)
    assert shown == [8] and sources.bank.frames["features"].shape == (16, 4, 2)


def test_validation_is_on_whole_clips_as_noisy_as_the_training() -> None:
    training = MixtureSettings(
        speakers=(2, 3), frames=20, shift=3, same_speaker=0.5, silent_faces=0.5, unseen_talkers=(1, 2), noise=0.7,
        snr_range=(-5, 5), rooms=0.3, largest_offset=2, frozen=0.1, dropped=0.1,
    )  # fmt: skip
    kept = ("speakers", "noise", "snr_range", "rooms", "gain_range")
    found = asdict(exam_like(training))
    assert {name: found[name] for name in kept} == {name: asdict(training)[name] for name in kept}
    plain = asdict(replace(MixtureSettings(), frames=75))
    assert {name: found[name] for name in found if name not in kept} == {
        name: plain[name] for name in plain if name not in kept
    }


def test_every_level_is_validated_on_its_share_of_the_batches(store: PreparedStore) -> None:
    levels = [MixtureSettings(speakers=(K, K), frames=4) for K in (1, 2)]
    data = separation_data(store, without_features, SourceSettings(), levels, batch=3, steps=5, valid_steps=2, seed=0)
    assert len(data.train_dataloader()) == 5 and len(data.val_dataloader()) == 4
    assert [recipe.faces.clip.shape for recipe in data.val_dataloader()] == [(3, 1), (3, 2)] * 2
    assert [recipe.T for recipe in data.val_dataloader()] == [75] * 4


@pytest.mark.parametrize(
    ("settings", "levels", "error", "said"),
    [
        ({}, [(2, 2), (3, 5)], SettingsError, "5 faces need 5 different speakers; the training clips are of 4"),
        ({}, [(2, 2), (2, 3)], SettingsError, "3 faces need 3 different speakers; those to validate on are of 2"),
        ({"speakers": 5}, [(2, 2)], SettingsError, "5 speakers are asked for, of 4 who are there"),
        ({"babble": 5}, [(2, 2)], SettingsError, "babble of 5 talkers needs as many speakers; the bank has 4"),
        ({"recordings": Path("nowhere")}, [(2, 2)], CorpusError, "no sound file below nowhere"),
        ({"talkers": Path("nowhere")}, [(2, 2)], CorpusError, "no sound file below nowhere"),
    ],
)
def test_what_is_missing_is_told_before_the_training(
    settings: dict, levels: Sequence[tuple[int, int]], error: type[AvssError], said: str, store: PreparedStore
) -> None:
    with pytest.raises(error, match=said):
        separation_data(
            store,
            without_features,
            SourceSettings(**settings),
            [MixtureSettings(speakers=K, noise=0.5) for K in levels],
            batch=1,
            steps=1,
            valid_steps=1,
            seed=0,
        )


@pytest.mark.parametrize("nothing", ["batch", "steps", "valid_steps"])
def test_no_mixtures_at_all_are_refused(nothing: str, store: PreparedStore) -> None:
    counts = {"batch": 1, "steps": 1, "valid_steps": 1} | {nothing: 0}
    with pytest.raises(SettingsError, match=f"{nothing} is 0"):
        separation_data(store, without_features, SourceSettings(), [MixtureSettings()], seed=0, **counts)
