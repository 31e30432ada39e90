"""Features that were computed once are those that would be computed in every step."""

import torch

from avss.data.bank_faces import faces_of
from avss.data.mixing import mix
from avss.data.mixture_draw import draw_recipe
from avss.data.mixture_recipe import Sources
from avss.data.mixture_settings import MixtureSettings
from avss.data.voice_bank import VoiceBank
from avss.models.audio_visual import AudioVisualSeparator
from avss.training.cached_features import with_features, without_features


def test_mixtures_of_whole_clips_come_with_the_features_of_their_faces(
    buzzing_bank: VoiceBank, small_model: AudioVisualSeparator
) -> None:
    frontend = small_model.frontend.eval()
    recipe = draw_recipe(MixtureSettings(frames=12), Sources(buzzing_bank), 3, seed=0, step=0)
    cached = mix(recipe, Sources(with_features(buzzing_bank, frontend))).frames["features"]
    seen = faces_of(mix(recipe, Sources(buzzing_bank)))
    fresh = frontend(type(seen)(*(part.flatten(0, 1) for part in seen))).unflatten(0, (3, 2))
    assert cached.dtype == torch.float16
    torch.testing.assert_close(cached.float(), fresh, rtol=2e-3, atol=2e-3)


def test_the_audio_only_twin_is_told_nothing(buzzing_bank: VoiceBank) -> None:
    features = without_features(buzzing_bank).frames["features"]
    assert features.shape == (8, 12, 1) and not features.any()
