"""Recipes: who is drawn, how often, and that nothing depends on what it should not."""

from dataclasses import replace
from math import comb

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import settings as tried
from hypothesis import strategies as st

from avss.data.bank_pace import at_pace, join
from avss.data.mixture_draw import draw_recipe
from avss.data.mixture_recipe import NONE, Sources
from avss.data.mixture_settings import MixtureSettings
from avss.data.noise import babble, coloured_noise, join_noise
from avss.data.rooms import simulate_rooms
from avss.errors import SettingsError

B = 400


@pytest.fixture(scope="module")
def sources(make_bank):
    bank = make_bank({name: [12, 10, 8] for name in "abcdefgh"} | {"single": [10]})
    noise = join_noise(coloured_noise(seconds=1), babble(bank, talkers=2, tracks=20, seconds=1))
    return Sources(bank, noise=noise, rooms=simulate_rooms(2, places=6))


EVERYTHING = MixtureSettings(
    speakers=(2, 4),
    frames=10,
    shift=3,
    same_speaker=0.3,
    silent_faces=0.3,
    unseen_talkers=(0, 2),
    noise=0.7,
    rooms=0.5,
    largest_offset=2,
    frozen=0.1,
    dropped=0.1,
    turned_away=0.5,
)


def tensors(recipe):
    found = []
    recipe.each(lambda tensor: found.append(tensor) or tensor)
    return found


def speakers(bank, clips):
    return np.array(bank.speakers)[clips.numpy()]


@given(step=st.integers(0, 10**6), seed=st.integers(0, 10**6), few=st.integers(1, 7))
@tried(max_examples=25, deadline=None)
def test_a_recipe_is_a_function_of_seed_and_step_and_its_rows_of_nothing_else(sources, step, seed, few):
    whole, again = (draw_recipe(EVERYTHING, sources, 8, seed=seed, step=step) for _ in range(2))
    part = draw_recipe(EVERYTHING, sources, few, seed=seed, step=step)
    assert all(map(torch.equal, tensors(whole), tensors(again)))
    assert all(map(torch.equal, tensors(whole.rows(slice(few))), tensors(part)))


def test_steps_and_seeds_differ_and_faces_vary(sources):
    recipes = [draw_recipe(EVERYTHING, sources, 4, seed=0, step=step) for step in range(20)]
    assert {recipe.faces.clip.shape[1] for recipe in recipes} == {2, 3, 4}
    assert {recipe.others.clip.shape[1] for recipe in recipes} == {0, 1, 2}
    assert len({tuple(recipe.faces.gain.flatten().tolist()) for recipe in recipes}) == 20
    other = draw_recipe(EVERYTHING, sources, 4, seed=1, step=0)
    assert not torch.equal(other.snr, recipes[0].snr)


def test_asking_for_something_else_leaves_the_rest_as_it_is(sources):
    plain = replace(EVERYTHING, noise=0.0, frozen=0.0, rooms=0.0)
    whole, bare = (draw_recipe(settings, sources, 8, seed=0, step=0) for settings in (EVERYTHING, plain))
    assert all(map(torch.equal, whole.faces, bare.faces))
    assert torch.equal(whole.heard, bare.heard)
    assert (bare.noise == NONE).all() and (bare.room == NONE).all()


@pytest.mark.parametrize("K", [1, 2, 3, 6, 9])
def test_all_speakers_of_a_mixture_differ(sources, K):
    recipe = draw_recipe(MixtureSettings(speakers=(K, K), frames=10), sources, B, seed=0, step=0)
    drawn = speakers(sources.bank, recipe.faces.clip)
    assert all(len(set(row)) == K for row in drawn)
    _, counts = np.unique(drawn, return_counts=True)
    assert len(counts) == 9
    assert counts.min() > 0.6 * counts.mean()


def test_the_wanted_share_of_faces_is_of_the_own_corpus(sources):
    settings = MixtureSettings(speakers=(2, 2), frames=10)
    mixed = replace(sources, own=frozenset("ab"), own_share=0.5)
    drawn = speakers(sources.bank, draw_recipe(settings, mixed, B, seed=0, step=0).faces.clip)
    assert np.isin(drawn[:, 0], ["a", "b"]).mean() == pytest.approx(0.5, abs=0.08)
    assert all(len(set(row)) == 2 for row in drawn)
    _, counts = np.unique(drawn[~np.isin(drawn, ["a", "b"])], return_counts=True)
    assert len(counts) == 7 and counts.min() > 0.6 * counts.mean()


