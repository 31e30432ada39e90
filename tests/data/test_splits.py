"""Splits by speaker: the published ones exactly, and shares that are balanced, deterministic and stable."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avss.corpora.clip import Sex
from avss.corpora.grid import GridCorpus
from avss.corpora.grid_speakers import OFFICIAL_SEX, WITH_VIDEO
from avss.data.splits import NAMED, SPLITS, split_speakers
from avss.errors import CorpusError

GRID = {f"s{number}": OFFICIAL_SEX[f"s{number}"] for number in WITH_VIDEO}
SPEAKERS = st.dictionaries(st.text(min_size=1, max_size=6), st.sampled_from(["m", "f", None]), max_size=60)


def part(name, which):
    return {int(speaker[1:]) for speaker, found in split_speakers(GRID, name).items() if found == which}


@pytest.mark.parametrize(
    ("name", "valid", "test"),
    [
        ("avss", {1, 4, 11, 25, 27, 30}, {6, 12, 16, 17, 18, 23}),
        ("morrone", {27, 28, 29, 31}, {30, 32, 33, 34}),
        ("lipreading", {26, 30, 31, 34}, {1, 2, 20, 22}),
        ("grid-mini", {30}, {26, 31}),
    ],
)
def test_named_splits_are_the_published_ones(name, valid, test):
    assert (part(name, "valid"), part(name, "test")) == (valid, test)
    assert part(name, "train") == set(WITH_VIDEO) - valid - test


def test_avss_trains_on_21_and_morrone_on_25():
    assert (len(part("avss", "train")), len(part("morrone", "train"))) == (21, 25)


@pytest.mark.parametrize("name", [name for name, split in NAMED.items() if split.closed])
@pytest.mark.parametrize("speaker", ["s21", "s35", "anna", "s01", "1"])
def test_a_closed_split_refuses_a_speaker_it_does_not_know(name, speaker):
    with pytest.raises(CorpusError, match=f"does not know speaker '{speaker}'.*'shares'"):
        split_speakers(GRID | {speaker: None}, name)


def test_grid_mini_trains_on_everybody_else():
    assert split_speakers({"s26": "m", "s35": None, "anna": "f"}, "grid-mini") == {
        "s26": "test",
        "s35": "train",
        "anna": "train",
    }


def test_part_of_the_speakers_keep_their_parts():
    assert split_speakers({"s6": "m", "s1": "m"}, "avss") == {"s6": "test", "s1": "valid"}


def test_an_unknown_split_lists_the_known_ones():
    known = "avss, morrone, lipreading, lip-landmarks, grid-mini, shares"
    with pytest.raises(CorpusError, match=rf"no split 'avs'.*{known}"):
        split_speakers(GRID, "avs")


@given(st.sets(st.sampled_from(sorted(GRID))), st.sampled_from(SPLITS))
def test_every_speaker_is_in_exactly_one_part(names, split):
    speakers = {name: GRID[name] for name in names}
    parts = split_speakers(speakers, split)
    assert list(parts) == list(speakers)
    assert set(parts.values()) <= {"train", "valid", "test"}


@given(SPEAKERS)
def test_shares_are_70_15_15_with_somebody_in_each(speakers):
    counts = Counter(split_speakers(speakers, "shares").values())
    n = len(speakers)
    assert counts.total() == n
    for name, fewest in (("train", 1), ("test", 2), ("valid", 3)):
        assert (counts[name] >= 1) == (n >= fewest)
    for name, share in (("train", 0.7), ("valid", 0.15), ("test", 0.15)):
        assert abs(counts[name] - share * n) < 1.2


@given(st.integers(0, 40), st.integers(0, 40))
def test_shares_hold_the_sexes_in_proportion(men, women):
    speakers: dict[str, Sex | None] = {f"m{i}": "m" for i in range(men)}
    speakers |= {f"f{i}": "f" for i in range(women)}
    parts = split_speakers(speakers, "shares")
    for name in ("train", "valid", "test"):
        chosen = [speakers[speaker] for speaker, found in parts.items() if found == name]
        assert abs(chosen.count("m") - len(chosen) * men / max(1, men + women)) <= 1


@given(SPEAKERS, st.randoms())
def test_shares_do_not_depend_on_the_order(speakers, random):
    shuffled = list(speakers.items())
    random.shuffle(shuffled)
    assert split_speakers(dict(shuffled), "shares") == split_speakers(speakers, "shares")


@given(SPEAKERS, st.text(min_size=1, max_size=6), st.sampled_from(["m", "f", None]))
def test_one_more_speaker_moves_at_most_a_few(speakers, name, sex):
    speakers.pop(name, None)
    before, after = split_speakers(speakers, "shares"), split_speakers(speakers | {name: sex}, "shares")
    assert sum(before[speaker] != after[speaker] for speaker in speakers) <= 6


def test_real_clips_split_as_grid_mini(real_grid):
    speakers = {clip.speaker: clip.sex for clip in GridCorpus(real_grid).clips()}
    parts = split_speakers(speakers, "grid-mini")
    assert {speaker for speaker, found in parts.items() if found != "train"} == {"s26", "s30", "s31"}
