"""The figures are those of their definition, and every picture shows something."""

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from avss.data.mouths import MouthView
from avss.data.store import PreparedStore
from avss.drawing import save_figure
from avss.evaluation.mouth_pictures import (
    eigenmouths_figure,
    explained_figure,
    extremes_figure,
    reconstructions_figure,
)
from avss.evaluation.mouths import counts_up_to, mouth_errors, over_speakers
from avss.models.mouth_pca import MouthPCA
from avss.training.eigenmouths import fit_eigenmouths

MakeStore = Callable[..., PreparedStore]


def some_mouths(seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    axes = np.random.default_rng(9).normal(size=(5, 32 * 48))
    grey = 128 + rng.normal(size=(50, 5)) * [20, 12, 8, 5, 3] @ axes
    return np.clip(grey, 0, 255).astype(np.uint8).reshape(50, 32, 48)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory, make_store: MakeStore) -> PreparedStore:
    clips = {f"s{n}/a": some_mouths(n) for n in range(1, 6)} | {"s5/unseen": some_mouths(8)}
    split = {"s1": "train", "s2": "train", "s3": "valid", "s4": "test", "s5": "test"}
    return make_store(tmp_path_factory.mktemp("m") / "s", clips, split, {"s5/unseen": np.zeros(50, bool)})


@pytest.fixture(scope="module")
def model(store: PreparedStore) -> MouthPCA:
    return MouthPCA.from_sklearn(fit_eigenmouths(store, 4), (32, 48))


def test_the_figures_are_those_of_their_definition(store: PreparedStore, model: MouthPCA) -> None:
    errors = mouth_errors(model, store).set_index(["speaker", "components"])
    assert errors.loc["s5", "frames"].tolist() == [50, 50, 50]  # those of which the face was seen
    mouths = torch.from_numpy(store["s4/a"].mouth.copy())
    with torch.inference_mode():
        back = model.reconstruct(model(mouths))
    squared = (mouths / 255 - back).square()
    from_mean = (mouths / 255 - model.mean.detach().reshape(32, 48)).square()
    assert errors.at[("s4", 4), "part"] == "test"
    assert errors.at[("s4", 4), "error"] == pytest.approx(255 * float(squared.mean().sqrt()), rel=1e-4)
    assert errors.at[("s4", 4), "explained"] == pytest.approx(1 - float(squared.sum() / from_mean.sum()), rel=1e-4)


def test_more_components_keep_more(store: PreparedStore, model: MouthPCA) -> None:
    for _, of_speaker in mouth_errors(model, store).groupby("speaker"):
        assert of_speaker.components.tolist() == [1, 2, 4]
        assert of_speaker.error.is_monotonic_decreasing
        assert of_speaker.explained.is_monotonic_increasing


def test_what_lies_outside_of_a_view_counts_as_lost(store: PreparedStore) -> None:
    def error_of(view: MouthView) -> float:
        model = MouthPCA.from_sklearn(fit_eigenmouths(store, 4, view=view), view.size)
        return float(mouth_errors(model, store, parts=["test"], counts=[4], view=view).error.mean())

    assert error_of(MouthView(16, 24)) > 50 > error_of(MouthView())


def test_intervals_are_over_the_speakers_of_a_part(store: PreparedStore, model: MouthPCA) -> None:
    errors = mouth_errors(model, store, counts=[4])
    intervals = over_speakers(errors, "error")
    assert {part: interval.groups for (part, _), interval in intervals.items()} == {"train": 2, "valid": 1, "test": 2}
    assert intervals["test", 4].value == pytest.approx(errors[errors.part == "test"].error.mean())


@pytest.mark.parametrize(("n", "counts"), [(1, [1]), (2, [1, 2]), (32, [1, 2, 4, 8, 16, 32]), (5, [1, 2, 4, 5])])
def test_counts_double_up_to_all(n: int, counts: list[int]) -> None:
    assert counts_up_to(n) == counts


def test_every_picture_shows_something(store: PreparedStore, model: MouthPCA, tmp_path: Path) -> None:
    figures = (
        explained_figure(mouth_errors(model, store), "explained"),
        eigenmouths_figure(model, "eigenmouths"),
        extremes_figure(model, "extremes"),
        reconstructions_figure(model, store, "reconstructions"),
    )
    for number, figure in enumerate(figures):
        save_figure(figure, tmp_path / f"{number}.png")
    for path in tmp_path.iterdir():
        picture = cv2.imread(str(path))
        assert picture is not None
        assert picture.std() > 10
    assert len(list(tmp_path.iterdir())) == 4
