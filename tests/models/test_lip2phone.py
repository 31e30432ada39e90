"""Lip features and Lip2Phone: what they do not depend on, and what no input may do to them."""

from typing import Any

import pytest
import torch
from torch import Tensor

from avss.errors import ModelError
from avss.models.lip2phone import Lip2Phone
from avss.models.lip_features import MEASURES, lip_features
from avss.vision.lip_points import CHIN

T = 20
MIRRORED = [1, 0, 2, 3, 4, 6, 5, 8, 7]


@pytest.fixture
def points() -> Tensor:
    generator = torch.Generator().manual_seed(0)
    rest = torch.rand(1, 1, 9, 2, generator=generator) + 0.5
    return rest + 0.1 * torch.randn(2, T, 9, 2, generator=generator)


@pytest.fixture
def net() -> Lip2Phone:
    torch.manual_seed(0)
    return Lip2Phone().eval()


def everywhere(points: Tensor) -> Tensor:
    return torch.ones(points.shape[:2], dtype=torch.bool)


def mouths(points: Tensor, C: int = 0) -> Tensor:
    return torch.zeros(*points.shape[:2], C)


def test_features_do_not_change_with_the_scale_of_the_picture_nor_in_a_mirror(points: Tensor) -> None:
    features = lip_features(points, everywhere(points))
    assert {part.shape for part in features} == {(2, T, MEASURES)}
    torch.testing.assert_close(lip_features(60 * points, everywhere(points)), features, rtol=1e-3, atol=1e-4)
    mirrored = points[:, :, MIRRORED] * torch.tensor([-1.0, 1.0])
    torch.testing.assert_close(lip_features(mirrored, everywhere(points)), features)


def test_what_stands_in_an_invalid_frame_does_not_matter(points: Tensor, net: Lip2Phone) -> None:
    valid = everywhere(points)
    valid[0, 5], valid[1, -3:] = False, False
    spoilt = points.clone()
    spoilt[~valid] = float("nan")
    for found, wanted in zip(net(spoilt, mouths(points), valid), net(points, mouths(points), valid), strict=True):
        assert found.isfinite().all()
        torch.testing.assert_close(found, wanted)


def test_a_clip_without_a_face_gives_finite_numbers_and_finite_gradients(points: Tensor) -> None:
    net = Lip2Phone()
    valid = torch.zeros(2, T, dtype=torch.bool)
    valid[1, 3] = True
    reading = net(points * float("nan"), mouths(points), torch.zeros_like(valid))
    assert torch.equal(reading.features, torch.zeros_like(reading.features))
    points[:, :3] = float("nan")
    sum(part.sum() for part in net(points, mouths(points), valid)).backward()
    assert all(weight.grad is not None and weight.grad.isfinite().all() for weight in net.parameters())


@pytest.mark.parametrize("T", [1, 2, 3, 300])
def test_any_number_of_frames_is_read(T: int, net: Lip2Phone) -> None:
    still = torch.ones(1, T, 9, 2)
    reading = net(still, mouths(still), everywhere(still))
    assert reading.features.shape == (1, T, 128) and reading.phones.shape == (1, T, 40)
    assert all(part.isfinite().all() for part in reading)


def test_padding_does_not_change_what_is_read(points: Tensor, net: Lip2Phone) -> None:
    longer = torch.cat([points, torch.zeros(2, 7, 9, 2)], dim=1)
    valid = torch.cat([everywhere(points), torch.zeros(2, 7, dtype=torch.bool)], dim=1)
    short, long = net(points, mouths(points), everywhere(points)), net(longer, mouths(longer), valid)
    torch.testing.assert_close(long.features[:, :T], short.features)


def test_all_chins_at_the_eyes_give_finite_numbers(points: Tensor) -> None:
    points[:, :, CHIN] = 0
    assert all(part.isfinite().all() for part in lip_features(points, everywhere(points)))


@pytest.mark.parametrize("settings", [{}, {"mouth_components": 32}])
def test_it_has_at_most_600_000_weights(settings: dict[str, Any]) -> None:
    assert sum(weight.numel() for weight in Lip2Phone(**settings).parameters()) <= 600_000


def test_mouths_are_read_and_a_wrong_number_of_components_is_refused(points: Tensor) -> None:
    net = Lip2Phone(mouth_components=4).eval()
    silent = net(points, mouths(points, 4), everywhere(points))
    assert not torch.equal(net(points, mouths(points, 4) + 1, everywhere(points)).phones, silent.phones)
    with pytest.raises(ModelError, match="mouths of 3 components"):
        net(points, mouths(points, 3), everywhere(points))


@pytest.mark.parametrize("settings", [{"inputs": ["measures", "deviations"]}, {"inputs": [], "mouth_components": 4}])
def test_less_of_the_landmarks_can_be_read(settings: dict[str, Any], points: Tensor) -> None:
    net = Lip2Phone(**settings).eval()
    mouth = mouths(points, net.mouth_components)
    phones = net(points, mouth, everywhere(points)).phones
    assert phones.isfinite().all()
    still = points.mean(1, keepdim=True).expand_as(points)
    assert torch.equal(net(still, mouth, everywhere(points)).phones, phones) == (not settings["inputs"])


@pytest.mark.parametrize("inputs", [[], ["colours"]])
def test_a_net_that_reads_nothing_known_is_refused(inputs: list[Any]) -> None:
    with pytest.raises(ModelError, match=r"reads (nothing|colours)"):
        Lip2Phone(inputs=inputs)


def test_a_net_with_mouths_starts_as_the_one_without_that_it_started_from(points: Tensor, net: Lip2Phone) -> None:
    wider = Lip2Phone(mouth_components=4).eval()
    wider.start_from(net)
    mouth = torch.randn(2, T, 4)
    found = wider(points, mouth, everywhere(points)).phones
    torch.testing.assert_close(found, net(points, mouths(points), everywhere(points)).phones)
    found.square().sum().backward()
    gradient = wider.wide.weight.grad
    assert gradient is not None and gradient[:, 3 * MEASURES : -1].any(), "the mouths are never learned"


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"mouth_components": 4}, "reads .*4 mouth.*at most .*0 mouth"),
        ({"hidden": 8}, "8 wide with 128 features"),
        ({"features": 8}, "104 wide with 8 features"),
    ],
)
def test_a_net_that_cannot_be_the_start_is_refused(settings: dict[str, Any], message: str, net: Lip2Phone) -> None:
    with pytest.raises(ModelError, match=message):
        net.start_from(Lip2Phone(**settings))
