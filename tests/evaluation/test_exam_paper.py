"""A paper is drawn once; who asks for another one is told what it says."""

from dataclasses import replace
from pathlib import Path

import pytest

from avss.data.mixture_recipe import Sources
from avss.data.noise import coloured_noise
from avss.data.voice_bank import VoiceBank
from avss.evaluation.exam_paper import ExamSettings, other_questions, read_paper


@pytest.fixture
def sources(seen_bank: VoiceBank) -> Sources:
    return Sources(seen_bank, noise=coloured_noise(seed=0))


@pytest.fixture
def settings(tmp_path: Path) -> ExamSettings:
    return ExamSettings(
        tmp_path, tmp_path / "paper.csv", faces=(2, 99), levels=(None, 0, -5), mixtures=3, silent=1, frames=30
    )


def test_who_asks_what_the_paper_says_is_told_nothing(settings: ExamSettings, sources: Sources) -> None:
    for _ in range(2):
        assert other_questions(settings, sources, read_paper(settings, sources)) is None


@pytest.mark.parametrize("change", [{"faces": (3,)}, {"levels": (None,)}, {"mixtures": 2}, {"frames": 25}], ids=str)
def test_a_paper_that_was_there_is_asked_as_it_is_and_said_to_be_another(
    settings: ExamSettings, sources: Sources, change: dict
) -> None:
    first = read_paper(settings, sources)
    other = replace(settings, **change)
    again = read_paper(other, sources)
    assert again.equals(first)
    told = other_questions(other, sources, again)
    assert told is not None
    assert "was there already, asks 12 mixtures of 2 faces and 30 frames at no noise, 0 dB, -5 dB; wanted were" in told
