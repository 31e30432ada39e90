"""Variants are changed by the names that train.py gives to its settings, and impossible ones are refused."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avss.errors import SettingsError
from avss.training.dotted_settings import as_kind, as_row, changed, kinds_of
from avss.training.freezing import PartLearning
from avss.training.pacing import Level
from avss.training.separation_variants import CurriculumVariant, SeparationVariant, SeparatorVariant

VARIANTS = [SeparationVariant(), SeparatorVariant(), CurriculumVariant()]


def test_a_setting_is_changed_by_its_name_and_nothing_else_is() -> None:
    base = SeparatorVariant()
    early = changed(base, {"separator.fusion": "early", "lips.start": 2, "seed": 3})
    assert early == replace(base, separator=replace(base.separator, fusion="early"), lips=PartLearning(1.0, 2), seed=3)
    before, after = as_row(base), as_row(early)
    assert {name for name in before if before[name] != after[name]} == {"separator.fusion", "lips.start", "seed"}


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda variant: type(variant).__name__)
def test_every_setting_has_a_name_a_type_and_a_cell(variant: SeparationVariant) -> None:
    row = as_row(variant)
    assert row.keys() == kinds_of(variant).keys()
    assert {type(cell) for cell in row.values()} <= {bool, int, float, str}
    assert row["sources.recordings"] == "null"
    assert row["mixtures.speakers"] == "[2, 2]"


@given(st.integers(0, 9), st.floats(0, 1), st.booleans())
def test_what_a_file_says_ends_in_the_row(epochs: int, share: float, taught: bool) -> None:
    said = {"epochs": epochs, "mixtures.same_speaker": share, "taught": taught, "sources.speakers": None}
    kinds = kinds_of(SeparatorVariant())
    row = as_row(changed(SeparatorVariant(), {name: as_kind(value, kinds[name]) for name, value in said.items()}))
    assert {name: row[name] for name in said} == said | {"sources.speakers": "null"}


def test_a_list_of_settings_is_read_as_such() -> None:
    levels = as_kind([{"speakers": [2, 3], "snr_range": [0, 5]}], kinds_of(CurriculumVariant())["levels"])
    assert levels == [Level((2, 3), (0.0, 5.0))]
    assert '"snr_range": [0.0, 5.0]' in as_row(CurriculumVariant(levels=levels))["levels"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("separator.fusion", "late"),
        ("epochs", 1.5),
        ("epochs", True),
        ("twin", "video"),
        ("eyes", "closed"),
        ("mixtures.speakers", [2]),
        ("sources.paces", 0.9),
        ("lips.start", "soon"),
    ],
)
def test_a_value_of_another_kind_is_refused(name: str, value: object) -> None:
    with pytest.raises(ValueError, match="value"):
        as_kind(value, kinds_of(SeparatorVariant())[name])


@pytest.mark.parametrize("changes", [{"eyes": "other lips"}, {"video": "exchanged"}])
def test_a_twin_that_sees_nothing_is_not_deceived(changes: dict[str, str]) -> None:
    with pytest.raises(SettingsError, match="it sees nothing"):
        changed(SeparatorVariant(), {"twin": "audio"} | changes)
