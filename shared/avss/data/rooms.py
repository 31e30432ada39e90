"""Rooms: the way of sound from a mouth to a microphone, simulated once by pyroomacoustics and applied by FFT.

Each room is a box of random size and reverberation, with a microphone in its middle and mouths around it. Its impulse
responses (image sources, Allen and Berkley, JASA 1979) begin with the direct sound, at level 1 and without its travel
time, so that a voice stays as loud as it was and, within 3 ms, in step with its lips.

What comes within 50 ms helps to understand speech and is part of the voice; the reverberation after that belongs to
the rest of the room (as in the early-reflection targets of the REVERB and DNS challenges).
"""

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import torch
from scipy.fft import next_fast_len
from torch import Tensor

from avss.corpora.generated.cast.draws import named_generators
from avss.rates import SAMPLE_RATE

EARLY = round(0.05 * SAMPLE_RATE)

SMALLEST, LARGEST = (3.0, 3.0, 2.4), (8.0, 6.0, 3.5)  # m
REVERBERATION = (0.2, 0.5)  # s, until the sound has fallen by 60 dB
_MIDDLE, _WALL = (0.3, 0.7), (0.1, 0.9)  # of the room: where microphone and mouths may be
_NEAREST = 0.5  # m from the mouth to the microphone
_MOST_ORDER = 17  # reflections; later ones are inaudible and cost much


@dataclass(frozen=True)
class RoomBank:
    """R rooms with P places for mouths in each.

    Attributes:
        early, late: float32 [R,P,J], impulse responses of J samples up to and after the first 50 ms.
    """

    early: Tensor
    late: Tensor

    @property
    def places(self) -> int:
        """P."""
        return self.early.shape[1]

    def __len__(self) -> int:
        return len(self.early)

    def to(self, device: torch.device | str) -> "RoomBank":
        """The same bank on ``device``."""
        return replace(self, early=self.early.to(device), late=self.late.to(device))


class InRoom(NamedTuple):
    """Voices in a room.

    Attributes:
        early: float32 [B,M,S], each voice with its early reflections.
        late: float32 [B,S], the reverberation of all of them.
    """

    early: Tensor
    late: Tensor


def simulate_rooms(count: int = 32, *, places: int = 8, seed: int = 0) -> RoomBank:
    """Rooms of random size, 3×3×2.4 to 8×6×3.5 m, and reverberation, 0.2 to 0.5 s."""
    responses = [response for room in range(count) for response in _simulate(places, seed, room)]
    J = max(len(response) for response in responses)
    whole = torch.zeros(count, places, J)
    for row, response in zip(whole.view(-1, J), responses, strict=True):
        row[: len(response)] = torch.from_numpy(response)
    early = whole.clone()
    early[..., EARLY:] = 0
    return RoomBank(early, whole - early)


def in_room(voices: Tensor, rooms: RoomBank, room: Tensor) -> InRoom:
    """Voices [B,M,S] as they are heard in the rooms ``room`` int64 [B]; −1 leaves them as they are.

    Raises:
        ValueError: the rooms have fewer places than there are voices.
    """
    M, S = voices.shape[1:]
    if rooms.places < M:
        raise ValueError(f"{M} voices are in rooms with {rooms.places} places; simulate rooms with more places")
    n = next_fast_len(S + rooms.early.shape[-1] - 1, real=True)
    spectrum = torch.fft.rfft(voices, n)
    early = torch.fft.irfft(spectrum * torch.fft.rfft(rooms.early[room, :M], n), n)[..., :S]
    late = torch.fft.irfft((spectrum * torch.fft.rfft(rooms.late[room, :M], n)).sum(dim=1), n)[..., :S]
    inside = room >= 0
    return InRoom(torch.where(inside[:, None, None], early, voices), late * inside[:, None])


def _simulate(places: int, seed: int, room: int) -> list[np.ndarray]:
    """Impulse responses float32 [·] of one room."""
    import pyroomacoustics

    child = named_generators(seed, room)
    size = child("size").uniform(SMALLEST, LARGEST)
    absorption, order = pyroomacoustics.inverse_sabine(child("reverberation").uniform(*REVERBERATION), size)
    material = pyroomacoustics.Material(absorption)
    box = pyroomacoustics.ShoeBox(size, SAMPLE_RATE, materials=material, max_order=min(order, _MOST_ORDER))
    microphone = size * child("microphone").uniform(*_MIDDLE, 3)
    box.add_microphone(microphone)
    mouths = size * child("mouths").uniform(*_WALL, (64 * places, 3))
    distances = np.linalg.norm(mouths - microphone, axis=1)
    far = np.flatnonzero(distances >= _NEAREST)[:places]
    for mouth in mouths[far]:
        box.add_source(mouth)
    box.compute_rir()
    (responses,) = box.rir  # ty: ignore[not-iterable]
    return [
        _from_direct(response, distance, box.c) for response, distance in zip(responses, distances[far], strict=True)
    ]


def _from_direct(response: np.ndarray, distance: float, speed: float) -> np.ndarray:
    """The response float32 without the travel time (s) and the loss over ``distance`` m of the direct sound."""
    return (response[int(distance / speed * SAMPLE_RATE) :] * distance).astype(np.float32)
