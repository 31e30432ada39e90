"""The synthesiser: the same words always sound the same, and its files are gone afterwards."""

import os
import subprocess
import sys
import time
from pathlib import Path

import espeakng_loader
import numpy as np
import pytest

from avss.errors import PartMissingError
from avss.speech.espeak import ESPEAK_RATE, Espeak, espeak

VOICE = "pitch 100 130\nflutter 5\nroughness 3\nbreath 0 3 3 3 3 3 3 3\n"


def say(text: str, variant: str = VOICE, accent: str = "en", rate: int = 160):
    return espeak().speak(text, accent=accent, variant=variant, rate=rate)


def test_words_and_phones_come_with_the_sample_they_start_at():
    speech = say("bin blue at [['eI]] seven now")
    assert [[phone.mnemonic.strip("',") for phone in word] for word in speech.words] == [
        ["b", "I", "n"], ["b", "l", "u:"], ["a", "t"], ["eI"], ["s", "E", "v", "@", "n"], ["n", "aU"],
    ]  # fmt: skip
    starts = [phone.sample for word in speech.words for phone in word]
    assert starts == sorted(set(starts))
    assert starts[-1] < speech.end <= len(speech.wave)
    assert speech.wave.dtype == np.float32
    assert 0.05 < np.abs(speech.wave).max() <= 1
    assert 1.2 < len(speech.wave) / ESPEAK_RATE < 2.2


def test_a_hiss_starts_within_5_ms_of_its_event():
    speech = say("sea", variant="pitch 100 130\n")
    event = speech.words[0][0].sample
    onset = int(np.argmax(np.abs(speech.wave) > 0.01))
    assert abs(onset - event) < 0.005 * ESPEAK_RATE


def test_what_was_said_before_and_when_does_not_change_a_sound():
    first = say("red with q nine again")
    say("zoo", variant="pitch 200 250\n", accent="en-us", rate=300)
    time.sleep(1.1)  # espeak seeds its noise by the clock, in seconds
    second = say("red with q nine again")
    np.testing.assert_array_equal(first.wave, second.wave)
    assert (first.words, first.end) == (second.words, second.end)


def test_voices_may_differ_more_often_than_espeak_has_room_for_files():
    waves = {say("a", variant=f"pitch {100 + k} {130 + k}\n").wave.tobytes() for k in range(400)}
    assert len(waves) == 400


def test_pitch_formants_accent_and_rate_are_heard():
    plain = say("place", variant="pitch 100 130\n").wave
    changes = [
        say("place", variant="pitch 200 230\n"),
        say("place", variant="pitch 100 130\nformant 1 120 100 100\n"),
        say("place", variant="pitch 100 130\n", accent="en-gb-scotland"),
        say("place", variant="pitch 100 130\n", rate=200),
    ]
    assert not any(np.array_equal(plain, changed.wave) for changed in changes)


@pytest.mark.parametrize("text", ["", "   ", "..."])
def test_text_without_words_is_refused(text):
    with pytest.raises(ValueError, match="nothing to say"):
        say(text)


def test_an_unknown_accent_is_refused():
    with pytest.raises(ValueError, match="'xx'"):
        say("hello", accent="xx")


def test_each_process_has_one_synthesiser_and_leaves_no_files(tmp_path):
    program = (
        "from avss.speech.espeak import espeak\n"
        "assert espeak() is espeak()\n"
        "espeak().speak('hello', accent='en', variant='', rate=160)\n"
        "import os, tempfile; print(os.listdir(tempfile.gettempdir()))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=os.environ | {"TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "avss-espeak-" in done.stdout
    assert list(tmp_path.iterdir()) == []


def test_missing_data_is_a_missing_part(monkeypatch, tmp_path):
    monkeypatch.setattr(espeakng_loader, "get_data_path", lambda: str(tmp_path))
    with pytest.raises(PartMissingError, match="phontab"):
        Espeak()


def test_a_missing_library_is_a_missing_part(monkeypatch, tmp_path):
    monkeypatch.setattr(espeakng_loader, "get_library_path", lambda: str(tmp_path / "none.so"))
    with pytest.raises(PartMissingError, match=r"none\.so"):
        say("hello")


def test_damaged_data_is_a_missing_part(monkeypatch, tmp_path):
    source = Path(espeakng_loader.get_data_path())
    for name in ("phonindex", "phondata", "intonations", "en_dict", "lang"):
        (tmp_path / name).symlink_to(source / name)
    (tmp_path / "phontab").mkdir()
    monkeypatch.setattr(espeakng_loader, "get_data_path", lambda: str(tmp_path))
    with pytest.raises(PartMissingError, match="does not start"):
        Espeak().speak("hello", accent="en", variant="", rate=160)
