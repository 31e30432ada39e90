"""Pictures come in order and on time, also where a container tells only when they are decoded."""

import pytest

from avss.media.pictures import read_pictures
from avss.media.probing import probe
from avss.media.reading import read_frames

MANY_B_FRAMES = {"x264-params": "keyint=24:min-keyint=24:scenecut=0:bframes=3:b-adapt=0"}
MOST_B_FRAMES = {"x264-params": "keyint=40:min-keyint=40:scenecut=0:bframes=16:b-adapt=0"}


@pytest.mark.parametrize("encoder", [MANY_B_FRAMES, MOST_B_FRAMES], ids=["3", "16"])
@pytest.mark.parametrize("name", ["a.avi", "a.mp4", "a.mkv"])
def test_in_an_intact_film_nothing_is_damaged_and_times_rise_evenly(studio, name, encoder):
    film = studio.film(name, codec="libx264", encoder=encoder)
    times, frames = zip(*read_pictures(film, probe(film), longest_side=None, since=0.0), strict=True)
    assert [studio.number(frame.grey) for frame in frames] == list(range(75))
    assert not any(frame.damaged for frame in frames)
    assert [round((time - times[0]) * 25, 1) for time in times] == list(range(75))


def test_lost_pictures_are_found_where_times_are_guessed(studio, caplog):
    film = studio.spoil(studio.film("a.avi", codec="libx264", encoder=MANY_B_FRAMES), "video", range(29, 41))
    frames = list(read_frames(film))
    assert len(frames) == 75
    damaged = [k for k, frame in enumerate(frames) if frame.damaged]
    assert len(damaged) >= 8 and min(damaged) >= 24 and max(damaged) < 48
    intact = [(k, studio.number(frame.grey)) for k, frame in enumerate(frames) if not (24 <= k < 48)]
    assert all(k == number for k, number in intact)
    assert "frames are damaged" in caplog.text


def test_a_film_whose_times_are_guessed_can_be_begun_anywhere(studio):
    film = studio.film("a.avi", codec="libx264", encoder=MANY_B_FRAMES)
    for start in (0, 23, 24, 25, 30, 50, 74):
        (frame,) = read_frames(film, start=start, frames=1)
        assert studio.number(frame.grey) == start and not frame.damaged
