"""Imagined lips: what is learned of them, who gets them, and that they stay out of validation."""

from dataclasses import replace

import pytest
import torch

from avss.data.mixing import mix
from avss.data.mixture_draw import draw_recipe
from avss.data.mixture_recipe import Sources
from avss.data.mixture_settings import MixtureSettings
from avss.data.voice_bank import VoiceBank
from avss.errors import SettingsError
from avss.training.cached_features import without_features
from avss.training.imagined_lips import explained, imagined, learn_lips, with_imagined_lips


def of(bank: VoiceBank, *names: str) -> VoiceBank:
    """The clips of some speakers."""
    rows = [row for row, name in enumerate(bank.speakers) if name in names]
    few = VoiceBank(
        tuple(bank.ids[row] for row in rows),
        tuple(bank.speakers[row] for row in rows),
        tuple(bank.sexes[row] for row in rows),
        bank.lengths[rows],
        bank.audio[rows],
        bank.level[rows],
        bank.valid[rows],
    )
    return replace(few, frames={name: array[rows] for name, array in bank.frames.items()})


@pytest.fixture(scope="module")
def shown(buzzing_bank: VoiceBank) -> VoiceBank:
    """Buzzes whose first feature is open lips while it is loud, and whose second one is always 0.5."""
    lip = buzzing_bank.frames["points"][:, :, 3, 1]
    open_lips = (lip > lip.mean()).float()
    return buzzing_bank.seen_as(features=torch.stack([open_lips, torch.full_like(open_lips, 0.5)], dim=-1))


@pytest.fixture(scope="module")
def net(shown: VoiceBank):
    return learn_lips(of(shown, "a", "b", "c"), seed=0, steps=100)


def test_lips_of_strangers_are_told_from_their_voices(net, shown: VoiceBank) -> None:
    assert explained(net, of(shown, "d")) > 0.5
    silent = replace(of(shown, "d"), audio=torch.zeros_like(of(shown, "d").audio))
    assert explained(net, silent) < 0.1


def test_company_does_not_count(net, shown: VoiceBank) -> None:
    assert explained(net, shown, frozenset("abc")) == pytest.approx(explained(net, of(shown, "d")))


def test_talkers_are_seen_as_long_as_they_talk(net, shown: VoiceBank) -> None:
    talkers = replace(of(shown, "d"), lengths=of(shown, "d").lengths - 3)
    faces = imagined(net, talkers)
    assert faces.valid[:, :-3].all() and not faces.valid[:, -3:].any()
    assert faces.frames["features"].dtype == torch.float16 and not faces.frames["features"][:, -3:].any()
    opened = faces.frames["features"][:, :-3, 0].float()
    truth = talkers.frames["features"][:, :-3, 0]
    assert torch.corrcoef(torch.stack([opened.flatten(), truth.flatten()]))[0, 1] > 0.7


def test_talkers_become_faces_of_the_training_alone(shown: VoiceBank, capsys: pytest.CaptureFixture[str]) -> None:
    bank, valid = of(shown, "a", "b"), Sources(of(shown, "d"))
    train = with_imagined_lips(Sources(bank, others=of(shown, "c").seen_as()), valid, seed=0, steps=2)
    assert set(train.bank.speakers) == {"a", "b", "c"} and set(train.unseen.speakers) == {"c"}
    torch.testing.assert_close(train.bank.frames["features"][: len(bank)], bank.frames["features"])
    assert "lips of 1 talkers imagined" in capsys.readouterr().out
    mixtures = mix(draw_recipe(MixtureSettings((3, 3), frames=12), train, 2, seed=0, step=0), train)
    assert mixtures.valid.all() and mixtures.frames["features"][..., 0].std() > 0


def test_the_same_seed_imagines_the_same_and_leaves_other_draws_alone(shown: VoiceBank) -> None:
    torch.manual_seed(5)
    wanted = torch.rand(3)
    torch.manual_seed(5)
    first = learn_lips(of(shown, "a"), seed=1, steps=3)
    assert torch.equal(torch.rand(3), wanted)
    again = learn_lips(of(shown, "a"), seed=1, steps=3)
    assert all(torch.equal(one, other) for one, other in zip(first.parameters(), again.parameters(), strict=True))


def test_an_audio_only_twin_hears_the_talkers_and_sees_nobody(buzzing_bank: VoiceBank) -> None:
    bank = without_features(buzzing_bank)
    train = with_imagined_lips(Sources(of(bank, "a", "b"), others=of(bank, "c")), Sources(of(bank, "d")), seed=0)
    assert set(train.bank.speakers) == {"a", "b", "c"} and not train.bank.frames["features"].any()


def test_without_talkers_or_for_a_frontend_that_learns_nothing_is_imagined(
    shown: VoiceBank, buzzing_bank: VoiceBank
) -> None:
    with pytest.raises(SettingsError, match="imagined of nobody"):
        with_imagined_lips(Sources(shown), Sources(shown), seed=0)
    with pytest.raises(SettingsError, match=r"a frontend that learns\. Wanted: one that is frozen"):
        with_imagined_lips(Sources(buzzing_bank, others=shown), Sources(buzzing_bank), seed=0)
