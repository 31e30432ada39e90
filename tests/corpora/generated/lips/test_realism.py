"""Lip statistics: what they measure, and that generated lips move as real ones do."""

from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest

from avss.corpora.generated.cast.speaker import draw_speaker
from avss.corpora.generated.face.mouth import FULL_OPENING
from avss.corpora.generated.lips.articulation import articulate
from avss.corpora.generated.lips.realism import REAL_LIPS, LipStatistics, compared, lip_statistics, spread_of
from avss.corpora.generated.voice.script import sentence_for
from avss.corpora.generated.voice.utterance import FRAMES, say
from avss.rates import FRAME_RATE


def test_figures_of_a_mouth_that_opens_and_closes_evenly():
    swing = np.tile([0, 1, 2, 3, 4, 3, 2, 1], 10).astype(float)
    figures = lip_statistics([swing, swing], eyes_to_chin=40)
    assert figures.opening == pytest.approx(0.1)
    assert figures.middle == pytest.approx(0.5)
    assert figures.speed == pytest.approx(0.25)
    assert figures.rest == pytest.approx(1 / 8)
    assert figures.variety == 0


def test_figures_do_not_depend_on_the_unit_of_length():
    rng = np.random.default_rng(0)
    clips = [rng.uniform(0, 10, 40) for _ in range(5)]
    pixels, metres = lip_statistics(clips, 90), lip_statistics([clip / 1000 for clip in clips], 0.09)
    assert asdict(pixels) == pytest.approx(asdict(metres))


@pytest.mark.parametrize(
    ("clips", "height"),
    [
        ([], 90),
        ([np.ones(10)], 90),
        ([np.ones(1), np.ones(1)], 90),
        ([np.zeros(10), np.zeros(10)], 90),
        ([np.arange(9.0), np.full(9, np.nan)], 90),
        ([np.arange(9.0), np.arange(9.0)], 0),
    ],
)
def test_lips_that_cannot_be_measured_are_refused(clips, height):
    with pytest.raises(ValueError, match="lip"):
        lip_statistics(clips, height)


def test_a_population_is_compared_with_the_real_one_figure_by_figure():
    speakers = [LipStatistics(k / 10, 0.5, 0.1, 0.2, 0.1) for k in range(11)]
    assert spread_of(speakers)["opening"].median == pytest.approx(0.5)
    assert spread_of(speakers)["opening"].low == pytest.approx(0.1)
    rows = {name: (measured, real) for name, measured, real in compared(speakers)}
    assert rows["opening"][0].high == pytest.approx(0.9)
    assert {name: real for name, (_, real) in rows.items()} == REAL_LIPS


def test_the_stored_figures_are_those_of_the_real_landmarks(real_landmarks: Path):
    speakers = []
    for file in sorted(real_landmarks.glob("s*.npz")):
        data = np.load(file)
        points = data["coords_x20"].reshape(-1, 9, 2) / 20
        words = data["words_per_clip"].astype(int).cumsum()
        frames = data["frames_per_word"].astype(int).cumsum()
        clips = np.split(points[:, 3, 1] - points[:, 2, 1], frames[words - 1][:-1])
        speakers.append(lip_statistics(clips, float(np.median(points[:, 4, 1]))))
    for name, measured in spread_of(speakers).items():
        assert asdict(measured) == pytest.approx(asdict(REAL_LIPS[name]), abs=6e-4), name


@pytest.fixture(scope="module")
def generated() -> dict[str, tuple[float, float]]:
    """Medians over 40 speakers and the real ones, of the true aperture in spoken frames."""
    speakers = []
    for number in range(1, 41):
        speaker = draw_speaker(4, number)
        clips = []
        for index in range(8):
            rng = np.random.default_rng([number, index])
            said = say(sentence_for(4, number, index), speaker.voice, rng)
            track = articulate(said.phones, FRAMES, speaker.style, rng)
            spoken = slice(int(said.words[0].start * FRAME_RATE), int(said.words[-1].end * FRAME_RATE) + 1)
            clips.append(FULL_OPENING * track.aperture[spoken])
        speakers.append(lip_statistics(clips, speaker.face.head.chin))
    return {name: (measured.median, real.median) for name, measured, real in compared(speakers)}


# Detectors read less than the true opening off small mouths, so the true one is a little wider.
@pytest.mark.parametrize(
    ("name", "low", "high"),
    [("opening", 1.0, 1.5), ("middle", 0.85, 1.15), ("speed", 0.8, 1.2), ("rest", 0.55, 1.2), ("variety", 0.75, 1.25)],
)
def test_generated_lips_move_about_as_real_ones(generated, name, low, high):
    measured, real = generated[name]
    assert low < measured / real < high
