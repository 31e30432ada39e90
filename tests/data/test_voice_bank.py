import numpy as np
import pytest
import torch


def test_the_clips_of_each_speaker_are_found(make_bank):
    bank = make_bank({"b": [3, 4], "a": [2], "c": [5, 1]})
    names, clips, first, count = bank.roster
    found = {name: [bank.ids[n] for n in clips[f : f + c]] for name, f, c in zip(names, first, count, strict=True)}
    assert found == {"a": ["a/0"], "b": ["b/0", "b/1"], "c": ["c/0", "c/1"]}
    assert [bank.index[clip_id] for clip_id in bank.ids] == list(range(5))


def test_at_other_paces_a_voice_is_still_that_of_its_person(make_bank):
    bank = make_bank({"s1": [3], "s1@0.9": [3], "s1@generated": [2], "s1@generated@1.1": [2]})
    assert bank.people.tolist() == ["s1", "s1", "s1@generated", "s1@generated"]


def test_the_first_frame_with_a_face_is_known(make_bank):
    bank = make_bank({"a": [4, 4, 4]})
    bank.valid[:] = torch.tensor([[0, 0, 1, 1], [1, 0, 1, 1], [0, 0, 0, 0]])
    np.testing.assert_array_equal(bank.first_seen, [2, 0, 0])


def test_features_of_other_clips_are_refused(make_bank):
    bank = make_bank({"a": [4, 4]})
    assert bank.seen_as(lips=torch.zeros(2, 4, 3)).frames.keys() == {"lips"}
    with pytest.raises(ValueError, match=r"'lips' has the shape \[2, 5, 3\]"):
        bank.seen_as(lips=torch.zeros(2, 5, 3))
    with pytest.raises(ValueError, match="'face' is of 3 clips; the bank has 2"):
        bank.seen_as({"face": torch.zeros(3, 8)})


def test_a_bank_moves_whole(make_bank):
    moved = make_bank({"a": [4]}).to("meta")
    assert {array.device.type for array in (moved.audio, moved.level, moved.valid, *moved.frames.values())} == {"meta"}
    assert moved.stills["who"].device.type == "meta"


def test_clips_are_placed_where_the_bank_is_wherever_their_numbers_are(make_bank):
    bank = make_bank({"a": [4], "b": [3]})
    clip, delay = torch.tensor([[0, 1]]), torch.tensor([[2, -1]])
    sound, inside = bank.placed(clip, delay, 5)
    assert inside.tolist() == [[[False, False, True, True, True], [True, True, True, False, False]]]
    assert torch.equal(sound[0, 0, 2:].flatten(), bank.audio[0, : 3 * 640])
    assert torch.equal(sound[0, 1, :2].flatten(), bank.audio[1, 640 : 3 * 640])
    assert {array.device.type for array in bank.to("meta").placed(clip, delay, 5)} == {"meta"}
