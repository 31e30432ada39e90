"""A video that cannot be separated, or not while somebody waits, is refused before any work is done."""

from fractions import Fraction

import pytest

from avss.demo.limits import Limits
from avss.errors import MediaError, SettingsError

TIMES = [Fraction(k, 25) for k in range(50)]


def test_a_short_video_with_sound_is_taken(studio) -> None:
    Limits(minutes=2 / 60).check(studio.film("a.mp4", times=TIMES, sound=studio.tone(2, 44_100)))


def test_one_that_is_too_long_is_refused_and_the_way_to_separate_it_is_told(studio) -> None:
    video = studio.film("long.mp4", times=TIMES, sound=studio.tone(2, 44_100))
    with pytest.raises(MediaError, match=r"long\.mp4 lasts 0\.0 minutes.*of up to 0\.02 minutes.*avss separate"):
        Limits(minutes=0.02).check(video)


def test_one_that_is_too_large_is_refused() -> None:
    Limits(megabytes=1).check_size(1_000_000)
    with pytest.raises(MediaError, match="larger than 1 MB"):
        Limits(megabytes=1).check_size(1_000_001)


@pytest.mark.parametrize(("megabytes", "minutes"), [(0, 10), (-5, 10), (500, 0), (500, -1), (500, float("nan"))])
def test_limits_that_let_nothing_in_are_refused(megabytes: int, minutes: float) -> None:
    with pytest.raises(SettingsError, match="allow more"):
        Limits(megabytes, minutes)


def test_one_without_sound_is_refused(studio) -> None:
    with pytest.raises(MediaError, match="has no sound"):
        Limits().check(studio.film("mute.mp4", times=TIMES))


def test_what_is_no_video_is_refused(studio) -> None:
    (studio.folder / "notes.txt").write_text("no video")
    with pytest.raises(MediaError, match=r"cannot decode .*notes\.txt"):
        Limits().check(studio.folder / "notes.txt")
