"""What is made for a visitor is theirs alone, and goes when they go, even if it is still being made."""

import threading
from collections.abc import Iterable
from pathlib import Path

import pytest

from avss.demo.visits import VisitorLeftError, Visits
from avss.progress import Step


def untracked(steps: Iterable[Step], label: str, total: int) -> Iterable[Step]:
    return steps


@pytest.fixture
def visits(tmp_path: Path) -> Visits:
    (tmp_path / "results").mkdir()
    return Visits(tmp_path / "results")


@pytest.fixture
def results(tmp_path: Path) -> Path:
    return tmp_path / "results"


def test_results_replace_former_ones_and_those_of_others_stay(visits: Visits, results: Path) -> None:
    for visitor, content in (("anna", "old"), ("bert", "his"), ("anna", "new")):
        with visits.of(visitor).working() as folder:
            (folder / "voice").write_text(content)
    assert sorted(path.read_text() for path in results.glob("*/*/voice")) == ["his", "new"]


def test_results_that_were_not_finished_do_not_stay(visits: Visits, results: Path) -> None:
    with pytest.raises(RuntimeError), visits.of("anna").working() as folder:
        (folder / "voice").write_text("half")
        raise RuntimeError
    assert not list(results.glob("*/*"))


def test_who_leaves_takes_everything_along(visits: Visits, results: Path) -> None:
    with visits.of("anna").working() as folder:
        (folder / "voice").write_text("hers")
    visits.end("anna")
    assert not list(results.iterdir())


def test_work_for_somebody_who_left_stops_at_the_next_step(visits: Visits, results: Path) -> None:
    visit, begun, left, done = visits.of("anna"), threading.Event(), threading.Event(), []

    def work() -> None:
        with pytest.raises(VisitorLeftError), visit.working() as folder:
            (folder / "voice").write_text("hers")
            for step in visit.watched(untracked)(range(3), "counting", 3):
                done.append(step)
                begun.set()
                assert left.wait(10)

    worker = threading.Thread(target=work)
    worker.start()
    assert begun.wait(10)
    visits.end("anna")
    left.set()
    worker.join(10)
    assert done == [0]
    assert not list(results.iterdir())


def test_an_upload_stays_while_somebody_else_made_the_same(visits: Visits, results: Path) -> None:
    video = results / "hash" / "party.mp4"
    video.parent.mkdir()
    video.write_text("video")
    for visitor in ("anna", "bert"):
        visits.keep(visitor, video)
    visits.end("anna")
    assert video.exists()
    visits.end("bert")
    assert not video.exists()


def test_a_file_that_was_no_upload_is_left_alone(visits: Visits, tmp_path: Path) -> None:
    (tmp_path / "thesis.mp4").write_text("mine")
    visits.keep("anna", tmp_path / "thesis.mp4")
    visits.end("anna")
    assert (tmp_path / "thesis.mp4").read_text() == "mine"


def test_nothing_begins_for_somebody_who_left(visits: Visits, results: Path) -> None:
    visits.of("anna")
    visits.end("anna")
    with pytest.raises(VisitorLeftError, match="the page was closed"):
        visits.of("anna")
    with pytest.raises(VisitorLeftError, match="the page was closed"):
        visits.keep("anna", results / "hash" / "party.mp4")
    assert not list(results.iterdir())


def test_a_visit_that_never_began_can_end(visits: Visits) -> None:
    visits.end("nobody")
