"""Two generated talkers, from whose pictures films are cut and pasted."""

from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from avss.corpora.opening import open_corpus
from avss.inference.people import find_people
from avss.inference.person import Person
from avss.inference.segments import follow_video
from avss.media.probing import probe
from avss.media.reading import read_frames
from avss.media.writing import write_video

Film = list[np.ndarray]
PeopleIn = Callable[[Sequence[np.ndarray]], list[Person]]


@pytest.fixture(scope="session")
def anna(generated_clips: Path) -> Film:
    """75 frames of one talking face, uint8 RGB [288,360,3]."""
    return _film(generated_clips, 0)


@pytest.fixture(scope="session")
def bert(generated_clips: Path) -> Film:
    """75 frames of another face."""
    return _film(generated_clips, -1)


def _film(corpus: Path, place: int) -> Film:
    clip = list(open_corpus(corpus).clips())[place]
    return [frame.rgb for frame in islice(read_frames(clip.video), 75)]


@pytest.fixture(scope="session")
def wall(anna: Film) -> np.ndarray:
    """A frame without anybody."""
    return np.random.default_rng(0).integers(90, 110, anna[0].shape, np.uint8)


@pytest.fixture
def people_in(tmp_path: Path) -> PeopleIn:
    """Writes a film, follows it in segments of 25 frames and finds its people."""

    def find(film: Sequence[np.ndarray]) -> list[Person]:
        video = tmp_path / "film.mp4"
        write_video(video, film, None)
        info = probe(video)
        return find_people(follow_video(video, info, tmp_path / "work", jobs=1, longest=25), info.frames)

    return find


@pytest.fixture
def couple(people_in: PeopleIn, anna: Film, bert: Film) -> list[Person]:
    """Two people side by side through 75 frames."""
    return people_in([np.hstack(pair) for pair in zip(anna, bert, strict=True)])
