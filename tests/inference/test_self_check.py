"""What a separation finds doubtful about itself."""

from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest

from avss.corpora.opening import open_corpus
from avss.inference.impressions import Impressions
from avss.inference.person import Person
from avss.inference.self_check import Finding, check
from avss.inference.windows import Separated
from avss.media.reading import read_wave
from avss.rates import samples_in


@pytest.fixture(scope="module")
def voices(generated_clips: Path) -> np.ndarray:
    """What the two say, [2,48000]."""
    clips = list(open_corpus(generated_clips).clips())
    return np.stack([read_wave(clip.video, 75) for clip in (clips[0], clips[-1])])


def findings(people: list[Person], voices: np.ndarray) -> list[Finding]:
    heard = Impressions(len(voices))
    list(heard.of([Separated(voices.sum(axis=0), voices)]))
    return check(people, heard, heard.speaking())


def doubts(people: list[Person], voices: np.ndarray) -> list[tuple[str, ...]]:
    return [(finding.doubt, *finding.faces) for finding in findings(people, voices)]


def test_nothing_is_doubtful_where_everybody_is_seen_and_heard(couple: list[Person], voices: np.ndarray) -> None:
    assert doubts(couple, voices) == []


def test_two_files_with_one_voice_are_copies(couple: list[Person], voices: np.ndarray) -> None:
    both = voices.sum(axis=0)
    assert doubts(couple, np.stack([both, 0.5 * both + 0.01 * voices[0]])) == [("copies", "face1", "face2")]


def test_who_is_silent_never_speaks(couple: list[Person], voices: np.ndarray) -> None:
    assert doubts(couple, np.stack([voices[0], 0.01 * voices[1]])) == [("never speaks", "face2")]


def test_who_talks_while_seen_is_not_silent_however_long_the_video(people_in, anna: list[np.ndarray]) -> None:
    (person,) = people_in(anna)
    T = 60 * 75
    valid, boxes = np.zeros(T, bool), np.full((T, 4), np.nan, np.float32)
    valid[:75], boxes[:75] = person.valid, person.boxes
    rare = replace(person, valid=valid, boxes=boxes)
    voice = np.zeros((1, samples_in(T)), np.float32)
    voice[0, : samples_in(75)] = np.random.default_rng(0).normal(0, 0.1, samples_in(75))
    assert doubts([rare], voice) == [("seldom seen", "face1")]


def test_small_faces_are_told(couple: list[Person], voices: np.ndarray) -> None:
    small = replace(couple[0], boxes=couple[0].boxes * 0.3)
    assert doubts([small, couple[1]], voices) == [("small", "face1")]


def test_who_is_mostly_out_of_sight_is_told(couple: list[Person], voices: np.ndarray) -> None:
    gone = couple[1].valid & (np.arange(75) < 30)
    assert ("seldom seen", "face2") in doubts([couple[0], replace(couple[1], valid=gone)], voices)


def test_a_face_that_is_turned_away_is_told(
    people_in: Callable[..., list[Person]], anna: list[np.ndarray], voices: np.ndarray
) -> None:
    (person,) = people_in(anna)

    class Turned(Person):
        def landmarks(self, start: int, stop: int) -> np.ndarray:
            points = super().landmarks(start, stop)
            points[:, 27:36, 0] += 0.3 * (points[:, 45, 0] - points[:, 36, 0])[:, None]
            return points

    turned = Turned(**{each.name: getattr(person, each.name) for each in fields(person) if each.init})
    assert doubts([turned], voices[:1]) == [("turned", "face1")]


@pytest.mark.parametrize(("frames", "word"), [(-7, "early"), (7, "late")])
def test_sound_that_is_not_in_step_is_told(
    frames: int, word: str, people_in: Callable[..., list[Person]], anna: list[np.ndarray], voices: np.ndarray
) -> None:
    (person,) = people_in(anna * 4)
    voice = np.tile(voices[:1], 4)
    assert findings([person], voice) == []
    (finding,) = findings([person], np.roll(voice, samples_in(frames), axis=1))
    assert finding.doubt == "out of step" and word in finding.sentence
    milliseconds = int(finding.sentence.split("about ")[1].split(" ms")[0])
    assert abs(milliseconds - 280) <= 40


class Late(Person):
    """Somebody who comes into the picture after 1600 frames."""

    def landmarks(self, start: int, stop: int) -> np.ndarray:
        points = np.zeros((stop - start, 68, 2), np.float32)
        first = max(start, 1600)
        if stop > first:
            points[first - start :] = super().landmarks(first - 1600, stop - 1600)
        return points


@pytest.mark.parametrize("frames", [0, 7])
def test_sound_that_is_not_in_step_is_told_wherever_somebody_is_seen(
    frames: int, people_in: Callable[..., list[Person]], anna: list[np.ndarray], voices: np.ndarray
) -> None:
    (person,) = people_in(anna * 4)
    whole = {each.name: getattr(person, each.name) for each in fields(person) if each.init}
    whole["valid"] = np.concatenate([np.zeros(1600, bool), person.valid])
    whole["boxes"] = np.concatenate([np.full((1600, 4), np.nan, np.float32), person.boxes])
    music = np.random.default_rng(0).normal(0, 0.05, (1, samples_in(1600))).astype(np.float32)
    talk = np.roll(np.tile(voices[:1], 4), samples_in(frames), axis=1)
    found = doubts([Late(**whole)], np.hstack([music, talk]))
    assert found == [("seldom seen", "face1"), *([("out of step",)] if frames else [])]
