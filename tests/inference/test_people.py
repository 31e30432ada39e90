"""Who is who: by place, by looks, and never two at once."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from avss.errors import FaceError, SettingsError, StoreError
from avss.inference.people import find_people
from avss.inference.person import Person
from avss.inference.tracklets import Tracklet, read_tracklets, write_tracklets
from avss.media.reading import read_frames
from avss.vision.tracks import FaceTrack

Film = list[np.ndarray]
PeopleIn = Callable[[Sequence[np.ndarray]], list[Person]]

T = 200
LEFT, MIDDLE, RIGHT = 50.0, 150.0, 250.0


def tracklet(
    start: int, stop: int, who: int, place: float, *, view: int | None = None, off: float = 0.0, score: float = 1.0
) -> Tracklet:
    """Frames ``start`` … ``stop`` of somebody, at ``place`` from the left; ``off`` is how badly it is described.

    ``who`` is also what the face looks like, if ``view`` does not say otherwise.
    """
    descriptor, looks = np.zeros(128, np.float32), np.zeros((2, 480), np.float32)
    descriptor[[who, who + 64]] = 0.5, off
    looks[:, who if view is None else view] = 1.0
    n = stop - start
    return Tracklet(
        file=Path("none"),
        number=0,
        start=start,
        valid=np.ones(n, bool),
        boxes=np.tile(np.array([place, 100, place + 80, 180], np.float32), (n, 1)),
        looks=looks,
        picture=np.full((64, 64, 3), who, np.uint8),
        neutrality=float(n),
        shape=np.full((68, 2), who, np.float32),
        descriptor=descriptor,
        score=score,
    )


def who_when(people: Sequence[Person]) -> list[tuple[int, list[int]]]:
    """Number of each person, which all pictures carry, and the frames at which his presence begins or ends."""
    edges = [np.flatnonzero(np.diff(np.concatenate([[0], person.valid, [0]]))).tolist() for person in people]
    return [(int(person.picture[0, 0, 0]), edge) for person, edge in zip(people, edges, strict=True)]


def test_somebody_who_comes_back_elsewhere_is_the_same_person() -> None:
    people = find_people([tracklet(0, 60, 1, LEFT), tracklet(90, 200, 1, RIGHT)], T)
    assert who_when(people) == [(1, [0, 60, 90, 200])]
    assert np.isnan(people[0].boxes[60:90]).all()
    assert people[0].boxes[[0, 199], 0].tolist() == [LEFT, RIGHT]


def test_two_who_are_seen_at_once_are_never_one_person() -> None:
    twins = [tracklet(0, 100, 1, LEFT), tracklet(99, 200, 1, RIGHT)]
    assert len(find_people(twins, T)) == 2


def test_a_face_goes_on_in_the_next_segment_however_badly_it_is_described() -> None:
    segments = [tracklet(0, 100, 1, LEFT), tracklet(100, 200, 1, LEFT + 20, off=0.6)]
    assert who_when(find_people(segments, T)) == [(1, [0, 200])]
    elsewhere = [segments[0], tracklet(100, 200, 1, RIGHT, off=0.6)]
    assert len(find_people(elsewhere, T)) == 2
    later = [tracklet(0, 70, 1, LEFT), tracklet(100, 200, 1, LEFT, off=0.6)]
    assert len(find_people(later, T)) == 2


def test_a_cut_between_two_segments_brings_somebody_else_to_the_same_place() -> None:
    people = find_people([tracklet(0, 100, 1, LEFT), tracklet(100, 200, 2, LEFT)], T)
    assert who_when(people) == [(1, [0, 100]), (2, [100, 200])]


def test_two_who_change_places_across_a_cut_keep_their_names() -> None:
    before = [tracklet(0, 100, 1, LEFT), tracklet(0, 100, 2, RIGHT)]
    after = [tracklet(100, 200, 2, LEFT), tracklet(100, 200, 1, RIGHT)]
    people = find_people([*before, *after], T)
    assert who_when(people) == [(1, [0, 200]), (2, [0, 200])]
    assert people[0].boxes[[99, 100], 0].tolist() == [LEFT, RIGHT]


def test_the_nearest_is_chosen_and_if_he_is_taken_the_next() -> None:
    known = [tracklet(0, 90, 1, LEFT), tracklet(0, 80, 1, RIGHT, off=0.3)]
    again = [tracklet(120, 190, 1, RIGHT, off=0.05), tracklet(120, 180, 1, LEFT, off=0.1)]
    assert who_when(find_people([*known, *again], T)) == [(1, [0, 90, 120, 190]), (1, [0, 80, 120, 180])]


@pytest.mark.parametrize(("frames", "score", "found"), [(9, 1.0, 1), (10, 1.0, 2), (100, 0.2, 1), (100, 0.4, 2)])
def test_a_blink_and_a_doubtful_face_are_nobody(frames: int, score: float, found: int) -> None:
    people = find_people([tracklet(0, 200, 1, LEFT), tracklet(50, 50 + frames, 2, RIGHT, score=score)], T)
    assert len(people) == found


def test_what_is_nobody_alone_may_be_part_of_somebody() -> None:
    people = find_people([tracklet(0, 100, 1, LEFT), tracklet(150, 156, 1, RIGHT, score=0.1)], T)
    assert who_when(people) == [(1, [0, 100, 150, 156])]


def test_people_are_numbered_as_they_appear_and_from_left_to_right() -> None:
    late = tracklet(60, 200, 4, LEFT)
    together = [tracklet(0, 200, 3, RIGHT), tracklet(10, 200, 2, MIDDLE), tracklet(24, 200, 1, LEFT)]
    people = find_people([late, *together], T)
    assert [person.name for person in people] == ["face1", "face2", "face3", "face4"]
    assert [who for who, _ in who_when(people)] == [1, 2, 3, 4]


MANY = [
    tracklet(start, start + 20, who, LEFT if (start // 60 + who) % 2 else RIGHT)
    for start in range(0, 200, 20)
    for who in (1, 2)
]


@given(st.permutations(range(len(MANY))))
def test_the_order_in_which_segments_are_finished_does_not_matter(order: list[int]) -> None:
    assert who_when(find_people([MANY[place] for place in order], T)) == [(1, [0, 200]), (2, [0, 200])]


def test_as_many_as_wanted_are_those_seen_longest() -> None:
    tracklets = [tracklet(0, 50, 1, LEFT), tracklet(0, 150, 2, MIDDLE), tracklet(0, 100, 3, RIGHT)]
    people = find_people(tracklets, T, wanted=2)
    assert [(person.name, person.picture[0, 0, 0]) for person in people] == [("face1", 2), ("face2", 3)]
    assert len(find_people(tracklets, T, wanted=3)) == 3


def test_fewer_than_wanted_and_none_at_all_are_said() -> None:
    with pytest.raises(FaceError, match="1 face was found instead of 2"):
        find_people([tracklet(0, 50, 1, LEFT)], T, wanted=2)
    with pytest.raises(FaceError, match=r"no face was found in 8\.0 s of video.*at least 80 pixels wide, for 0\.4 s"):
        find_people([], T)
    with pytest.raises(SettingsError, match="at least one"):
        find_people([tracklet(0, 50, 1, LEFT)], T, wanted=0)


def _followed(start: int, n: int, valid: np.ndarray) -> FaceTrack:
    """A track whose landmarks and mouths carry the number of the frame, with gaps bridged everywhere."""
    frames = np.arange(start, start + n)
    face = np.random.default_rng(0).uniform(50, 90, (68, 2)).astype(np.float32)
    return FaceTrack(
        landmarks=(face + frames[:, None, None]).astype(np.float32),
        mouth=np.broadcast_to(frames[:, None, None], (n, 32, 48)).astype(np.uint8),
        valid=valid,
        face=np.zeros((64, 64, 3), np.uint8),
        neutrality=0.0,
        looks=np.full((2, 480), 480**-0.5, np.float32),
        score=1.0,
    )


@pytest.fixture(scope="module")
def person(tmp_path_factory: pytest.TempPathFactory) -> Person:
    return _somebody(tmp_path_factory.mktemp("work"))


def _somebody(folder: Path) -> Person:
    """Somebody seen in the frames 10 … 99 and 130 … 199, in two segments of 100, but for some moments."""
    seen = np.zeros(T, bool)
    seen[10:100] = seen[130:200] = True
    seen[[40, 41, 150]] = False
    for number, start in enumerate((0, 100)):
        track = _followed(start, 100, seen[start : start + 100])
        write_tracklets(folder / f"{number}.npz", start, [track], [np.zeros(128, np.float32)], "")
    (person,) = find_people([each for number in (0, 1) for each in read_tracklets(folder / f"{number}.npz")], T)
    return person


@given(st.integers(0, T), st.integers(0, T))
def test_any_stretch_of_frames_is_read_from_disk(person: Person, start: int, length: int) -> None:
    stop = min(T, start + length)
    known = ~np.isnan(person.boxes[:, 0])
    frames = np.arange(start, stop)
    mouths, landmarks = person.mouths(start, stop), person.landmarks(start, stop)
    assert mouths.shape == (len(frames), 32, 48) and mouths.dtype == np.uint8
    assert landmarks.shape == (len(frames), 68, 2) and landmarks.dtype == np.float32
    np.testing.assert_array_equal(mouths[:, 0, 0], np.where(known[start:stop], frames, 0))
    assert (landmarks.any(axis=(1, 2)) == known[start:stop]).all()


def test_a_bridged_moment_has_a_box_but_is_not_seen(person: Person) -> None:
    known = ~np.isnan(person.boxes[:, 0])
    assert np.flatnonzero(known).tolist() == [*range(10, 100), *range(130, 200)]
    assert np.flatnonzero(known & ~person.valid).tolist() == [40, 41, 150]


def test_what_was_read_last_is_held_and_nothing_else(tmp_path: Path) -> None:
    person = _somebody(tmp_path)
    whole = person.landmarks(0, T)
    person.landmarks(0, 60)
    for tracklet in person.tracklets:
        tracklet.file.unlink()
    np.testing.assert_array_equal(person.landmarks(30, 90), whole[30:90])
    with pytest.raises(StoreError):
        person.landmarks(100, 160)
    with pytest.raises(StoreError):
        person.mouths(30, 90)


def assert_seen(person: Person, frames: Iterable[int]) -> None:
    """Seen in these frames and no others, but for one after each of two cuts, where the encoder mixes two pictures."""
    wanted = np.isin(np.arange(len(person.valid)), list(frames))
    assert (person.valid & ~wanted).sum() == 0
    assert (wanted & ~person.valid).sum() <= 2


def test_two_talkers_are_followed_through_absence_and_cuts(
    anna: Film, bert: Film, wall: np.ndarray, people_in: PeopleIn
) -> None:
    together = [np.hstack(pair) for pair in zip(anna[:30], bert[:30], strict=True)]
    alone = [np.hstack([wall, frame]) for frame in bert[30:45]]
    changed = [np.hstack(pair) for pair in zip(bert[45:70], anna[45:70], strict=True)]
    first, second = people_in([*together, *alone, *changed])
    assert [person.name for person in (first, second)] == ["face1", "face2"]
    assert_seen(first, [*range(30), *range(45, 70)])
    assert_seen(second, range(70))
    half = 640 / 2
    assert [bool(first.boxes[t, 0] > half) for t in (0, 29, 47, 69)] == [False, False, True, True]
    assert [bool(second.boxes[t, 0] > half) for t in (0, 44, 47, 69)] == [True, True, False, False]


def test_a_cut_to_somebody_else_in_the_same_place_and_back(anna: Film, bert: Film, people_in: PeopleIn) -> None:
    first, second = people_in(anna[:20] + bert[20:45] + anna[45:60])
    assert_seen(first, [*range(20), *range(45, 60)])
    assert_seen(second, range(20, 45))


def test_twelve_faces_are_twelve_people(anna: Film, bert: Film, people_in: PeopleIn) -> None:
    film = [np.vstack([np.hstack([a, b, a, b]), np.hstack([b, a, b, a]), np.hstack([a, b, a, b])])
            for a, b in zip(anna[:12], bert[:12], strict=True)]  # fmt: skip
    people = people_in(film)
    assert [person.name for person in people] == [f"face{number}" for number in range(1, 13)]
    assert all(person.valid.all() for person in people)


@pytest.mark.parametrize("anna_is_nearer", [True, False])
def test_two_who_move_past_each_other_keep_their_names(
    anna_is_nearer: bool, anna: Film, bert: Film, wall: np.ndarray, people_in: PeopleIn
) -> None:
    film = []
    for k, pair in enumerate(zip(anna, bert, strict=True)):
        picture, way = np.hstack([wall, wall]), 540 * k // 74
        heads = [(way, pair[0]), (540 - way, pair[1])]  # from the left to the right, and back
        for left, shown in reversed(heads) if anna_is_nearer else heads:
            picture[:, left : left + 180] = shown[:, 90:270]
        film.append(picture)
    first, second = people_in(film)
    for person in (first, second):
        assert person.valid[[*range(24), *range(55, 75)]].all()
    assert max(first.valid.sum(), second.valid.sum()) >= 70
    middles = [[(person.boxes[k, 0] + person.boxes[k, 2]) / 2 for person in (first, second)] for k in (0, 20, 55, 74)]
    ways = [540 * k // 74 * 640 / 720 for k in (0, 20, 55, 74)]
    half = 90 * 640 / 720
    wanted = [[way + half, 480 - way + half] for way in ways]
    np.testing.assert_allclose(middles, wanted, atol=20)


def test_a_film_without_anybody_is_refused(wall: np.ndarray, people_in: PeopleIn) -> None:
    with pytest.raises(FaceError, match="no face was found"):
        people_in([wall] * 10)


def test_two_real_people_who_change_places(real_grid: Path, people_in: PeopleIn) -> None:
    man, woman = (
        [frame.rgb for frame in read_frames(min((real_grid / speaker).glob("*.mpg")), frames=50)]
        for speaker in ("s26", "s31")
    )
    film = [np.hstack(pair) for pair in zip(man, woman, strict=True)]
    first, second = people_in([*film[:25], *(np.roll(frame, 360, axis=1) for frame in film[25:])])
    assert_seen(first, range(50))
    assert_seen(second, range(50))
    assert first.boxes[0, 0] < 320 < first.boxes[49, 0]
    assert second.boxes[49, 0] < 320 < second.boxes[0, 0]
