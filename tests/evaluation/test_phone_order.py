from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from avss.errors import CorpusError
from avss.evaluation.phone_order import best_least, clip_errors, phone_error_rate, phone_order
from avss.evaluation.phones import FrameReadings
from avss.speech.phones import PHONES

SIL, B, P, T, IY = (PHONES.index(phone) for phone in ("SIL", "B", "P", "T", "IY"))


def readings(truth: list[int], heard: list[int], clips: list[int], speakers: list[str]) -> FrameReadings:
    arrays = (np.array(column) for column in (truth, heard, heard, [0.0] * len(truth), clips, speakers))
    return FrameReadings(*arrays)


@pytest.mark.parametrize(
    ("frames", "least", "order"),
    [
        ([SIL, B, B, IY, SIL, IY, T], 1, [B, IY, IY, T]),
        ([SIL, B, B, IY, IY, P, IY, T, T], 2, [B, IY, T]),
        ([B, B, SIL, B, B], 2, [B]),  # a pause too short to count does not part a phone
        ([SIL, SIL], 1, []),
        ([], 1, []),
    ],
)
def test_order_has_neither_repeats_nor_silences_nor_flickers(frames: list[int], least: int, order: list[int]) -> None:
    assert phone_order(np.array(frames, int), least) == order


@given(st.lists(st.integers(0, 4), max_size=30), st.integers(1, 3))
def test_holding_every_frame_longer_than_the_least_changes_nothing(frames: list[int], least: int) -> None:
    held = np.repeat(np.array(frames, int), 3)
    assert phone_order(held, least) == phone_order(np.array(frames, int))


def test_errors_are_counted_by_clip_and_clips_that_say_nothing_are_left_out() -> None:
    frames = readings(
        truth=[B, IY, T, SIL, SIL, B, IY],
        heard=[P, IY, SIL, T, T, B, IY],
        clips=[0, 0, 0, 1, 1, 2, 2],
        speakers=["s1", "s1", "s1", "s1", "s1", "s2", "s2"],
    )
    errors = clip_errors(frames)
    assert errors.errors.tolist() == [2, 0]  # B read as P, T not read
    assert errors.phones.tolist() == [3, 2]
    interval = phone_error_rate(errors)
    assert interval.value == pytest.approx(2 / 5)
    assert (interval.low, interval.high) == (0, pytest.approx(2 / 3))
    with pytest.raises(CorpusError, match="nothing is said"):
        clip_errors(replace(frames, truth=np.full(7, SIL)))


def test_clips_of_one_speaker_are_not_joined() -> None:
    frames = readings([B, B], [B, B], clips=[0, 1], speakers=["s1", "s1"])
    assert clip_errors(frames).phones.tolist() == [1, 1]


def test_flickers_are_left_out_where_that_helps() -> None:
    said = [B] * 6 + [IY] * 6
    flickering = [B, B, P, B, B, B, IY, IY, IY, T, IY, IY]
    clips, speakers = [0] * 12, ["s1"] * 12
    assert best_least(readings(said, flickering, clips, speakers)) == 2
    assert best_least(readings(said, said, clips, speakers)) == 1
