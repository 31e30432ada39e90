"""Who joins the mixtures of others, and is then kept from what they would else be for."""

import numpy as np
import pytest

from avss.data.company import held_back, read_with_company
from avss.data.store import PreparedStore
from avss.errors import CorpusError, SettingsError

CLIPS = {"a": 3, "b": 1, "c": 2, "d": 1, "e": 4}


@pytest.fixture(scope="module")
def store(make_store, tmp_path_factory: pytest.TempPathFactory) -> PreparedStore:
    """Four train, with as many clips as ``CLIPS`` says, and one validates."""
    split = dict.fromkeys("abcd", "train") | {"e": "valid"}
    mouths = {f"{who}/{number}": np.zeros((4, 32, 48), np.uint8) for who in CLIPS for number in range(CLIPS[who])}
    return make_store(tmp_path_factory.mktemp("store") / "store", mouths, split)


@pytest.mark.parametrize(("count", "kept"), [(0, ""), (1, ""), (2, "bd"), (3, "bcd")])
def test_those_with_the_fewest_clips_are_held_back_where_fewer_validate(
    store: PreparedStore, count: int, kept: str
) -> None:
    assert held_back(store, count) == set(kept)


def test_not_all_can_be_held_back(store: PreparedStore) -> None:
    with pytest.raises(SettingsError, match=r"4 of 4 training speakers are to join.*Wanted: fewer than 4"):
        held_back(store, 4)


def test_company_is_read_only_where_faces_are_missing(store: PreparedStore) -> None:
    bank, company = read_with_company(store, "valid", "bd", faces=2)
    assert set(bank.speakers) == set("bde") and company == set("bd")
    bank, company = read_with_company(store, "valid", "bd", faces=1)
    assert set(bank.speakers) == {"e"} and not company


def test_who_is_asked_about_is_nobodys_company(store: PreparedStore) -> None:
    bank, company = read_with_company(store, "valid", "e", faces=2)
    assert set(bank.speakers) == {"e"} and not company
    bank, company = read_with_company(store, "valid", "be", faces=2)
    assert set(bank.speakers) == set("be") and company == {"b"}


def test_company_alone_is_not_asked_about(store: PreparedStore) -> None:
    with pytest.raises(CorpusError, match="no usable clip in the split test"):
        read_with_company(store, "test", "bd", faces=2)
