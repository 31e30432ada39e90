"""The rows of the exam do what their names say."""

import pytest
import torch

from avss.data.exam_list import draw_exam
from avss.data.exam_mixtures import exam_mixtures
from avss.data.mixing import Mixtures
from avss.data.mixture_recipe import Sources
from avss.data.visual import Visual
from avss.data.voice_bank import VoiceBank
from avss.errors import ModelError
from avss.evaluation.exam_rows import (
    BINARY,
    COMPLEX,
    CONTROLS,
    MIXTURE,
    TOGETHER,
    audio_only,
    audio_visual,
    bounds,
    control,
    together,
)
from avss.evaluation.separation_metrics import si_sdr
from avss.models.audio_visual import AudioVisualSeparator
from avss.models.separators.families import SeparatorSettings, make_audio_only
from avss.models.separators.separator import Separator


@pytest.fixture(scope="module")
def mixtures(seen_bank: VoiceBank) -> Mixtures:
    sources = Sources(seen_bank)
    exam = draw_exam(sources, faces=(3,), levels=(None,), mixtures=3)
    return next(exam_mixtures(exam, sources, 3))[1]


def test_the_bounds_lie_in_their_order(mixtures: Mixtures) -> None:
    found = {row.name: row.separate(mixtures) for row in bounds()}
    assert torch.equal(found[MIXTURE][:, 1], mixtures.mixture)
    ratios = {name: si_sdr(estimate=voices, reference=mixtures.voices).mean() for name, voices in found.items()}
    assert ratios[MIXTURE] + 8 < ratios[BINARY]
    assert ratios[BINARY] + 8 < ratios[COMPLEX]


def test_the_separator_is_shown_each_face_of_each_mixture(
    mixtures: Mixtures, small_model: AudioVisualSeparator
) -> None:
    parts = [mixtures.frames[name] for name in ("points", "mouth", "seen")]
    visual = Visual(*parts, *(mixtures.stills[name] for name in ("shape", "picture")))
    row = audio_visual(small_model, "abc", "before")
    assert (row.name, row.checksum, row.most_faces) == ("before", "abc", None)
    torch.testing.assert_close(row.separate(mixtures), small_model(mixtures.mixture, visual))


def test_deceived_eyes_give_other_voices(
    mixtures: Mixtures, small_model: AudioVisualSeparator, seen_bank: VoiceBank
) -> None:
    rows = [*(control(name, small_model, "abc", seen_bank) for name in CONTROLS), audio_visual(small_model, "abc")]
    voices = [row.separate(mixtures) for row in rows]
    assert len({row.name for row in rows}) == 4
    for n, one in enumerate(voices):
        assert one.shape == mixtures.voices.shape
        assert not any(torch.allclose(one, other) for other in voices[n + 1 :])


def knowing(voices: torch.Tensor, mixtures: Mixtures) -> Separator:
    """A twin that gives out the voices [B,K,S], in another order."""

    class Knowing(torch.nn.Module):
        def forward(self, mixture: torch.Tensor, cues: torch.Tensor) -> torch.Tensor:
            level = mixtures.mixture.square().mean(-1).sqrt()[:, None, None]
            return voices[:, [2, 0, 1]] / level

    separator = make_audio_only(SeparatorSettings(width=16, stages=1), 3)
    separator.net = Knowing()
    return separator


def test_audio_only_voices_come_in_the_order_that_fits_best(mixtures: Mixtures) -> None:
    row = audio_only(knowing(mixtures.voices, mixtures), "def")
    assert row.most_faces == 3
    torch.testing.assert_close(row.separate(mixtures), mixtures.voices, atol=1e-5, rtol=1e-4)


def test_a_twin_is_averaged_with_the_separator_in_the_order_of_the_separator(
    mixtures: Mixtures, small_model: AudioVisualSeparator
) -> None:
    seen = audio_visual(small_model, "abc").separate(mixtures)
    row = together(knowing(3 * seen, mixtures), small_model, "abc def")
    assert (row.name, row.checksum, row.most_faces) == (TOGETHER, "abc def", 3)
    torch.testing.assert_close(row.separate(mixtures), 2 * seen, atol=1e-5, rtol=1e-4)


def test_a_separator_with_eyes_is_no_audio_only_twin(small_model: AudioVisualSeparator) -> None:
    with pytest.raises(ModelError, match="looks at faces"):
        audio_only(small_model.separator, "abc")
