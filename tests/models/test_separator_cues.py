"""What cues depend on, and what a spectrum loses."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from avss.errors import ModelError
from avss.models.separators.cues import Sight, VisualCues, standardised
from avss.models.separators.spectrum import SAID, Spectrum, loudness_and_phase, masks_of

B, K, T, D, IDENTITY = 2, 3, 12, 10, 4


@pytest.fixture
def features() -> Tensor:
    return torch.randn(B, K, T, D, generator=torch.Generator().manual_seed(0))


def visual(sight: Sight = "all", identity_dropout: float = 0.5) -> VisualCues:
    torch.manual_seed(0)
    return VisualCues(D, IDENTITY, 8, 5, identity_dropout=identity_dropout, sight=sight).eval()


def test_the_scale_and_offset_of_the_lips_features_in_a_clip_do_not_matter(features: Tensor) -> None:
    louder = features.clone()
    louder[..., :-IDENTITY] = 50 * features[..., :-IDENTITY] + 7
    torch.testing.assert_close(visual()(louder), visual()(features), rtol=0, atol=0.02)


def test_standardising_passes_over_frames_that_were_not_seen(features: Tensor) -> None:
    seen = torch.ones(B, K, T, 1, dtype=torch.bool)
    seen[:, :, 5:8] = False
    found = standardised(features * seen, seen)
    assert not found[:, :, 5:8].any()
    kept = seen[0, 0, :, 0]
    torch.testing.assert_close(found[:, :, kept], standardised(features[:, :, kept], seen[:, :, kept]))


def test_a_face_never_seen_gives_the_same_finite_cues_as_any_other(features: Tensor) -> None:
    features[0, 0] = 0
    features[1, 2] = 0
    cues = visual()(features)
    assert cues.shape == (B, K, 8, T) and cues.isfinite().all()
    torch.testing.assert_close(cues[0, 0], cues[1, 2])


def test_a_mouth_at_rest_is_not_blown_up() -> None:
    rest = torch.full((1, 1, 50, 6), 0.5) + 1e-3 * torch.randn(1, 1, 50, 6)
    assert standardised(rest, torch.ones(1, 1, 50, 1, dtype=torch.bool)).abs().max() < 0.1


def test_identities_are_off_in_training_alone_by_the_same_in_all_frames_and_never_the_lips(features: Tensor) -> None:
    cues = visual(identity_dropout=0.0)
    cues.mistaken = 0.5
    assert torch.equal(cues(features), cues(features))
    cues.train()
    assert not torch.equal(cues(features), cues(features))
    many = features[:1, :1, :, -IDENTITY:].expand(4000, 1, T, IDENTITY)
    off = cues._mistaken(many) - many
    torch.testing.assert_close(off, off[:, :, :1].expand_as(off), rtol=0, atol=1e-5)
    assert off.std() == pytest.approx(0.5, rel=0.05) and off.mean().abs() < 0.02
    features[..., -IDENTITY:] = 0
    lips_alone = visual("lips")
    lips_alone.mistaken = 0.5
    assert torch.equal(lips_alone.train()(features), lips_alone(features))


def test_lips_are_misread_in_training_alone_and_never_the_identity_or_what_is_not_seen(features: Tensor) -> None:
    features[:, 0] = 0
    torch.manual_seed(0)
    cues = VisualCues(D, IDENTITY, 8, 5, identity_dropout=0.0, misread=0.9)
    torch.manual_seed(1)
    blended = cues.train()(features)
    plain = cues.eval()(features)
    assert torch.equal(blended[:, 0], plain[:, 0]) and not torch.allclose(blended[:, 1:], plain[:, 1:])
    cues.misread = 0.0
    assert torch.equal(cues.train()(features), plain)
    cues.misread, only_one = 0.9, features[:1]
    torch.testing.assert_close(cues.train()(only_one), cues.eval()(only_one))
    same_lips = features.clone()
    same_lips[:, :, :, :-IDENTITY] = features[:1, :, :, :-IDENTITY]
    torch.testing.assert_close(cues.train()(same_lips), cues.eval()(same_lips))


@pytest.mark.parametrize(("sight", "lips", "identity"), [("all", 1, 1), ("lips", 1, 0), ("identity", 0, 1)])
def test_what_is_not_to_be_seen_changes_nothing(features: Tensor, sight: Sight, lips: int, identity: int) -> None:
    cues = visual(sight)(features)
    for part, looked_at in ((slice(0, D - IDENTITY), lips), (slice(D - IDENTITY, D), identity)):
        other = features.clone()
        other[..., part] = other[..., part].flip(2, 3)
        assert torch.equal(visual(sight)(other), cues) != bool(looked_at)


def test_in_training_the_identity_is_hidden_for_a_whole_clip_or_not_at_all(features: Tensor) -> None:
    lips, always = visual("lips"), visual(identity_dropout=1.0)
    other = features.clone()
    other[..., -IDENTITY:] *= -1
    torch.testing.assert_close(always.train()(other), always.train()(features))
    assert not torch.equal(always.eval()(other), always.eval()(features))
    assert lips.train() is lips

    sometimes = visual(identity_dropout=0.5).train()
    many = features[:1, :1].expand(64, 1, T, D)
    kinds = {tuple(cues.flatten()[:4].tolist()) for cues in sometimes(many).round(decimals=4)}
    assert len(kinds) == 2


def test_nothing_to_look_at_is_refused() -> None:
    with pytest.raises(ModelError, match="of which identity is to be seen"):
        VisualCues(128, identity=0, sight="identity")


@settings(deadline=None)
@given(T=st.integers(1, 10), hop=st.sampled_from([128, 256]), loudness=st.floats(1e-3, 1e3))
def test_a_spectrum_gives_its_wave_back(T: int, hop: int, loudness: float) -> None:
    spectrum = Spectrum(512, hop)
    waves = loudness * torch.randn(2, 640 * T)
    found = spectrum.synthesise(spectrum.analyse(waves), 640 * T)
    torch.testing.assert_close(found, waves, rtol=1e-3, atol=1e-5 * loudness)


@settings(deadline=None)
@given(st.floats(-1e4, 1e4), st.floats(-1e4, 1e4))
def test_masks_that_claim_nothing_keep_their_phase_and_stay_within_two(real: float, imaginary: float) -> None:
    mask = masks_of(torch.tensor([real, imaginary, -1e4])[None, None, :, None, None]).flatten()
    assert mask.abs().item() <= 2 + 1e-5
    assert (mask * complex(real, -imaginary)).imag.abs().item() <= 1e-3 * abs(complex(real, imaginary)) + 1e-6


@settings(deadline=None)
@given(K=st.integers(1, 6), seed=st.integers(0, 1000))
def test_voices_share_what_their_masks_leave_over_by_their_claims(K: int, seed: int) -> None:
    said = 3 * torch.randn(1, K, SAID, 5, 4, generator=torch.Generator().manual_seed(seed))
    masks, timid, greedy = (masks_of(said + torch.tensor([0, 0, claim])[:, None, None]) for claim in (0.0, -1e4, 1e4))
    left = 1 - timid.sum(1)
    torch.testing.assert_close(greedy.sum(1), torch.ones_like(left))
    share = ((masks - timid) / left[:, None]).real
    wanted = torch.cat([torch.zeros(1, 1, 5, 4), said[:, :, 2]], dim=1).softmax(1)[:, 1:]
    torch.testing.assert_close(share, wanted, atol=1e-3, rtol=1e-3)


def test_silence_is_shown_as_finite_numbers() -> None:
    shown = loudness_and_phase(Spectrum(512, 128).analyse(torch.zeros(1, 640)))
    assert shown.shape == (1, 3, 257, 6) and shown.isfinite().all()
