"""Deceived eyes: other lips are of somebody else, and activity tells nothing but when a face speaks."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from avss.data.exam_list import draw_exam
from avss.data.exam_mixtures import exam_mixtures
from avss.data.mixing import Mixtures
from avss.data.mixture_recipe import Sources
from avss.data.voice_bank import VoiceBank
from avss.errors import SettingsError, StoreError
from avss.evaluation.visual_controls import (
    Activity,
    mean_activity,
    speaks,
    turned_away,
    with_exchanged_faces,
    with_other_lips,
)
from avss.models.audio_visual import AudioVisualSeparator


def mixtures_of(bank: VoiceBank, K: int, batch: int = 20) -> list[Mixtures]:
    sources = Sources(bank)
    exam = draw_exam(sources, faces=(K,), levels=(None,), mixtures=20)
    return [mixtures for _, mixtures in exam_mixtures(exam, sources, batch)]


def some_of(bank: VoiceBank, clips: list[int]) -> VoiceBank:
    return replace(
        bank,
        ids=tuple(bank.ids[n] for n in clips),
        speakers=tuple(bank.speakers[n] for n in clips),
        sexes=tuple(bank.sexes[n] for n in clips),
        lengths=bank.lengths[clips],
        audio=bank.audio[clips],
        level=bank.level[clips],
        valid=bank.valid[clips],
        frames={name: array[clips] for name, array in bank.frames.items()},
        stills={name: array[clips] for name, array in bank.stills.items()},
    )


def test_other_lips_are_of_people_who_are_not_in_the_mixture(seen_bank: VoiceBank) -> None:
    (mixtures,) = mixtures_of(seen_bank, K=3)
    deceived = with_other_lips(mixtures, seen_bank)
    speakers = np.array(seen_bank.speakers)
    for real, shown in zip(speakers[mixtures.clip], speakers[deceived.clip], strict=True):
        assert not set(real) & set(shown)
    assert torch.equal(deceived.mixture, mixtures.mixture)
    assert torch.equal(deceived.voices, mixtures.voices)
    assert torch.equal(deceived.frames["points"], seen_bank.frames["points"][deceived.clip])
    assert torch.equal(deceived.stills["shape"], seen_bank.stills["shape"][deceived.clip])


def test_where_everybody_is_in_the_mixture_the_lips_are_of_another_of_them_in_another_clip(
    seen_bank: VoiceBank,
) -> None:
    pair = some_of(seen_bank, [0, 1, 6, 7])
    (mixtures,) = mixtures_of(pair, K=2)
    shown = with_other_lips(mixtures, pair).clip
    speakers = np.array(pair.speakers)
    assert (speakers[shown] != speakers[mixtures.clip]).all()
    assert not any(set(a.tolist()) & set(b.tolist()) for a, b in zip(mixtures.clip, shown, strict=True))


def test_other_lips_do_not_depend_on_the_batch(seen_bank: VoiceBank) -> None:
    (whole,) = mixtures_of(seen_bank, K=2)
    parts = [with_other_lips(part, seen_bank).clip for part in mixtures_of(seen_bank, K=2, batch=3)]
    assert torch.equal(with_other_lips(whole, seen_bank).clip, torch.cat(parts))


def test_without_any_other_clip_there_are_no_other_lips(seen_bank: VoiceBank) -> None:
    pair = some_of(seen_bank, [0, 6])
    with pytest.raises(StoreError, match="no clip of anybody else"):
        with_other_lips(mixtures_of(pair, K=2)[0], pair)


def test_faces_turn_away_once_for_half_of_the_mixture_whatever_the_batch(seen_bank: VoiceBank) -> None:
    (mixtures,) = mixtures_of(seen_bank, K=3)
    seldom = turned_away(mixtures)
    away = seldom.frames["points"].eq(0).flatten(3).all(-1)  # [B,K,T]
    assert not mixtures.frames["points"].eq(0).flatten(3).all(-1).any()
    T = away.shape[-1]
    assert (away.sum(-1) == T // 2).all()
    assert ((away[..., 1:] & ~away[..., :-1]).sum(-1) + away[..., 0] == 1).all()
    assert away.any(0).any(0).all()  # at any time
    assert not seldom.valid[away].any()
    assert not seldom.frames["seen"][away].any()
    assert torch.equal(seldom.frames["points"][~away], mixtures.frames["points"][~away])
    assert torch.equal(seldom.mixture, mixtures.mixture)
    parts = [turned_away(part).valid for part in mixtures_of(seen_bank, K=3, batch=7)]
    assert torch.equal(seldom.valid, torch.cat(parts))


def test_speaking_is_told_within_30_db_of_the_loudest_frame() -> None:
    wave = torch.ones(5, 640) * torch.tensor([0.0, 1.0, 0.1, 0.03, 0.04])[:, None]
    assert speaks(wave.flatten()).tolist() == [False, True, True, False, True]
    assert not speaks(torch.zeros(2, 3 * 640)).any()


def test_activity_is_one_of_two_features_for_every_face(seen_bank: VoiceBank) -> None:
    (mixtures,) = mixtures_of(seen_bank, K=2)
    activity = Activity(torch.tensor([1.0, 2.0]), torch.tensor([3.0, 4.0]))
    features = activity.of(mixtures.voices)
    active = speaks(mixtures.voices)
    assert 0.2 < active.float().mean() < 0.9
    assert (features[active] == activity.speaking).all()
    assert (features[~active] == activity.pausing).all()


def test_the_features_of_activity_are_means_over_the_clips(
    seen_bank: VoiceBank, small_model: AudioVisualSeparator
) -> None:
    activity = mean_activity(small_model.frontend, seen_bank)
    share = speaks(seen_bank.audio.float()).float().mean()
    whole = share * activity.speaking + (1 - share) * activity.pausing
    opposite = mean_activity(small_model.frontend, replace(seen_bank, audio=seen_bank.audio.flip(1)))
    assert activity.speaking.shape == (small_model.frontend.size,)
    torch.testing.assert_close(whole, share * opposite.speaking + (1 - share) * opposite.pausing)
    assert not torch.allclose(activity.speaking, opposite.speaking)


def test_activity_needs_somebody_who_pauses(seen_bank: VoiceBank, small_model: AudioVisualSeparator) -> None:
    hum = replace(seen_bank, audio=torch.full_like(seen_bank.audio, 1000))
    with pytest.raises(StoreError, match="both speaking and pausing"):
        mean_activity(small_model.frontend, hum)


@given(st.lists(st.sampled_from("abcd"), min_size=2, max_size=20))
def test_exchanged_faces_are_of_somebody_else_and_each_is_somebodys(names: list[str]) -> None:
    N, number = len(names), torch.arange(len(names))
    bank = VoiceBank(
        tuple(map(str, range(N))),
        tuple(names),
        (None,) * N,
        np.ones(N, np.int64),
        torch.zeros(N, 640, dtype=torch.int16),
        torch.ones(N),
        torch.ones(N, 1, dtype=torch.bool),
        {"features": number[:, None, None]},
        {"shape": number},
    )
    if 2 * max(names.count(name) for name in names) > N:
        with pytest.raises(SettingsError, match="to exchange faces with others"):
            with_exchanged_faces(bank)
        return
    exchanged = with_exchanged_faces(bank)
    shown = exchanged.stills["shape"].tolist()
    assert sorted(shown) == list(range(N))
    assert all(names[clip] != name for clip, name in zip(shown, names, strict=True))
    assert exchanged.frames["features"].flatten().tolist() == shown
    assert exchanged.audio is bank.audio
