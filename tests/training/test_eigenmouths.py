"""The PCA learns from the valid frames of the training speakers and nothing else, or says why it cannot."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from sklearn.decomposition import PCA

from avss.data.mouths import MouthView
from avss.data.store import PreparedStore
from avss.errors import ModelError, StoreError
from avss.models.mouth_pca import MouthPCA
from avss.models.weights import ModelDescription
from avss.training.eigenmouths import check_same_mouths, fit_eigenmouths, mouth_settings

MakeStore = Callable[..., PreparedStore]
SPLIT = {"s1": "train", "s2": "train", "s3": "test"}
AXES = np.random.default_rng(9).normal(size=(6, 32 * 48))


def some_mouths(T: int, seed: int) -> np.ndarray:
    """T mouths uint8 [T,32,48] in six dimensions of different strength."""
    rng = np.random.default_rng(seed)
    grey = 128 + rng.normal(size=(T, 6)) * [20, 12, 8, 5, 3, 2] @ AXES
    return np.clip(grey, 0, 255).astype(np.uint8).reshape(T, 32, 48)


@pytest.fixture
def store(tmp_path: Path, make_store: MakeStore) -> PreparedStore:
    mouths = {"s1/a": some_mouths(75, 1), "s1/b": some_mouths(75, 2), "s2/a": some_mouths(75, 3)}
    strange = np.random.default_rng(4).integers(0, 256, (75, 32, 48), np.uint8)
    mouths["s2/a"][40:] = strange[40:]
    return make_store(tmp_path / "s", mouths | {"s3/a": strange}, SPLIT, {"s2/a": np.arange(75) < 40})


def test_only_valid_frames_of_training_speakers_are_learned_from(store: PreparedStore) -> None:
    fitted = fit_eigenmouths(store, 4)
    learned = np.concatenate([store["s1/a"].mouth, store["s1/b"].mouth, store["s2/a"].mouth[:40]])
    assert fitted.n_samples_seen_ == len(learned)
    exact = PCA(4).fit(learned.reshape(len(learned), -1) / 255)
    np.testing.assert_allclose(fitted.mean_, exact.mean_, atol=1e-9)
    np.testing.assert_allclose(np.asarray(fitted.explained_variance_), exact.explained_variance_, rtol=1e-6)
    np.testing.assert_allclose(np.abs((fitted.components_ * exact.components_).sum(axis=1)), 1, atol=1e-6)


def test_the_same_store_gives_the_same_pca(store: PreparedStore) -> None:
    first, second = fit_eigenmouths(store, 4, every=2), fit_eigenmouths(store, 4, every=2)
    np.testing.assert_array_equal(first.components_, second.components_)
    assert first.n_samples_seen_ == 38 + 38 + 20


def test_many_blocks_come_close_to_an_exact_pca(tmp_path: Path, make_store: MakeStore) -> None:
    mouths = {f"s{1 + n % 2}/{n}": some_mouths(75, n) for n in range(30)}
    fitted = fit_eigenmouths(make_store(tmp_path / "s", mouths, SPLIT), 4)
    learned = np.concatenate(list(mouths.values())).reshape(-1, 32 * 48) / 255
    exact = PCA(4).fit(learned)
    np.testing.assert_allclose(np.abs((fitted.components_ * exact.components_).sum(axis=1)), 1, atol=1e-3)


def test_a_view_gives_a_pca_of_its_size(store: PreparedStore) -> None:
    view = MouthView(16, 24, 2)
    layer = MouthPCA.from_sklearn(fit_eigenmouths(store, 3, view=view), view.size)
    assert layer(torch.from_numpy(view.of(store["s1/a"].mouth))).shape == (75, 3)


def test_too_few_frames_for_the_components_are_refused(store: PreparedStore) -> None:
    with pytest.raises(StoreError, match=r"has 190 valid frames .* at least 191"):
        fit_eigenmouths(store, 191)


def test_more_components_than_pixels_are_refused(store: PreparedStore) -> None:
    with pytest.raises(StoreError, match="of 32 pixels each"):
        fit_eigenmouths(store, 33, view=MouthView(16, 32, 4))


def test_a_store_without_training_speakers_is_refused(tmp_path: Path, make_store: MakeStore) -> None:
    store = make_store(tmp_path / "s", {"s3/a": some_mouths(75, 1)}, SPLIT)
    with pytest.raises(StoreError, match="has 0 valid frames of training speakers"):
        fit_eigenmouths(store, 1)


def test_mouths_that_never_open_are_refused_and_give_no_nan(tmp_path: Path, make_store: MakeStore) -> None:
    store = make_store(tmp_path / "s", {"s1/a": np.zeros((75, 32, 48), np.uint8)}, SPLIT)
    with pytest.raises(StoreError, match="differ in 0 ways only"):
        fit_eigenmouths(store, 2)


def description_of(mouths: dict | None) -> ModelDescription:
    return ModelDescription(1, {}, "", "0.1.0", "generated", {}, {} if mouths is None else {"mouths": mouths})


def test_a_pca_belongs_to_the_way_its_mouths_were_cut_out(store: PreparedStore) -> None:
    settings = mouth_settings(store)
    assert settings == {"mouth_crop": [32, 48], "mouth_window": [0.42, 0.63]}
    check_same_mouths(description_of(settings), store)
    for other in (None, settings | {"mouth_crop": [64, 96]}, settings | {"mouth_window": [0.5, 0.7]}):
        with pytest.raises(ModelError, match="prepare the corpus again, or fit a new PCA"):
            check_same_mouths(description_of(other), store)
