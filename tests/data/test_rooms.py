import numpy as np
import pytest
import torch

from avss.data.rooms import EARLY, in_room, simulate_rooms


@pytest.fixture(scope="module")
def rooms():
    return simulate_rooms(6, places=3, seed=1)


def test_a_room_is_the_same_again_and_the_direct_sound_comes_first(rooms):
    assert torch.equal(simulate_rooms(6, places=3, seed=1).early, rooms.early)
    assert not torch.equal(simulate_rooms(6, places=3, seed=2).early[0, 0, :800], rooms.early[0, 0, :800])
    # The filter that delays by parts of a sample begins 40 samples early, and peaks between 0.64 and 1.
    direct = rooms.early[..., 39:42].abs().amax(dim=-1)
    assert (direct > 0.6).all() and (direct < 1.1).all()
    assert rooms.early[..., :30].abs().max() < 0.1


def test_rooms_reverberate_within_their_range(rooms):
    whole = (rooms.early + rooms.late)[0, 0].double().numpy()
    decay = 10 * np.log10(np.cumsum(whole[::-1] ** 2)[::-1] / np.sum(whole**2) + 1e-12)
    start, stop = np.argmax(decay < -5), np.argmax(decay < -20)
    assert 0.1 < 4 * (stop - start) / 16_000 < 0.7


def test_early_and_late_meet_where_they_should(rooms):
    assert not rooms.early[..., EARLY:].any()
    assert not rooms.late[..., :EARLY].any()
    assert rooms.late.any(dim=-1).all()


def test_in_room_is_convolution(rooms):
    voices = torch.randn(2, 2, 3200, generator=torch.Generator().manual_seed(0))
    heard = in_room(voices, rooms, torch.tensor([4, -1]))
    for k in range(2):
        expected = np.convolve(voices[0, k].double(), rooms.early[4, k].double())[:3200]
        np.testing.assert_allclose(heard.early[0, k], expected, atol=1e-4)
    late = sum(np.convolve(voices[0, k].double(), rooms.late[4, k].double())[:3200] for k in range(2))
    np.testing.assert_allclose(heard.late[0], late, atol=1e-4)
    assert torch.equal(heard.early[1], voices[1])
    assert not heard.late[1].any()


def test_more_voices_than_places_are_refused(rooms):
    with pytest.raises(ValueError, match="4 voices are in rooms with 3 places"):
        in_room(torch.zeros(1, 4, 640), rooms, torch.tensor([0]))
