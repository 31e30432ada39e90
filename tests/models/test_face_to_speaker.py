from pathlib import Path

import pytest
import torch

from avss.models.face_to_speaker import EMBEDDING, FaceToSpeaker
from avss.models.weights import load_model, save_model


def batch(B: int) -> tuple[torch.Tensor, torch.Tensor]:
    rng = torch.Generator().manual_seed(B)
    return torch.randn(B, 68, 2, generator=rng), torch.randint(0, 256, (B, 64, 64, 3), generator=rng, dtype=torch.uint8)


@pytest.mark.parametrize("picture", [False, True])
@pytest.mark.parametrize("B", [1, 5])
def test_a_batch_of_faces_gives_voices_and_embeddings_of_length_one(B: int, picture: bool) -> None:
    model = FaceToSpeaker(17, picture=picture).eval()
    predicted = model(*batch(B))
    assert predicted.voice.shape == (B, 17)
    assert predicted.embedding.shape == (B, EMBEDDING)
    torch.testing.assert_close(predicted.embedding.norm(dim=1), torch.ones(B))
    torch.testing.assert_close(model.embed_voice(torch.randn(B, 17)).norm(dim=1), torch.ones(B))


def test_the_picture_matters_only_where_it_is_asked_for() -> None:
    shape, face = batch(3)
    for picture in (False, True):
        model = FaceToSpeaker(17, picture=picture).eval()
        same = torch.equal(model(shape, face).voice, model(shape, 255 - face).voice)
        assert same is not picture


def test_geometry_is_standardised_by_the_training_faces_and_points_that_never_move_stay_finite() -> None:
    model = FaceToSpeaker(17).eval()
    shapes = torch.randn(30, 68, 2) * 0.1 + 1
    shapes[:, 27] = 0.3
    model.standardise(shapes)
    standard = (shapes - model.shape_mean) / model.shape_scale
    assert standard.isfinite().all()
    torch.testing.assert_close(standard[:, 0].std(dim=0, correction=0), torch.ones(2))
    assert standard[:, 27].abs().max() < 1e-3


def test_it_is_saved_and_rebuilt_with_its_standardisation(tmp_path: Path) -> None:
    model = FaceToSpeaker(17, width=8, picture=True).eval()
    model.standardise(torch.randn(9, 68, 2))
    save_model(model, tmp_path, corpus="made", split={"train": ["s1"]})
    again = load_model(tmp_path, FaceToSpeaker)
    torch.testing.assert_close(again(*batch(2)).voice, model(*batch(2)).voice)


def test_it_is_small() -> None:
    assert sum(weight.numel() for weight in FaceToSpeaker(17, picture=True).parameters()) < 20_000
