"""Sound of any length, separated window by window."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor, nn

from avss.data.visual import Visual, stack, visual_of_face
from avss.errors import SettingsError
from avss.inference.person import Person
from avss.inference.windows import Windows, separate_windows
from avss.media.sound_queue import SoundQueue
from avss.models.audio_visual import AudioVisualSeparator
from avss.rates import samples_in


class Shares(nn.Module):
    """Gives each face a fixed share of the mixture, in the place of a separator."""

    def __init__(self) -> None:
        super().__init__()
        self.share = nn.Parameter(torch.tensor([0.2, 0.5]))

    def forward(self, mixture: Tensor, faces: Visual) -> Tensor:
        return mixture[:, None] * self.share[: faces.valid.shape[1], None]


@pytest.fixture(scope="module")
def mixture() -> np.ndarray:
    return np.random.default_rng(0).normal(0, 0.1, samples_in(75)).astype(np.float32)


def in_pieces(wave: np.ndarray) -> SoundQueue:
    return SoundQueue(np.split(wave, [100, 7000, 7001, 30000]))


@given(st.integers(1, 2000), st.integers(1, 150), st.data())
def test_windows_cover_all_frames_and_overlap(T: int, length: int, data: st.DataObject) -> None:
    windows = Windows(length, data.draw(st.integers(0, length // 2)))
    starts = windows.starts(T)
    assert starts[0] == 0 and starts[-1] + length >= T and starts[-1] == max(0, T - length)
    steps = np.diff(starts)
    assert (steps > 0).all() and (steps <= length - windows.overlap).all()


@pytest.mark.parametrize("settings", [(0, 0), (10, 6), (10, -1)])
def test_windows_that_cannot_fade_are_refused(settings: tuple[int, int]) -> None:
    with pytest.raises(SettingsError, match="at most half a window"):
        Windows(*settings)


def test_one_window_is_what_the_model_says(
    small_model: AudioVisualSeparator, couple: list[Person], mixture: np.ndarray
) -> None:
    faces = stack([visual_of_face(p.landmarks(0, 75), p.mouths(0, 75), p.picture, p.valid) for p in couple])
    with torch.no_grad():
        wanted = small_model(torch.from_numpy(mixture)[None], Visual(*(part[None] for part in faces)))[0]
    (done,) = separate_windows(small_model, in_pieces(mixture), couple, 75)
    np.testing.assert_allclose(done.voices, wanted, atol=1e-6)
    assert (done.mixture == mixture).all()


def test_who_is_alone_is_heard_beside_somebody_who_is_never_seen(
    small_model: AudioVisualSeparator, couple: list[Person], mixture: np.ndarray
) -> None:
    person = couple[0]
    face = visual_of_face(person.landmarks(0, 75), person.mouths(0, 75), person.picture, person.valid)
    faces = stack([face, Visual(*(torch.zeros_like(part) for part in face))])
    with torch.no_grad():
        wanted = small_model(torch.from_numpy(mixture)[None], Visual(*(part[None] for part in faces)))[0, :1]
    (done,) = separate_windows(small_model, in_pieces(mixture), [person], 75)
    np.testing.assert_allclose(done.voices, wanted, atol=1e-6)


@pytest.mark.parametrize(("length", "overlap"), [(20, 5), (20, 10), (7, 3), (30, 0)])
def test_windows_that_agree_fade_without_a_trace(
    length: int, overlap: int, couple: list[Person], mixture: np.ndarray
) -> None:
    pieces = list(separate_windows(Shares(), in_pieces(mixture), couple, 75, Windows(length, overlap)))  # ty: ignore[invalid-argument-type]
    assert len(pieces) > 2 and all(piece.voices.shape[1] == len(piece.mixture) for piece in pieces)
    assert (np.concatenate([piece.mixture for piece in pieces]) == mixture).all()
    voices = np.concatenate([piece.voices for piece in pieces], axis=1)
    np.testing.assert_allclose(voices, np.outer([0.2, 0.5], mixture), atol=1e-6)


def test_who_is_not_seen_in_a_window_is_silent_there(
    people_in: Callable[..., list[Person]], anna: list[np.ndarray], wall: np.ndarray, mixture: np.ndarray
) -> None:
    (person,) = people_in([*anna[:25], *[wall] * 50])
    pieces = list(separate_windows(Shares(), in_pieces(mixture), [person], 75, Windows(25, 0)))  # ty: ignore[invalid-argument-type]
    heard = [bool(piece.voices.any()) for piece in pieces]
    assert heard == [True, False, False]
