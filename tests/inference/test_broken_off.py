"""A separation that is broken off, by hand, by force or by a full disk, keeps what it has and goes on from there."""

import os
import signal
import subprocess
import sys
import time
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from scipy.io import wavfile

from avss.cli import main

Film = list[np.ndarray]
Files = dict[str, bytes]


def arguments(video: Path, out: Path, weights: Path, *options: str) -> list[str]:
    return ["separate", str(video), "--out", str(out), "--weights", str(weights), *options]


def visible(out: Path) -> Files:
    """The files in a folder and what is in them, but for what is being worked on."""
    return {path.name: path.read_bytes() for path in out.glob("[!.]*")}


def standing_still(moment: str, video: Path, weights: Path, folder: Path) -> tuple[Path, subprocess.Popen[str]]:
    """A stopped separation, and its folder, in which the file ``moment`` is there and no film is finished.

    A busy machine may let it run past that before anybody looks; then another one is begun.
    """
    for attempt in range(5):
        out = folder / f"out{attempt}"
        command = [sys.executable, "-m", "avss.cli", *arguments(video, out, weights, "--jobs", "2")]
        running = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
        )
        while not list(out.glob(moment)) and running.poll() is None:
            time.sleep(0.005)
        if running.returncode is None:
            os.killpg(running.pid, signal.SIGSTOP)
            if list(out.glob(moment)) and not list(out.glob("face*.mp4")):
                return out, running
            os.killpg(running.pid, signal.SIGKILL)
        _, told = running.communicate()
        assert not running.returncode or running.returncode == -signal.SIGKILL, told
    raise AssertionError(f"{moment} was never seen")


@pytest.fixture(scope="module")
def whole(party: Path, weights: Path, tmp_path_factory: pytest.TempPathFactory) -> Files:
    """What a separation of the party makes that nobody breaks off."""
    out = tmp_path_factory.mktemp("whole") / "out"
    assert main(arguments(party, out, weights, "--jobs", "1")) == 0
    return visible(out)


@pytest.mark.usefixtures("ctrl_c")
@pytest.mark.parametrize(
    ("sign", "moment", "finished"),
    [
        pytest.param(signal.SIGINT, ".work/asked.json", 0, id="Ctrl-C while faces are followed"),
        pytest.param(signal.SIGINT, ".face1.*.wav", 0, id="Ctrl-C while voices are separated"),
        pytest.param(signal.SIGKILL, ".face1.*.wav", 0, id="killed while voices are separated"),
        pytest.param(signal.SIGINT, ".face1.*.mp4", 6, id="Ctrl-C while films are made"),
        pytest.param(signal.SIGKILL, ".face1.*.mp4", 6, id="killed while films are made"),
    ],
)
def test_the_same_call_goes_on_and_ends_as_if_nothing_had_been(
    sign: signal.Signals, moment: str, finished: int, party: Path, weights: Path, whole: Files, tmp_path: Path
) -> None:
    out, running = standing_still(moment, party, weights, tmp_path)
    os.killpg(running.pid, sign)  # as a terminal does it
    os.killpg(running.pid, signal.SIGCONT)
    progress, told = running.communicate(timeout=60)
    assert "Traceback" not in progress
    if sign == signal.SIGINT:
        assert running.returncode == 130
        assert told == "avss: interrupted; the same command goes on where this one stopped\n"
        assert not list(out.glob(".face*"))
    kept = visible(out)
    assert len(kept) >= finished and kept.items() <= whole.items()
    written = {name: (out / name).stat().st_mtime_ns for name in kept}
    assert main(arguments(party, out, weights, "--jobs", "1")) == 0
    assert visible(out) == whole
    assert {path.name for path in out.iterdir()} == whole.keys()
    if finished:  # else it was broken off in the midst of the voices, which are then written again, all of them
        assert {name: (out / name).stat().st_mtime_ns for name in kept} == written


@pytest.mark.parametrize(("T", "seconds"), [(120, 0.1), (20, 1.5)], ids=["of faces", "of voices"])
def test_a_full_disk_is_one_sentence_and_with_more_room_the_same_call_goes_on(
    studio, T: int, seconds: float, anna: Film, weights: Path, tiny_disk: Path, capsys: pytest.CaptureFixture
) -> None:
    times = [Fraction(k, 25) for k in range(T)]
    sound = np.zeros((2, round(48_000 * seconds)))
    video = studio.film(
        "a.mkv", times=times, pictures=[*anna, *anna[::-1]][:T], sound=sound, sound_codec="flac", sound_rate=48_000
    )
    call = arguments(video, tiny_disk / "out", weights, "--jobs", "1", "--no-films")
    assert main(call) == 1
    told = capsys.readouterr().err
    assert told.startswith("avss: ") and told.count("\n") == 1
    assert "No space left" in told and "free some space and run the same command again" in told
    assert visible(tiny_disk / "out") == {}
    subprocess.run(["mount", "-o", "remount,size=4m", tiny_disk], check=True)
    assert main(call) == 0
    assert len(wavfile.read(tiny_disk / "out" / "face1.wav")[1]) == sound.shape[1]
