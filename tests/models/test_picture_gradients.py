import torch

from avss.models.picture_gradients import GRADIENTS, picture_gradients


def stripes(angle: float) -> torch.Tensor:
    """A wave of the direction ``angle`` in radians, uint8 [1,64,64,3]."""
    y, x = torch.meshgrid(torch.arange(64), torch.arange(64), indexing="ij")
    wave = torch.sin((x * torch.cos(torch.tensor(angle)) + y * torch.sin(torch.tensor(angle))) / 2)
    return (wave * 100 + 128).to(torch.uint8)[None, :, :, None].expand(1, 64, 64, 3)


def directions(picture: torch.Tensor) -> torch.Tensor:
    """How strong each of the nine directions is in the middle of the picture, [9]."""
    return picture_gradients(picture).reshape(9, 8, 8)[:, 2:6, 2:6].mean(dim=(1, 2))


def test_an_edge_shows_in_the_bin_of_its_direction_and_in_that_of_its_mirror_image() -> None:
    assert directions(stripes(0)).argmax() == 0
    both = directions(stripes(torch.pi / 9 * 2))
    assert sorted(both.topk(2).indices.tolist()) == [2, 7]
    torch.testing.assert_close(both[2], both[7], atol=0.02, rtol=0)


def test_an_edge_shows_where_it_is() -> None:
    picture = torch.zeros(1, 64, 64, 3, dtype=torch.uint8)
    picture[:, 36:] = 255
    rows = picture_gradients(picture).reshape(9, 8, 8).sum(dim=(0, 2))
    assert rows.argmax() == 4


def test_a_mirror_image_or_another_light_gives_the_same_and_an_even_picture_nothing() -> None:
    rng = torch.Generator().manual_seed(0)
    pictures = torch.randint(0, 120, (3, 64, 64, 3), generator=rng, dtype=torch.uint8)
    found = picture_gradients(pictures)
    assert found.shape == (3, GRADIENTS)
    torch.testing.assert_close(picture_gradients(pictures.flip(2)), found)
    torch.testing.assert_close(picture_gradients(2 * pictures + 10), found, rtol=0.1, atol=0.05)
    even = torch.full((1, 64, 64, 3), 77, dtype=torch.uint8)
    assert not picture_gradients(even).any()
