"""A spectrogram shows each sound at its pitch and at its time."""

import numpy as np
import pytest
from matplotlib.figure import Figure

from avss.evaluation.spectrograms import draw_spectrograms


def tone(pitch: float, seconds: float) -> np.ndarray:
    return np.sin(2 * np.pi * pitch * np.arange(round(16_000 * seconds)) / 16_000).astype(np.float32)


def loudest_pitches(figure: Figure) -> list[float]:
    """Where each picture is brightest in the middle of its time, Hz."""
    levels = [np.asarray(axes.images[0].get_array()) for axes in figure.axes]
    return [float(level[:, level.shape[1] // 2].argmax() * 8000 / (len(level) - 1)) for level in levels]


def test_each_sound_is_seen_at_its_pitch_below_its_name() -> None:
    figure = draw_spectrograms([("anna", tone(1000, 1)), ("bert", tone(3000, 1))], "Two people")
    assert [axes.get_title(loc="left") for axes in figure.axes] == ["anna, kHz", "bert, kHz"]
    assert loudest_pitches(figure) == pytest.approx([1000, 3000], abs=32)


def test_a_soft_sound_is_darker_than_a_loud_one() -> None:
    figure = draw_spectrograms([("loud", tone(1000, 1)), ("soft", 0.1 * tone(1000, 1))], "Two levels")
    loud, soft = (axes.images[0] for axes in figure.axes)
    assert loud.get_clim() == soft.get_clim()
    highest = [np.asarray(image.get_array()).max() for image in (loud, soft)]
    assert highest[0] - highest[1] == pytest.approx(20, abs=0.1)


def test_a_click_in_a_long_sound_is_not_lost() -> None:
    wave = np.zeros(16_000 * 60, np.float32)
    wave[16_000 * 45] = 1
    (image,) = draw_spectrograms([("click", wave)], "A minute").axes[0].images
    level = np.asarray(image.get_array())
    assert level.shape[1] <= 2000
    assert level.max(axis=0).argmax() / level.shape[1] == pytest.approx(45 / 60, abs=0.001)
    assert image.get_extent()[1] == 60


def test_silence_can_be_drawn() -> None:
    assert draw_spectrograms([("nobody", np.zeros(16_000, np.float32))], "Silence").axes
