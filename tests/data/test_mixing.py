"""Mixtures: what is heard and seen in them, and at which level."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import settings as tried
from hypothesis import strategies as st

from avss.data.mixing import LEVEL, PEAK, among_few, mix, power
from avss.data.mixture_draw import draw_recipe
from avss.data.mixture_recipe import NONE, Sources
from avss.data.mixture_settings import MixtureSettings
from avss.data.noise import babble, coloured_noise, join_noise
from avss.data.rooms import simulate_rooms

T = 10
PLAIN = MixtureSettings(speakers=(2, 2), frames=T)


@pytest.fixture(scope="module")
def dry(make_bank):
    bank = make_bank({name: [12, 10, 8] for name in "abcdefgh"})
    noise = join_noise(coloured_noise(seconds=0.3), babble(bank, talkers=2, tracks=20, seconds=1))
    return Sources(bank, others=make_bank({"x": [20], "y": [7], "z": [10]}, seed=1), noise=noise)


@pytest.fixture(scope="module")
def wet(dry):
    return replace(dry, rooms=simulate_rooms(2, places=8))


any_settings = st.builds(
    MixtureSettings,
    speakers=st.integers(1, 6).map(lambda K: (K, K)),
    frames=st.integers(4, 14),
    gain_range=st.floats(0, 10),
    shift=st.integers(0, 3),
    same_speaker=st.sampled_from([0.0, 1.0]),
    silent_faces=st.floats(0, 1),
    unseen_talkers=st.integers(0, 2).map(lambda E: (E, E)),
    noise=st.floats(0, 1),
    snr_range=st.floats(-20, 20).map(lambda snr: (snr, snr + 3)),
    rooms=st.floats(0, 1),
    largest_offset=st.integers(0, 2),
    frozen=st.floats(0, 0.5),
    dropped=st.floats(0, 0.5),
)


@given(any_settings, st.integers(0, 1000))
@tried(max_examples=40, deadline=None)
def test_voices_and_rest_are_the_mixture_and_nothing_clips(wet, settings, step):
    # Babble without its own speakers cannot be had for six of eight speakers.
    sources = replace(wet, noise=coloured_noise(seconds=0.3))
    made = mix(draw_recipe(settings, sources, 3, seed=0, step=step), sources)
    assert torch.equal(made.mixture, made.voices.sum(dim=1) + made.rest)
    assert made.mixture.shape == (3, 640 * settings.frames)
    assert made.voices.shape == (3, settings.speakers[0], 640 * settings.frames)
    assert all(array.isfinite().all() for array in (made.mixture, made.voices, made.rest))
    assert made.mixture.abs().max() <= PEAK * (1 + 1e-5)
    assert not made.voices[~made.heard].any()


@given(any_settings, st.integers(0, 1000), st.integers(1, 4))
@tried(max_examples=25, deadline=None)
def test_a_mixture_does_not_depend_on_its_batch(dry, settings, step, few):
    settings = replace(settings, rooms=0.0)
    sources = replace(dry, noise=coloured_noise(seconds=0.3))
    recipe = draw_recipe(settings, sources, 5, seed=0, step=step)
    whole, part = mix(recipe, sources), mix(recipe.rows(slice(few)), sources)
    for name in ("mixture", "voices", "rest", "valid"):
        assert torch.equal(getattr(whole, name)[:few], getattr(part, name))


def test_voices_are_at_one_level_but_for_their_gains(make_bank):
    bank = make_bank({name: [T] for name in "abcd"})
    recipe = draw_recipe(replace(PLAIN, gain_range=6.0, speakers=(3, 3)), Sources(bank), 20, seed=0, step=0)
    level = 10 * torch.log10(mix(recipe, Sources(bank)).voices.square().mean(dim=-1))
    torch.testing.assert_close(level, LEVEL + recipe.faces.gain, atol=0.05, rtol=0)


@given(st.floats(-15, 25), st.integers(0, 100), st.floats(0, 1))
@tried(max_examples=25, deadline=None)
def test_noise_is_at_the_drawn_level(dry, snr, step, silent):
    settings = replace(PLAIN, noise=1.0, snr_range=(snr, snr), silent_faces=silent)
    made = mix(draw_recipe(settings, dry, 6, seed=0, step=step), dry)
    measured = 10 * torch.log10(power(made.voices.sum(dim=1)) / power(made.rest))
    torch.testing.assert_close(measured, torch.full((6,), snr), atol=1e-3, rtol=0)


def test_noise_is_a_stretch_of_its_track_repeated_where_it_ends(dry):
    settings = replace(PLAIN, noise=1.0, snr_range=(0.0, 0.0))
    recipe = draw_recipe(settings, dry, 12, seed=0, step=0)
    rest = mix(recipe, dry).rest
    for row, track, offset in zip(rest, recipe.noise, recipe.noise_offset, strict=True):
        source = dry.noise.audio[track, : dry.noise.lengths[track]].float().numpy()
        stretch = np.take(source, np.arange(640 * T) + int(offset), mode="wrap")
        assert np.corrcoef(stretch, row)[0, 1] > 1 - 1e-6


def test_mixtures_without_noise_have_no_rest(dry):
    settings = replace(PLAIN, noise=0.5)
    recipe = draw_recipe(settings, dry, 20, seed=0, step=0)
    quiet = recipe.noise == NONE
    assert 0 < quiet.sum() < 20
    rest = mix(recipe, dry).rest
    assert not rest[quiet].any()
    assert rest[~quiet].any(dim=1).all()


def test_each_voice_is_its_clip_at_its_place(make_bank):
    sources = Sources(make_bank({name: [12, 7] for name in "abc"}))
    recipe = draw_recipe(replace(PLAIN, shift=4), sources, 20, seed=0, step=0)
    made, bank = mix(recipe, sources), sources.bank
    for b in range(20):
        for k in range(2):
            clip, delay = int(recipe.faces.clip[b, k]), 640 * int(recipe.faces.delay[b, k])
            expected = np.zeros(640 * T)
            for n in range(640 * T):
                if 0 <= n - delay < 640 * bank.lengths[clip]:
                    expected[n] = bank.audio[clip, n - delay]
            heard = made.voices[b, k].numpy()
            factor = heard @ expected / (expected @ expected)
            np.testing.assert_allclose(heard, factor * expected, atol=1e-6)


def test_what_is_seen_goes_with_what_is_heard(make_bank):
    sources = Sources(make_bank({name: [12, 7] for name in "abc"}))
    recipe = draw_recipe(replace(PLAIN, shift=4), sources, 20, seed=0, step=0)
    made = mix(recipe, sources)
    spoken = made.voices.unflatten(-1, (T, 640)).abs().amax(dim=-1) > 0
    assert torch.equal(made.valid, spoken)
    seen = torch.arange(T) - recipe.faces.delay[..., None] + 1 + 100 * recipe.faces.clip[..., None]
    assert torch.equal(made.frames["features"][..., 0], torch.where(made.valid, seen, 0).float())
    assert torch.equal(made.stills["who"], recipe.faces.clip + 1)


def test_frames_without_a_face_are_zero(make_bank):
    bank = make_bank({"a": [T], "b": [T]})
    bank.valid[:, 3:5] = False
    recipe = draw_recipe(replace(PLAIN, dropped=0.3), Sources(bank), 10, seed=0, step=0)
    made = mix(recipe, Sources(bank))
    assert not made.valid[..., 3:5].any()
    assert torch.equal(made.valid, (made.frames["features"][..., 0] != 0))


def test_silent_faces_are_seen_and_not_heard(dry):
    made = mix(draw_recipe(replace(PLAIN, silent_faces=1.0, resting=0.0), dry, 10, seed=0, step=0), dry)
    assert not made.voices[~made.heard].any()
    assert made.valid[~made.heard].any()
    assert torch.equal(made.mixture, made.voices[:, 0] + made.voices[:, 1])


def test_people_who_are_not_seen_are_in_the_rest(dry):
    recipe = draw_recipe(replace(PLAIN, unseen_talkers=(1, 1), gain_range=0.0), dry, 10, seed=0, step=0)
    with_them = mix(recipe, dry)
    alone = mix(
        recipe._replace(
            others=recipe.others._replace(
                clip=recipe.others.clip[:, :0], delay=recipe.others.delay[:, :0], gain=recipe.others.gain[:, :0]
            )
        ),
        dry,
    )
    torch.testing.assert_close(with_them.voices, alone.voices)
    assert with_them.rest.any(dim=1).all() and not alone.rest.any()
    assert (with_them.strangers.shape[1], alone.strangers.shape[1]) == (1, 0)


@pytest.mark.parametrize("strangers", [0, 1])
def test_few_of_the_faces_are_heard_without_the_others_and_in_noise_where_that_can_be_told(dry, strangers):
    settings = replace(PLAIN, speakers=(3, 3), unseen_talkers=(strangers, strangers), noise=1.0, snr_range=(9.0, 9.0))
    whole = mix(draw_recipe(settings, dry, 4, seed=0, step=0), dry)
    few = among_few(whole, 2)
    torch.testing.assert_close(few.voices, whole.voices[:, :2])
    torch.testing.assert_close(few.mixture, few.voices.sum(dim=1) + few.rest)
    torch.testing.assert_close(few.rest, torch.zeros_like(whole.rest) if strangers else whole.rest)
    for name in ("clip", "heard", "judged", "valid"):
        assert torch.equal(getattr(few, name), getattr(whole, name)[:, :2])
    for kind in ("frames", "stills"):
        for name, array in getattr(whole, kind).items():
            assert torch.equal(getattr(few, kind)[name], array[:, :2])
    assert torch.equal(among_few(whole, 5).voices, whole.voices)


def test_loud_mixtures_are_made_softer_as_a_whole(dry):
    settings = replace(PLAIN, noise=1.0, snr_range=(-30.0, -30.0))
    recipe = draw_recipe(settings, dry, 4, seed=0, step=0)
    loud, quiet = mix(recipe, dry), mix(recipe._replace(noise=torch.full((4,), NONE)), dry)
    torch.testing.assert_close(loud.mixture.abs().amax(dim=1), torch.full((4,), PEAK))
    factor = loud.voices.square().sum(dim=(1, 2)).sqrt() / quiet.voices.square().sum(dim=(1, 2)).sqrt()
    assert (factor < 0.5).all()
    torch.testing.assert_close(loud.voices, quiet.voices * factor[:, None, None])


def test_silence_with_noise_stays_silent(make_bank):
    bank = make_bank({"a": [T], "b": [T]})
    sources = Sources(replace(bank, audio=torch.zeros_like(bank.audio)), noise=coloured_noise(seconds=1))
    made = mix(draw_recipe(replace(PLAIN, noise=1.0), sources, 2, seed=0, step=0), sources)
    assert not made.mixture.any()


def test_a_room_adds_reverberation_to_the_rest_only(wet, dry):
    recipe = draw_recipe(replace(PLAIN, rooms=1.0), wet, 10, seed=0, step=0)
    inside, outside = mix(recipe, wet), mix(recipe, dry)
    assert inside.rest.any(dim=1).all() and not outside.rest.any()
    likeness = torch.nn.functional.cosine_similarity(inside.voices, outside.voices, dim=-1)
    # The early reflections belong to the voice; the direct sound is most of it.
    assert (likeness.abs() < 0.999).all()
    ratio = power(inside.voices.flatten(0, 1)) / power(outside.voices.flatten(0, 1))
    assert (ratio > 0.5).all() and (ratio < 20).all()
