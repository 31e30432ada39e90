"""``avss mix``, as people type it."""

import json
from pathlib import Path

import pytest

from avss.cli import main
from avss.corpora.opening import open_corpus
from avss.media.probing import probe


def test_a_party_is_made_of_videos_and_noise(
    generated_clips: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    clips = list(open_corpus(generated_clips).clips())
    videos = [str(clips[0].video), str(clips[-1].video)]
    out = tmp_path / "party"
    assert main(["mix", *videos, "--out", str(out), "--snr", "10", "--seed", "3"]) == 0
    assert capsys.readouterr().out.endswith(f"party and true voices in {out}\n")
    assert {path.name for path in out.iterdir()} == {
        "party.mp4", "party.json", "voice1.wav", "voice2.wav", "noise.wav"
    }  # fmt: skip
    told = json.loads((out / "party.json").read_text())
    assert (told["snr"], told["seed"], [guest["source"] for guest in told["guests"]]) == (10.0, 3, videos)
    assert probe(out / "party.mp4").frames == 75


def test_what_is_no_party_is_refused_in_a_sentence(
    generated_clips: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    video = str(next(iter(open_corpus(generated_clips).clips())).video)
    assert main(["mix", video, "--out", str(tmp_path / "party")]) == 1
    assert capsys.readouterr().err.startswith("avss: a party of 1 video. Wanted: two videos or more")
    assert not (tmp_path / "party").exists()
