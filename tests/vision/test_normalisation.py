import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from avss.vision.normalisation import CANONICAL, RIGID, Similarity, cut, fit, normalise

seeds = st.integers(0, 10_000)


def drawn_faces(seed: int, T: int = 4) -> np.ndarray:
    """Faces whose rigid points are near the canonical ones, at about GRID's size, float64 [T,68,2]."""
    rng = np.random.default_rng(seed)
    faces = rng.normal(size=(T, 68, 2)) * 0.4 + [0, 0.5]
    faces[:, RIGID] = CANONICAL + rng.normal(size=(T, len(RIGID), 2)) * 0.02
    return faces * 67 + [180, 140]


def drawn_similarity(seed: int, T: int = 4) -> Similarity:
    rng = np.random.default_rng(seed)
    factor = rng.uniform(0.2, 5, T) * np.exp(1j * rng.uniform(-np.pi, np.pi, T))
    return Similarity(factor, rng.normal(size=T) * 100 + 100j * rng.normal(size=T))


def umeyama(points: np.ndarray, target: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Scaled rotation [2,2] and shift [2] by the formulas of the paper, for one frame."""
    middle, target_middle = points.mean(axis=0), target.mean(axis=0)
    covariance = (target - target_middle).T @ (points - middle) / len(points)
    u, d, vt = np.linalg.svd(covariance)
    signs = np.array([1.0, np.sign(np.linalg.det(u) * np.linalg.det(vt))])
    scale = (d * signs).sum() / ((points - middle) ** 2).sum(axis=1).mean()
    rotation = scale * (u * signs) @ vt
    return rotation, target_middle - rotation @ middle


@given(seeds)
def test_the_fit_is_umeyamas(seed: int) -> None:
    faces = drawn_faces(seed)
    ours = fit(faces).apply(faces)
    for t, face in enumerate(faces):
        rotation, shift = umeyama(face[RIGID], CANONICAL.astype(np.float64))
        np.testing.assert_allclose(ours[t], face @ rotation.T + shift, atol=1e-9)


@given(seeds, seeds)
def test_position_size_and_roll_make_no_difference(seed: int, other: int) -> None:
    faces = drawn_faces(seed)
    moved = drawn_similarity(other).apply(faces)
    np.testing.assert_allclose(normalise(moved), normalise(faces), atol=1e-4)


@given(seeds, seeds)
def test_the_inverse_undoes_a_similarity(seed: int, other: int) -> None:
    faces, similarity = drawn_faces(seed), drawn_similarity(other)
    np.testing.assert_allclose(similarity.inverse().apply(similarity.apply(faces)), faces, atol=1e-7)


def test_a_mirrored_face_is_not_mirrored_back() -> None:
    face = drawn_faces(0, T=1)
    assert np.abs(normalise(face * [-1, 1]) - normalise(face)).max() > 0.1


def test_speaking_does_not_move_the_frame_of_reference() -> None:
    faces = drawn_faces(1)
    before = fit(faces)
    faces[:, 48:] += np.random.default_rng(2).normal(size=(4, 20, 2)) * 10
    after = fit(faces)
    np.testing.assert_array_equal(before.factor, after.factor)
    np.testing.assert_array_equal(before.shift, after.shift)


def test_a_frame_without_a_face_stays_finite() -> None:
    assert np.isfinite(normalise(np.zeros((3, 68, 2), np.float32))).all()


@pytest.mark.parametrize("scale", [1.0, 4.0], ids=["as fine as the window", "four times finer"])
@pytest.mark.parametrize("roll", [0.0, 0.4])
def test_a_window_shows_the_same_at_any_scale_and_roll(scale: float, roll: float) -> None:
    side = int(100 * scale)
    y, x = (np.mgrid[:side, :side] - (side - 1) / 2) / scale
    upright_x, upright_y = np.cos(roll) * x + np.sin(roll) * y, -np.sin(roll) * x + np.cos(roll) * y
    picture = np.where((np.abs(upright_x) < 12) & (np.abs(upright_y) < 6), 200, 40).astype(np.uint8)
    factor = np.exp(-1j * roll) / (40 * scale)
    middle = complex(side - 1, side - 1) / 2
    to_canonical = Similarity(np.array([factor]), np.array([-factor * middle]))
    window = cut(picture, to_canonical, np.zeros(2), 40, (24, 36))
    assert window.shape == (24, 36)
    assert np.ptp(window[8:16, 8:28]) <= 2
    assert window[12, 18] == 200
    assert window[:4].max() <= 42
    assert window[:, :4].max() <= 42
    np.testing.assert_allclose(window.mean(), 40 + 160 * (24 * 12) / (24 * 36), atol=3)