@pytest.mark.parametrize("own", [[], [*"abcdefgh", "single"]], ids=["nobody", "everybody"])
def test_a_share_of_the_own_corpus_is_refused_where_there_are_no_people_of_both_kinds(sources, own):
    alike = replace(sources, own=frozenset(own), own_share=0.5)
    with pytest.raises(SettingsError, match=f"50% .* own corpus, which {len(own)} of 9 are"):
        draw_recipe(EVERYTHING, alike, 1, seed=0, step=0)


def test_company_is_never_the_first_face_nor_silent_nor_judged(sources):
    company = frozenset("abcdef")
    settings = MixtureSettings(speakers=(4, 4), frames=10, silent_faces=0.5)
    recipe = draw_recipe(settings, replace(sources, company=company), B, seed=0, step=0)
    drawn = speakers(sources.bank, recipe.faces.clip)
    joins = np.isin(drawn, sorted(company))
    assert not joins[:, 0].any() and (drawn[:, 0] == "g").mean() == pytest.approx(1 / 3, abs=0.08)
    # As many of the three others as chance puts among four of nine, and one where chance puts none.
    assert (~joins).sum(axis=1).mean() == pytest.approx(4 * 3 / 9 + comb(6, 4) / comb(9, 4), abs=0.1)
    assert all(len(set(row)) == 4 for row in drawn)
    np.testing.assert_array_equal(recipe.judged, ~joins)
    assert recipe.heard.numpy()[joins].all() and not recipe.heard.numpy()[~joins].all()


def test_without_company_everybody_is_judged(sources):
    assert draw_recipe(EVERYTHING, sources, B, seed=0, step=0).judged.all()


def test_fewer_speakers_than_faces_are_refused(sources):
    with pytest.raises(SettingsError, match="of 10 faces need 10 different speakers; the clips are of 9"):
        draw_recipe(MixtureSettings(speakers=(2, 10)), sources, 1, seed=0, step=0)


def test_the_wanted_share_is_of_one_person_who_says_two_things(sources):
    settings = MixtureSettings(speakers=(3, 3), frames=10, same_speaker=0.4)
    clip = draw_recipe(settings, sources, B, seed=0, step=0).faces.clip
    drawn = speakers(sources.bank, clip)
    same = drawn[:, 0] == drawn[:, 1]
    # Whoever has a single clip cannot say two things.
    assert same.mean() == pytest.approx(0.4 * 8 / 9, abs=0.08)
    assert (clip[:, 0] != clip[:, 1]).all()
    assert not (drawn[same, 0] == "single").any()
    assert all(len(set(row)) == 2 + (not alike) for row, alike in zip(drawn, same, strict=True))


def test_the_wanted_share_of_faces_is_silent_and_somebody_speaks(sources):
    settings = MixtureSettings(speakers=(3, 3), frames=10, silent_faces=0.4)
    heard = draw_recipe(settings, sources, B, seed=0, step=0).heard
    assert heard.any(dim=1).all()
    assert (~heard[:, 1:]).float().mean() == pytest.approx(0.4, abs=0.06)
    alone = draw_recipe(replace(settings, silent_faces=1.0), sources, B, seed=0, step=0).heard
    assert (alone.sum(dim=1) == 1).all()


def test_silent_faces_rest_or_move(sources):
    settings = MixtureSettings(speakers=(2, 2), frames=8, silent_faces=1.0, resting=0.3)
    recipe = draw_recipe(settings, sources, B, seed=0, step=0)
    resting = (recipe.frame == 0).all(dim=-1)
    assert not resting[recipe.heard].any()
    assert resting[~recipe.heard].float().mean() == pytest.approx(0.3, abs=0.08)


