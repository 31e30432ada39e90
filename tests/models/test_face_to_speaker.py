from pathlib import Path

import pytest
import torch

from avss.models.face_to_speaker import EMBEDDING, FaceToSpeaker, match
from avss.models.weights import load_model, save_model


def batch(B: int) -> tuple[torch.Tensor, torch.Tensor]:
    rng = torch.Generator().manual_seed(B)
    return torch.randn(B, 68, 2, generator=rng), torch.randint(0, 256, (B, 64, 64, 3), generator=rng, dtype=torch.uint8)


@pytest.mark.parametrize("picture", [False, True])
@pytest.mark.parametrize("B", [1, 5])
def test_a_batch_of_faces_gives_voices_and_embeddings(B: int, picture: bool) -> None:
    predicted = FaceToSpeaker(17, picture)(*batch(B))
    assert predicted.voice.shape == (B, 17)
    assert predicted.embedding.shape == (B, EMBEDDING)


def test_a_face_lies_where_the_voice_lies_that_it_suggests() -> None:
    model = FaceToSpeaker(17)
    predicted = model(*batch(4))
    torch.testing.assert_close(predicted.embedding, model.embed_voice(predicted.voice))


def test_the_match_is_a_weighted_distance_of_voices() -> None:
    model = FaceToSpeaker(3, picture=False)
    with torch.no_grad():
        model.weights.copy_(torch.tensor([2.0, 1.0, 0.0]))
    voices = torch.tensor([[0.0, 0.0, 0.0], [1.0, 3.0, 9.0]])
    embedded = model.embed_voice(voices)
    expected = -torch.tensor([[0.0, 2.0**2 + 3.0**2], [2.0**2 + 3.0**2, 0.0]]) / 2
    torch.testing.assert_close(match(embedded, embedded), expected, atol=1e-5, rtol=1e-5)
    assert match(embedded, embedded[:1]).shape == (2, 1)


def test_the_picture_matters_only_where_it_is_asked_for() -> None:
    shape, face = batch(3)
    for picture in (False, True):
        model = FaceToSpeaker(17, picture)
        same = torch.equal(model(shape, face).voice, model(shape, face.roll(9, dims=1)).voice)
        assert same is not picture


def test_geometry_and_picture_are_standardised_to_weigh_alike() -> None:
    model = FaceToSpeaker(17)
    shape, face = batch(40)
    model.standardise(shape * 0.01 + 3, face)
    standard = model.describe(shape * 0.01 + 3, face)
    torch.testing.assert_close(standard.mean(dim=0), torch.zeros(712), atol=1e-4, rtol=0)
    geometry, picture = (block.square().sum(dim=1).mean() for block in (standard[:, :136], standard[:, 136:]))
    assert 0.5 < geometry / picture < 2


def test_points_that_never_move_and_faces_that_are_all_alike_stay_finite() -> None:
    model = FaceToSpeaker(17)
    shape, face = batch(30)
    shape[:, 27] = 0.3
    model.standardise(shape, face)
    assert model.describe(shape, face)[:, 54:56].abs().max() < 1e-3
    model.standardise(shape[:1].expand(4, 68, 2), face[:1].expand(4, 64, 64, 3))
    assert model.describe(shape, face).isfinite().all()


def test_it_is_saved_and_rebuilt_with_its_standardisation(tmp_path: Path) -> None:
    model = FaceToSpeaker(17, picture=False)
    model.standardise(*batch(9))
    save_model(model, tmp_path, corpus="made", split={"train": ["s1"]})
    again = load_model(tmp_path, FaceToSpeaker)
    torch.testing.assert_close(again(*batch(2)), model(*batch(2)))


def test_it_is_small() -> None:
    assert sum(weight.numel() for weight in FaceToSpeaker(17).parameters()) < 20_000
