from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from avss.data.bank_pace import at_pace, join


def test_pitch_and_lips_follow_the_pace(make_bank):
    bank = make_bank({"a": [50], "b": [40]})
    tone = torch.sin(2 * torch.pi * 500 * torch.arange(50 * 640) / 16_000) * 8000
    bank = replace(bank, audio=tone.round().to(torch.int16).expand(2, -1) * torch.tensor([[1], [0]], dtype=torch.int16))
    fast = at_pace(bank, 1.25)
    assert fast.lengths.tolist() == [40, 32]
    assert fast.ids == ("a/0@1.25", "b/0@1.25")
    assert fast.speakers == ("a@1.25", "b@1.25")
    spectrum = np.abs(np.fft.rfft(fast.audio[0].double()))
    assert spectrum.argmax() * 16_000 / fast.audio.shape[1] == pytest.approx(625, abs=1)
    assert fast.audio[0].float().std() == pytest.approx(float(bank.audio[0].float().std()), rel=0.02)
    np.testing.assert_allclose(fast.frames["features"][0, :, 0] - 1, 1.25 * np.arange(40), atol=0.75)
    assert fast.valid.sum(dim=1).tolist() == [40, 32]


@given(st.floats(0.5, 2), st.integers(1, 30))
@settings(max_examples=25, deadline=None)
def test_sound_and_frames_stay_of_one_length(make_bank, pace: float, T: int):
    bank = at_pace(make_bank({"a": [T], "b": [max(1, T // 2)]}), pace)
    assert bank.audio.shape == (2, 640 * bank.T)
    assert bank.T == bank.lengths.max() == np.ceil(T / round(pace, 2))
    for number, length in enumerate(bank.lengths):
        assert not bank.valid[number, length:].any()


def test_a_pace_below_a_hundredth_is_refused(make_bank):
    with pytest.raises(ValueError, match=r"0\.001 times a pace"):
        at_pace(make_bank({"a": [3]}), 0.001)


def test_banks_join_with_what_both_see(make_bank):
    first, second = make_bank({"a": [3, 5]}), make_bank({"b": [7]})
    second = second.seen_as({"who": second.stills["who"]}, features=second.frames["features"], more=torch.zeros(1, 7))
    bank = join([first, second])
    assert bank.ids == ("a/0", "a/1", "b/0")
    assert bank.frames.keys() == {"features"}
    assert bank.stills["who"].tolist() == [1, 2, 1]
    assert torch.equal(bank.audio[:2, : 5 * 640], first.audio)
    assert not bank.audio[:2, 5 * 640 :].any()
    assert not bank.valid[:2, 5:].any()
    with pytest.raises(ValueError, match="share clips"):
        join([first, bank])