def test_people_who_are_not_seen_are_others(sources):
    settings = MixtureSettings(speakers=(3, 3), frames=10, unseen_talkers=(2, 2))
    recipe = draw_recipe(settings, sources, B, seed=0, step=0)
    seen, unseen = (speakers(sources.bank, talk.clip) for talk in (recipe.faces, recipe.others))
    assert all(len({*faces, *others}) == 5 for faces, others in zip(seen, unseen, strict=True))
    with pytest.raises(SettingsError, match="needs 2 people who are not seen and there are 1"):
        draw_recipe(replace(settings, speakers=(8, 8)), sources, 1, seed=0, step=0)


def test_people_who_are_not_seen_may_come_from_elsewhere(sources, make_bank):
    elsewhere = replace(sources, others=make_bank({"x": [30], "y": [5]}))
    settings = MixtureSettings(speakers=(9, 9), frames=10, unseen_talkers=(2, 2))
    recipe = draw_recipe(settings, elsewhere, 20, seed=0, step=0)
    assert torch.equal(recipe.others.clip.sort(dim=1).values, torch.tensor([[0, 1]]).expand(20, 2))


def test_clips_are_cut_or_placed_and_shifted(sources):
    for shift in (0, 3):
        settings = MixtureSettings(speakers=(2, 2), frames=10, shift=shift)
        talk = draw_recipe(settings, sources, B, seed=0, step=0).faces
        spare = 10 - torch.from_numpy(sources.bank.lengths)[talk.clip]
        assert (talk.delay >= spare.clamp(max=0) - shift).all()
        assert (talk.delay <= spare.clamp(min=0) + shift).all()
        assert set(talk.delay.flatten().tolist()) == set(range(-2 - shift, 3 + shift))


def test_gains_and_levels_fill_their_ranges(sources):
    settings = MixtureSettings(frames=10, gain_range=2.5, noise=1.0, snr_range=(-5, 15))
    recipe = draw_recipe(settings, sources, B, seed=0, step=0)
    assert recipe.faces.gain.abs().max() <= 2.5 < 2.6 * recipe.faces.gain.abs().max()
    assert (recipe.snr.min() + 5).abs() < 0.5 and (recipe.snr.max() - 15).abs() < 0.5


def test_babble_is_of_people_who_are_not_in_the_mixture(sources):
    settings = MixtureSettings(speakers=(3, 3), frames=10, noise=0.8)
    recipe = draw_recipe(settings, sources, B, seed=0, step=0)
    kinds = [sources.noise.kinds[track] if track >= 0 else "none" for track in recipe.noise.tolist()]
    shares = {kind: kinds.count(kind) / B for kind in {*kinds}}
    assert shares == pytest.approx({"none": 0.2} | dict.fromkeys(["white", "pink", "brown", "babble"], 0.2), abs=0.07)
    for track, row in zip(recipe.noise.tolist(), speakers(sources.bank, recipe.faces.clip), strict=True):
        assert track < 0 or not sources.noise.speakers[track] & set(row)


def test_nobody_meets_the_same_voice_at_another_pace(sources):
    bank = join([sources.bank, at_pace(sources.bank, 0.9), at_pace(sources.bank, 1.25)])
    for noisy in (sources.noise, babble(bank, talkers=2, tracks=20, seconds=1)):
        paced = replace(sources, bank=bank, noise=noisy)
        settings = MixtureSettings(speakers=(3, 3), frames=10, noise=1.0, unseen_talkers=(2, 2))
        recipe = draw_recipe(settings, paced, B, seed=0, step=0)
        faces, others = (speakers(bank, talk.clip) for talk in (recipe.faces, recipe.others))
        assert any("@" in name for name in faces.flat)
        for track, seen, unseen in zip(recipe.noise.tolist(), faces, others, strict=True):
            voices = {name.partition("@")[0] for name in seen}
            assert not voices & {name.partition("@")[0] for name in (*unseen, *noisy.speakers[track])}
    few = replace(paced, others=join([sources.bank, at_pace(sources.bank, 0.9)]))
    with pytest.raises(SettingsError, match="needs 3 people who are not seen and there are 2"):
        draw_recipe(MixtureSettings(speakers=(8, 8), unseen_talkers=(3, 3)), few, 1, seed=0, step=0)


