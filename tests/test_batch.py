import os
import signal
import time
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import pytest
import ray
from ray.cluster_utils import Cluster

from avss.batch import Done, Failure, run_batch
from avss.errors import MediaError, OutputError, PartMissingError, SettingsError


def _work() -> Callable[[str], str]:
    # A function within a function travels to another process by its code; this module cannot be imported there.
    def work(item: str) -> str:
        """Do what the item's name tells."""
        if item.startswith("bad"):
            raise MediaError(f"{item} is bad", "a good one", "mend it")
        if item.startswith("bug"):
            raise ZeroDivisionError("by nought")
        if item.startswith("crash"):
            os.kill(os.getpid(), signal.SIGKILL)
        if item == "full":
            raise OutputError("the disk is full", "room", "make some")
        if item == "missing":
            raise PartMissingError("no model", "a model", "install it")
        if item == "node":
            time.sleep(0.3)
            return ray.get_runtime_context().get_node_id()
        return item.upper()

    return work


def outcomes(items: list[str], jobs: int = 2, address: str | None = None) -> dict[str, str]:
    results = {}
    for outcome in run_batch(_work(), items, jobs=jobs, label="test", ray=address):
        results[outcome.item] = outcome.result if isinstance(outcome, Done) else outcome.reason
    return results


@pytest.mark.parametrize("jobs", [1, 2])
def test_every_item_has_its_outcome_and_bad_ones_do_not_stop_the_batch(jobs: int) -> None:
    assert outcomes(["a", "bad 1", "bug", "b"], jobs) == {
        "a": "A",
        "bad 1": "bad 1 is bad. Wanted: a good one. Do: mend it.",
        "bug": "unexpected ZeroDivisionError: by nought",
        "b": "B",
    }


def test_an_empty_batch_has_no_outcomes() -> None:
    assert outcomes([]) == {}


@pytest.mark.parametrize("items", [["a"], []])
def test_no_process_at_all_is_refused_in_a_sentence(items: list[str]) -> None:
    with pytest.raises(SettingsError, match=r"work for 0 processes\. Wanted: a number from 1 on, or -1"):
        outcomes(items, jobs=0)


@pytest.mark.parametrize(("item", "error"), [("full", OutputError), ("missing", PartMissingError)])
@pytest.mark.parametrize("jobs", [1, 2])
def test_what_would_fail_for_all_items_ends_the_batch(item: str, error: type[Exception], jobs: int) -> None:
    with pytest.raises(error):
        outcomes(["a", item, *"bcdefgh"], jobs)


def test_an_item_that_kills_its_process_costs_no_other_item() -> None:
    good = [f"item {i}" for i in range(9)]
    results = outcomes([*good[:5], "crash", *good[5:]])
    assert "the process that worked on it died" in results.pop("crash")
    assert results == {item: item.upper() for item in good}


def test_outcomes_come_as_they_are_finished(tmp_path: Path) -> None:
    def wait(item: str) -> None:
        while item == "slow" and not (tmp_path / "go").exists():
            time.sleep(0.01)

    stream = run_batch(wait, ["slow", "quick"], jobs=2, label="test")
    assert next(stream).item == "quick"
    (tmp_path / "go").touch()
    assert next(stream).item == "slow"


def test_a_batch_that_nobody_waits_for_any_more_ends_when_its_last_item_has(tmp_path: Path) -> None:
    def write(item: str) -> None:
        time.sleep(0.0 if item == "0" else 0.3)
        (tmp_path / item).touch()

    stream = run_batch(write, [str(number) for number in range(9)], jobs=2, label="test")
    assert next(stream).item == "0"
    assert isinstance(stream, Generator)
    stream.close()
    written = {path.name for path in tmp_path.iterdir()}
    time.sleep(1)
    assert {path.name for path in tmp_path.iterdir()} == written < {str(number) for number in range(9)}


@pytest.fixture(scope="module")
def cluster() -> Iterator[str]:
    """Address of a real Ray cluster of two nodes on this machine."""
    nodes = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "object_store_memory": 80_000_000})
    nodes.add_node(num_cpus=1, object_store_memory=80_000_000)
    nodes.wait_for_nodes()
    yield nodes.address
    ray.shutdown()
    nodes.shutdown()


def test_a_cluster_of_two_nodes_does_the_same(cluster: str) -> None:
    items = ["a", "bad 1", "bug", "crash 1", *"bcdef"]
    results = outcomes(items, address=cluster)
    assert results.pop("crash 1") == "its worker on the cluster died (WorkerCrashedError)"
    assert results == outcomes([item for item in items if item != "crash 1"], jobs=1)
    assert not ray.is_initialized()
    with pytest.raises(OutputError, match="the disk is full"):
        outcomes(["a", "full", *"bcdef"], address=cluster)


def test_both_nodes_work(cluster: str) -> None:
    nodes = {
        outcome.result
        for outcome in run_batch(_work(), ["node"] * 8, jobs=-1, label="test", ray=cluster)
        if isinstance(outcome, Done)
    }
    assert len(nodes) == 2


def test_a_cluster_that_does_not_answer_is_named() -> None:
    with pytest.raises(PartMissingError, match=r"no Ray cluster answers at '127\.0\.0\.1:1'"):
        outcomes(["a"], address="127.0.0.1:1")


def test_failures_name_their_item() -> None:
    assert list(run_batch(_work(), ["bad 1"], jobs=1, label="test")) == [
        Failure("bad 1", "bad 1 is bad. Wanted: a good one. Do: mend it.")
    ]
