"""The layer computes what scikit-learn computes, can be inverted, and can learn."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.decomposition import IncrementalPCA

from avss.errors import ModelError
from avss.models.mouth_pca import MouthPCA

CROP = (8, 12)
PIXELS = CROP[0] * CROP[1]


def some_mouths(n: int, seed: int = 0) -> np.ndarray:
    """Mouths uint8 [n,8,12] that lie near a space of ten dimensions."""
    rng = np.random.default_rng(seed)
    smooth = rng.normal(size=(n, 10)) @ rng.normal(size=(10, PIXELS))
    return np.clip(128 + 25 * smooth + rng.normal(size=smooth.shape), 0, 255).astype(np.uint8).reshape(n, *CROP)


def fitted_to(mouths: np.ndarray, n_components: int) -> IncrementalPCA:
    return IncrementalPCA(n_components, whiten=True).fit(mouths.reshape(len(mouths), -1) / 255)


@pytest.fixture(scope="module")
def fitted() -> IncrementalPCA:
    return fitted_to(some_mouths(400), 8)


@pytest.fixture
def model(fitted: IncrementalPCA) -> MouthPCA:
    return MouthPCA.from_sklearn(fitted, CROP)


@settings(deadline=None)
@given(mouths=arrays(np.uint8, (3, *CROP)))
def test_the_layer_is_what_scikit_learn_found(fitted: IncrementalPCA, mouths: np.ndarray) -> None:
    model = MouthPCA.from_sklearn(fitted, CROP)
    features = model(torch.from_numpy(mouths)).detach().numpy()
    expected = fitted.transform(mouths.reshape(3, -1) / 255)
    np.testing.assert_allclose(features, expected, rtol=1e-5, atol=1e-5)
    back = model.reconstruct(torch.from_numpy(features)).detach().numpy()
    np.testing.assert_allclose(back.reshape(3, -1), fitted.inverse_transform(expected), rtol=1e-5, atol=1e-5)


@given(batch=st.lists(st.integers(0, 3), max_size=3))
def test_any_number_of_leading_dimensions_is_kept(batch: list[int]) -> None:
    model = MouthPCA(2, CROP)
    features = model(torch.zeros(*batch, *CROP))
    assert features.shape == (*batch, 2)
    assert model.reconstruct(features).shape == (*batch, *CROP)


def test_bytes_and_floats_are_the_same_mouth(model: MouthPCA) -> None:
    mouths = torch.from_numpy(some_mouths(3))
    torch.testing.assert_close(model(mouths), model(mouths.float() / 255))


def test_features_of_training_mouths_have_mean_zero_and_deviation_one(model: MouthPCA) -> None:
    features = model(torch.from_numpy(some_mouths(400)))
    torch.testing.assert_close(features.mean(0), torch.zeros(8), rtol=0, atol=1e-3)
    torch.testing.assert_close(features.std(0), torch.ones(8), rtol=0.01, atol=0)


def test_all_components_give_the_mouth_back() -> None:
    mouths = some_mouths(400)
    model = MouthPCA.from_sklearn(fitted_to(mouths, PIXELS), CROP)
    back = model.reconstruct(model(torch.from_numpy(mouths)))
    np.testing.assert_allclose(back.detach().numpy(), mouths / 255, atol=1e-3)


def test_every_part_of_the_layer_learns(model: MouthPCA) -> None:
    mouths = torch.from_numpy(some_mouths(50, seed=1))
    optimiser = torch.optim.Adam(model.parameters(), lr=1e-3)

    def error() -> torch.Tensor:
        return (model.reconstruct(model(mouths)) - mouths.float() / 255).square().mean()

    before = {name: parameter.clone() for name, parameter in model.named_parameters()}
    first = error()
    for _ in range(20):
        optimiser.zero_grad()
        error().backward()
        optimiser.step()
    assert error() < first
    assert all(not torch.equal(before[name], parameter) for name, parameter in model.named_parameters())


@pytest.mark.parametrize("shape", [(2, 32, 48), (2, 12, 8), (PIXELS,)])
def test_mouths_of_another_size_are_refused(model: MouthPCA, shape: tuple[int, ...]) -> None:
    with pytest.raises(ModelError, match="8 × 12, which this PCA was fitted to"):
        model(torch.zeros(shape))