def test_where_somebody_of_the_mixture_talks_in_all_babble_another_noise_takes_its_place(sources):
    settings = MixtureSettings(speakers=(9, 9), frames=10, noise=1.0)
    recipe = draw_recipe(settings, sources, B, seed=0, step=0)
    assert {sources.noise.kinds[track] for track in recipe.noise.tolist()} == {"white", "pink", "brown"}
    fewer = draw_recipe(replace(settings, speakers=(3, 3)), sources, B, seed=0, step=0)
    coloured = [track for track in fewer.noise.tolist() if sources.noise.kinds[track] != "babble"]
    assert 0.6 * B < len(coloured) < 0.9 * B
    alone = replace(sources, noise=babble(sources.bank, talkers=2, tracks=20, seconds=1))
    with pytest.raises(SettingsError, match="1 noise without its own speakers and there are 0"):
        draw_recipe(settings, alone, B, seed=0, step=0)


def test_frames_freeze_drop_and_slip_by_their_shares(sources):
    plain = MixtureSettings(speakers=(2, 2), frames=10)
    straight = draw_recipe(plain, sources, B, seed=0, step=0).frame
    dropped = draw_recipe(replace(plain, dropped=0.2), sources, B, seed=0, step=0).frame
    changed = dropped != straight
    assert (dropped[changed] == NONE).all()
    assert changed.sum() / (straight >= 0).sum() == pytest.approx(0.2, abs=0.02)

    away = draw_recipe(replace(plain, turned_away=1.0), sources, B, seed=0, step=0).frame
    hidden = (away == NONE) & (straight >= 0)
    assert torch.equal(away[~hidden], straight[~hidden])
    longest = hidden.long().cumsum(-1).diff(dim=-1, prepend=torch.zeros(*hidden.shape[:2], 1)).ne(0)
    begins = (hidden[..., 1:] & ~hidden[..., :-1]).sum(-1) + hidden[..., 0]
    assert begins.max() == 1  # once
    assert 0.2 < longest.float().mean() < 0.4
    assert hidden.sum(-1).max() == 8  # four fifths

    frozen = draw_recipe(replace(plain, frozen=0.2), sources, B, seed=0, step=0).frame
    stuck = frozen[..., 1:] != straight[..., 1:]
    assert torch.equal(frozen[..., 1:][stuck], frozen[..., :-1][stuck])
    assert torch.equal(frozen[..., 0], straight[..., 0])
    assert stuck.sum() / stuck.numel() == pytest.approx(0.2, abs=0.05)

    slipped = draw_recipe(replace(plain, largest_offset=1), sources, B, seed=0, step=0).frame
    both = (slipped >= 0) & (straight >= 0)
    assert set((straight - slipped)[both].tolist()) == {-1, 0, 1}


def test_noise_and_rooms_that_are_not_there_are_refused(make_bank):
    bare = Sources(make_bank({"a": [5], "b": [5]}))
    with pytest.raises(SettingsError, match="shall have noise and none is given"):
        draw_recipe(MixtureSettings(noise=0.1), bare, 1, seed=0, step=0)
    with pytest.raises(SettingsError, match="shall be in rooms and none are given"):
        draw_recipe(MixtureSettings(rooms=0.1), bare, 1, seed=0, step=0)


def test_what_only_some_draws_would_lack_is_refused_at_once(sources):
    for step in range(3):
        with pytest.raises(SettingsError, match="needs 3 people who are not seen and there are 2"):
            draw_recipe(MixtureSettings(speakers=(2, 7), unseen_talkers=(0, 3)), sources, 1, seed=0, step=step)
        with pytest.raises(SettingsError, match=r"5 faces and 2 people who are not seen .* with 6 places"):
            settings = MixtureSettings(speakers=(2, 5), unseen_talkers=(0, 2), rooms=0.1)
            draw_recipe(settings, sources, 1, seed=0, step=step)


@pytest.mark.parametrize(
    "wrong",
    [
        {"speakers": (3, 2)},
        {"speakers": (0, 2)},
        {"unseen_talkers": (-1, 0)},
        {"snr_range": (5.0, 0.0)},
        {"noise": 1.1},
        {"dropped": -0.1},
        {"turned_away": 1.5},
        {"frames": 0},
        {"gain_range": -1.0},
        {"silent_faces": float("nan")},
    ],
)
def test_impossible_settings_are_refused(wrong):
    with pytest.raises(SettingsError, match=next(iter(wrong))):
        MixtureSettings(**wrong)
