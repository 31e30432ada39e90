"""Speakers: reproducible, different, and with a voice that goes with the body."""

import dataclasses
import re

import numpy as np
import pytest

from avss.corpora.generated.cast.speaker import Speaker, draw_speaker
from avss.speech.phones import ACCENTS, SILENCE, VISEMES


@pytest.fixture(scope="module")
def population() -> list[Speaker]:
    return [draw_speaker(1, number) for number in range(1, 301)]


def test_a_speaker_is_a_function_of_seed_and_number():
    assert draw_speaker(3, 7) == draw_speaker(3, 7)
    assert draw_speaker(3, 7) != draw_speaker(3, 8)
    assert draw_speaker(3, 7) != draw_speaker(4, 7)
    assert draw_speaker(3, 7).name == "s7"


def test_another_face_leaves_the_person_as_it_was():
    first, next_one = draw_speaker(3, 7), draw_speaker(3, 7, face_draw=1)
    assert first.face != next_one.face
    assert dataclasses.replace(next_one, face=first.face, face_draw=0) == first
    assert next_one.face.body == first.body


def test_both_sexes_and_all_accents_occur(population):
    assert 0.4 < np.mean([speaker.body.sex == "f" for speaker in population]) < 0.6
    assert {speaker.voice.accent for speaker in population} == set(ACCENTS)


def test_pitch_covers_men_and_women(population):
    by_sex = {sex: [s.voice.f0_hz for s in population if s.body.sex == sex] for sex in "mf"}
    assert all(70 <= f0 <= 300 for pitches in by_sex.values() for f0 in pitches)
    assert 105 < np.median(by_sex["m"]) < 120
    assert 185 < np.median(by_sex["f"]) < 215
    assert min(by_sex["m"]) < 85
    assert max(by_sex["f"]) > 260


def test_a_large_body_has_a_low_voice_and_low_formants(population):
    for sex in "mf":
        speakers = [speaker for speaker in population if speaker.body.sex == sex]
        sizes = [speaker.body.size for speaker in speakers]
        assert np.corrcoef(sizes, [np.log(s.voice.f0_hz) for s in speakers])[0, 1] < -0.9
        assert np.corrcoef(sizes, [s.voice.formant_scale for s in speakers])[0, 1] < -0.9


def test_a_broad_body_has_a_broad_jaw_and_a_dark_voice(population):
    for sex in "mf":
        speakers = [speaker for speaker in population if speaker.body.sex == sex]
        builds = [speaker.body.build for speaker in speakers]
        assert np.corrcoef(builds, [s.face.head.jaw for s in speakers])[0, 1] > 0.9
        assert np.corrcoef(builds, [s.face.nose.width for s in speakers])[0, 1] > 0.6
        assert np.corrcoef(builds, [np.log(s.voice.tone[-1] / s.voice.tone[0]) for s in speakers])[0, 1] < -0.9
    assert max(level for speaker in population for level in speaker.voice.tone) < 256


def test_manner_of_speaking_has_nothing_to_do_with_the_body(population):
    sizes = [speaker.body.size for speaker in population]
    for name in ("opening", "clarity", "sluggishness"):
        assert abs(np.corrcoef(sizes, [getattr(s.style, name) for s in population])[0, 1]) < 0.2


def test_every_viseme_but_silence_has_an_offset(population):
    assert set(population[0].style.offsets) == {viseme for viseme, phones in VISEMES.items() if phones != (SILENCE,)}


def test_the_variant_file_is_what_espeak_reads(population):
    lines = population[0].voice.variant().splitlines()
    assert len([line for line in lines if re.fullmatch(r"formant \d \d+ \d+ \d+", line)]) == 9
    assert [line.split()[0] for line in lines if not line.startswith("formant")] == [
        "pitch", "tone", "breath", "flutter", "roughness", "consonants",
    ]  # fmt: skip
    assert all(re.fullmatch(r"[a-z]+( \d+)+", line) for line in lines)
