"""Statistics of real lips from files of landmarks, good and bad."""

import numpy as np
import pytest

from avss.corpora.generated.lips.real_lips import real_lip_statistics
from avss.corpora.generated.lips.realism import REAL_LIPS, spread_of
from avss.errors import CorpusError


def write_speaker(path, apertures, chin=90.0):
    """A file of one speaker with one clip of one word for each row of ``apertures`` [clips,T], pixels."""
    clips, T = apertures.shape
    points = np.zeros((clips * T, 9, 2))
    points[:, 2, 1], points[:, 3, 1] = 50, 50 + apertures.ravel()
    points[:, 4, 1] = chin
    np.savez(
        path,
        coords_x20=(20 * points.reshape(-1, 18)).astype(np.int16),
        frames_per_word=np.full(clips, T, np.int16),
        words_per_clip=np.ones(clips, np.int16),
    )


def test_heights_are_read_as_pixels_clip_by_clip(tmp_path):
    swing = np.abs(np.sin(np.linspace(0, 6, 40)))
    write_speaker(tmp_path / "s1.npz", np.stack([6 * swing, 12 * swing]))
    (lips,) = real_lip_statistics(tmp_path)
    assert lips.opening == pytest.approx(np.percentile(np.r_[6 * swing, 12 * swing], 95) / 90, rel=0.02)
    assert lips.variety == pytest.approx(1 / 3, rel=0.02)


def test_a_folder_without_speakers_is_refused(tmp_path):
    with pytest.raises(CorpusError, match=r"no sN\.npz"):
        real_lip_statistics(tmp_path)


@pytest.mark.parametrize("content", [b"", b"not a zip"])
def test_a_file_that_is_no_archive_is_refused_by_name(tmp_path, content):
    (tmp_path / "s1.npz").write_bytes(content)
    with pytest.raises(CorpusError, match=r"s1\.npz is not a file of lip landmarks"):
        real_lip_statistics(tmp_path)


def test_a_file_without_points_is_refused(tmp_path):
    np.savez(tmp_path / "s1.npz", frames_per_word=[1])
    with pytest.raises(CorpusError, match="coords_x20"):
        real_lip_statistics(tmp_path)


def test_lips_that_never_move_are_refused(tmp_path):
    write_speaker(tmp_path / "s1.npz", np.zeros((2, 10)))
    with pytest.raises(CorpusError, match="do not move"):
        real_lip_statistics(tmp_path)


def test_real_speakers_give_the_figures_that_ship(real_landmarks):
    for name, spread in spread_of(real_lip_statistics(real_landmarks)).items():
        assert spread.median == pytest.approx(REAL_LIPS[name].median, abs=6e-4)
