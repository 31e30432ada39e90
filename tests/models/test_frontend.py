"""The frontend: what it gives for any input, which parts learn, and that it comes back from its file."""

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from avss.data.visual import Visual, stack, visual_of_face
from avss.errors import ModelError
from avss.models.face_to_speaker import EMBEDDING, FaceToSpeaker
from avss.models.frontend import PARTS, Frontend
from avss.models.lip2phone import Lip2Phone
from avss.models.mouth_pca import MouthPCA
from avss.models.weights import load_model, save_model

C, LIPS = 5, 16


def make_frontend(*, pca: bool = True, face: bool = True) -> Frontend:
    torch.manual_seed(0)
    mouths = MouthPCA(C, (32, 48))
    nn.init.normal_(mouths.components, std=0.02)
    lips = Lip2Phone(C if pca else 0, hidden=12, features=LIPS)
    return Frontend(lips, mouths if pca else None, FaceToSpeaker(17) if face else None).eval()


def see(seed: int = 0, T: int = 12, invalid: slice = slice(0)) -> Visual:
    """One face of T frames; the landmarks of ``invalid`` frames are NaN."""
    rng = np.random.default_rng([seed])
    landmarks = rng.normal(100, 30, (T, 68, 2)).astype(np.float32)
    landmarks[invalid] = np.nan
    mouth, face = rng.integers(0, 256, (T, 32, 48), np.uint8), rng.integers(0, 256, (64, 64, 3), np.uint8)
    return visual_of_face(landmarks, mouth, face, np.ones(T, bool))


@pytest.mark.parametrize("pca", [False, True])
@pytest.mark.parametrize("face", [False, True])
@pytest.mark.parametrize("T", [1, 3, 100])
def test_every_composition_gives_finite_features_of_its_size(T: int, pca: bool, face: bool) -> None:
    frontend = make_frontend(pca=pca, face=face)
    features = frontend(stack([see(1, T), see(2, T)]))
    assert features.shape == (2, T, frontend.size)
    assert frontend.size == LIPS + (EMBEDDING if face else 0)
    assert features.isfinite().all()
    if face:
        who = features[..., LIPS:]
        torch.testing.assert_close(who, who[:, :1].expand_as(who))
        assert not torch.allclose(who[0], who[1])


def test_frames_that_were_not_seen_are_zeros_and_change_nothing_else() -> None:
    frontend, invalid = make_frontend(), slice(4, 7)
    visual = stack([see(invalid=invalid)])
    features = frontend(visual)
    assert not features[0, invalid].any()
    assert features[0, :4].any(-1).all() and features[0, 7:].any(-1).all()
    mouth, points = visual.mouth.clone(), visual.points.clone()
    mouth[0, invalid], points[0, invalid] = 255, torch.nan
    torch.testing.assert_close(frontend(visual._replace(mouth=mouth, points=points)), features)


def test_a_clip_without_a_face_gives_zeros() -> None:
    assert not make_frontend()(stack([see(invalid=slice(None))])).any()


def test_a_face_of_unknown_shape_is_nobody() -> None:
    visual = stack([see()])
    features = make_frontend()(visual._replace(shape=torch.zeros_like(visual.shape)))
    assert features[..., :LIPS].any()
    assert not features[..., LIPS:].any()


def test_padding_does_not_change_the_features() -> None:
    frontend = make_frontend()
    alone, beside = frontend(stack([see(1)])), frontend(stack([see(1), see(2, 40)]))
    torch.testing.assert_close(beside[:1, :12], alone)
    assert not beside[0, 12:].any()


@pytest.mark.parametrize("learning", PARTS)
def test_the_parts_that_are_not_frozen_learn_and_the_others_stay(learning: str) -> None:
    frontend = make_frontend().train()
    frontend.freeze(*PARTS)
    frontend.unfreeze(learning)
    frontend(stack([see(1), see(2)])).square().sum().backward()
    for part in PARTS:
        moved = [w.grad is not None and bool(w.grad.any()) for w in frontend.get_submodule(part).parameters()]
        assert any(moved) == (part == learning), part


def test_frozen_parts_drop_nothing_in_training() -> None:
    frontend = make_frontend()
    visual = stack([see()])
    rest = frontend(visual)
    frontend.freeze("lips", "face")
    torch.testing.assert_close(frontend.train()(visual), rest, rtol=0, atol=0)
    frontend.unfreeze("lips")
    assert not torch.equal(frontend(visual)[..., :LIPS], rest[..., :LIPS])


def test_parts_left_out_can_be_frozen_and_unknown_ones_cannot() -> None:
    frontend = make_frontend(pca=False, face=False)
    frontend.freeze(*PARTS)
    assert not any(weight.requires_grad for weight in frontend.parameters())
    with pytest.raises(ModelError, match="no part 'eyes'"):
        frontend.unfreeze("eyes")


@pytest.mark.parametrize(("components", "message"), [(4, "a PCA of 4 components"), (None, "no PCA")])
def test_a_pca_of_another_number_of_components_is_refused(components: int | None, message: str) -> None:
    with pytest.raises(ModelError, match=f"{message}.*with {C} components"):
        Frontend(Lip2Phone(C), MouthPCA(components, (32, 48)) if components else None)


def test_mouths_of_another_crop_are_refused() -> None:
    visual = stack([see()])
    with pytest.raises(ModelError, match="mouths of 16 × 48 pixels"):
        make_frontend()(visual._replace(mouth=visual.mouth[:, :, :16]))


@pytest.mark.parametrize("pca", [False, True])
@pytest.mark.parametrize("face", [False, True])
def test_it_comes_back_from_one_file(pca: bool, face: bool, tmp_path: Path) -> None:
    frontend = make_frontend(pca=pca, face=face)
    save_model(frontend, tmp_path, corpus="made", split={})
    visual = stack([see()])
    torch.testing.assert_close(load_model(tmp_path, Frontend)(visual), frontend(visual), rtol=0, atol=0)
