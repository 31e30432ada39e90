"""What a training of a separator learns from, and what it is judged by."""

import copy
from types import SimpleNamespace

import pytest
import torch

from avss.data.mixing import Mixtures, among_few, mix
from avss.data.mixture_draw import draw_recipe
from avss.data.mixture_recipe import Sources
from avss.data.mixture_settings import MixtureSettings
from avss.data.noise import coloured_noise
from avss.data.voice_bank import VoiceBank
from avss.models.audio_visual import AudioVisualSeparator
from avss.models.separators.cues import VisualCues, VoiceNumbers
from avss.models.separators.hearing_first import HearingFirst
from avss.models.separators.separator import Separator
from avss.training.cached_features import with_features, without_features
from avss.training.callbacks import TrainingError
from avss.training.separation_losses import is_silent
from avss.training.separation_task import Learning, SeparationTask, improvement, level_score


def mixtures_of(bank: VoiceBank, **settings: object) -> Mixtures:
    sources = Sources(bank, noise=coloured_noise(seconds=1))
    drawn = MixtureSettings(**{"frames": 10, "speakers": (3, 3)} | settings)  # ty: ignore[invalid-argument-type]
    return mix(draw_recipe(drawn, sources, 4, seed=0, step=0), sources)


@pytest.fixture(scope="module")
def noisy(buzzing_bank: VoiceBank) -> Mixtures:
    """Mixtures in which some faces are silent."""
    bank = without_features(buzzing_bank)
    made = mixtures_of(bank, silent_faces=0.5, noise=1.0, snr_range=(5.0, 5.0))
    assert 0 < is_silent(made.voices, made.mixture).sum() < 8
    return made


def test_the_mixture_itself_is_no_improvement(noisy: Mixtures) -> None:
    as_it_is = noisy.mixture[:, None].expand_as(noisy.voices)
    gain = improvement(as_it_is, noisy)
    torch.testing.assert_close(gain, torch.zeros_like(gain))


def test_silent_faces_do_not_count(noisy: Mixtures) -> None:
    speaks = ~is_silent(noisy.voices, noisy.mixture)
    good = noisy.voices + 0.01 * noisy.mixture[:, None]
    gain = improvement(good, noisy)
    assert len(gain) == speaks.sum() and gain.min() > 15
    loud = torch.where(speaks[..., None], good, torch.ones_like(good))
    assert torch.equal(improvement(loud, noisy), gain)


def test_company_does_not_count(noisy: Mixtures) -> None:
    judged = torch.zeros_like(noisy.judged)
    judged[:, 0] = True
    speaks = ~is_silent(noisy.voices, noisy.mixture)
    good = noisy.voices + 0.01 * noisy.mixture[:, None]
    found = improvement(good, noisy._replace(judged=judged))
    assert torch.equal(found, improvement(good, noisy)[judged[speaks]]) and len(found) == speaks[:, 0].sum()


def test_a_voice_of_half_precision_is_judged_too(noisy: Mixtures) -> None:
    torch.testing.assert_close(
        improvement(noisy.mixture[:, None].expand_as(noisy.voices).bfloat16(), noisy),
        torch.zeros(int((~is_silent(noisy.voices, noisy.mixture)).sum()), dtype=torch.float64),
        atol=0.1,
        rtol=0,
    )


def test_a_frozen_frontend_gives_the_loss_of_one_that_looks_in_every_step(
    buzzing_bank: VoiceBank, small_model: AudioVisualSeparator
) -> None:
    small_model.eval()
    whole = {"frames": 12, "speakers": (2, 2)}  # whole clips, as features of a part of one see less around it
    asked = mixtures_of(with_features(buzzing_bank, small_model.frontend), **whole)
    looked = mixtures_of(buzzing_bank, **whole)
    together, alone = (SeparationTask(model, learning=Learning()) for model in (small_model, small_model.separator))
    torch.testing.assert_close(alone(asked), together(looked), rtol=1e-2, atol=1e-4)
    assert together.separator is alone.separator is small_model.separator


def test_only_a_net_that_is_told_nothing_may_name_voices_in_any_order(
    buzzing_bank: VoiceBank, small_twin: Separator
) -> None:
    batch = mixtures_of(without_features(buzzing_bank))
    swapped = batch.voices.roll(1, dims=1)
    losses = [
        float(
            SeparationTask(small_twin, learning=Learning(), any_order=free).loss(swapped, batch.voices, batch.mixture)
        )
        for free in (True, False)
    ]
    assert losses[0] < -25 and losses[1] > -3


def test_voices_of_a_net_that_is_told_nothing_are_put_in_the_order_of_the_true_ones(
    buzzing_bank: VoiceBank, small_twin: Separator
) -> None:
    class Confused(SeparationTask):
        def forward(self, batch: Mixtures) -> torch.Tensor:
            return batch.voices.roll(1, dims=1)

    batch = mixtures_of(without_features(buzzing_bank))
    for free in (True, False):
        voices = Confused(small_twin, learning=Learning(), any_order=free).told_apart(batch)
        assert torch.equal(voices, batch.voices) is free


@pytest.mark.parametrize("strangers", [0, 1])
def test_what_is_heard_with_closed_eyes_is_few_voices_in_any_order(
    buzzing_bank: VoiceBank, small_twin: Separator, strangers: int
) -> None:
    class Confused(HearingFirst):
        """Gives the true voices in another order."""

        def forward(self, mixture: torch.Tensor, features: torch.Tensor) -> torch.Tensor:
            heard.append(mixture)
            return batch.voices[:, : features.shape[1]].roll(1, dims=1)

    batch = mixtures_of(without_features(buzzing_bank), unseen_talkers=(strangers, strangers))
    confused = Confused(VisualCues(1, channels=8), small_twin.net, VoiceNumbers(2, 8))
    heard: list[torch.Tensor] = []
    losses: list[float] = []
    for step in range(3):
        task = SeparationTask(confused, learning=Learning())
        task.trainer = SimpleNamespace(global_step=step)  # ty: ignore[invalid-assignment]
        task.log = lambda *_, **__: None
        losses.append(float(task.training_step(batch)))
    assert losses[0] < -25 and min(losses[1:]) > -3
    assert torch.equal(heard[0], among_few(batch, 2).mixture) and torch.equal(heard[1], batch.mixture)


def test_validation_that_gives_no_numbers_ends_the_training(buzzing_bank: VoiceBank, small_twin: Separator) -> None:
    task = SeparationTask(copy.deepcopy(small_twin), learning=Learning())
    next(task.separator.net.parameters()).data.fill_(torch.nan)
    with pytest.raises(TrainingError, match="are not finite"):
        task.validation_step(mixtures_of(without_features(buzzing_bank)), 0)


def test_levels_have_scores_of_their_own() -> None:
    assert len({level_score(level) for level in range(12)}) == 12
