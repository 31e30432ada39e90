"""Fitting the linear part of FaceToSpeaker in one step, and saying honestly how far it goes.

Ridge regression needs a penalty: too small, and the training faces are learned by heart; too large, and every voice is
the average one. Each number of the voice gets the penalty that predicts it best on *held-out speakers*: all clips of a
fifth of them at a time. A number that no face tells gets the largest penalty, so nearly its mean. The guesses on
held-out speakers err as those on strangers will; learning from them what a guess is worth does not flatter.

A speaker with many clips counts for no more than one with few: there are as many faces to learn from as speakers.

Source: A. E. Hoerl and R. W. Kennard, "Ridge regression", Technometrics 12(1), 1970.
"""

from collections.abc import Iterable, Iterator

import numpy as np
import torch
from sklearn.linear_model import Ridge
from sklearn.model_selection import GroupKFold, cross_val_predict
from torch import Tensor

from avss.data.faces import Faces
from avss.errors import StoreError
from avss.models.face_to_speaker import FaceToSpeaker

PENALTIES = (0.1, 0.3, 1.0, 3.0, 10.0, 100.0, 1000.0)
_FOLDS = 5


def fit_voices(model: FaceToSpeaker, faces: Faces, penalties: Iterable[float] = PENALTIES) -> Tensor:
    """Standardise ``model`` by ``faces`` and fit its voice head to them.

    Args:
        model: what is fitted.
        faces: of the training speakers.
        penalties: strengths to choose from.

    Returns:
        What is guessed of each voice [N,17] while its speaker is held out.

    Raises:
        StoreError: there are fewer than two speakers.
    """
    speakers = len(set(faces.speakers))
    if speakers < 2:
        raise StoreError(f"the faces of {speakers} training speaker", "at least two", "prepare more speakers")
    clips = faces.clips
    model.standardise(clips.shape, clips.face)
    x = model.describe(clips.shape, clips.face).numpy()
    voice, known = clips.voice.numpy(), clips.known.numpy()
    guesses, slope, offset = np.zeros_like(voice), np.zeros((voice.shape[1], x.shape[1])), np.zeros(voice.shape[1])
    for rows, columns in _known_together(known):
        if len({faces.speakers[row] for row in rows}) < 2:
            continue  # nobody could be held out, so the average voice is guessed
        inputs, targets, names = x[rows], voice[np.ix_(rows, columns)], np.array(faces.speakers)[rows]
        weights = _alike(names)
        held_out = _held_out(inputs, targets, names, weights, penalties)
        errors = {
            penalty: np.average((guess - targets) ** 2, axis=0, weights=weights) for penalty, guess in held_out.items()
        }
        best = np.array(list(errors))[np.argmin(list(errors.values()), axis=0)]  # a penalty per number
        chosen = [held_out[penalty][:, place] for place, penalty in enumerate(best)]
        guesses[np.ix_(rows, columns)] = np.stack(chosen, axis=1)
        fitted = Ridge(alpha=best).fit(inputs, targets, weights)
        slope[columns], offset[columns] = fitted.coef_, fitted.intercept_
    with torch.no_grad():
        model.voice_head.weight.copy_(torch.from_numpy(slope))
        model.voice_head.bias.copy_(torch.from_numpy(offset))
    return torch.from_numpy(guesses)


def _known_together(known: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Rows and columns of ``known`` bool [N,17] such that the same rows know all the columns."""
    for pattern in np.unique(known, axis=1).T:
        if pattern.any():
            yield np.flatnonzero(pattern), np.flatnonzero((known == pattern[:, None]).all(axis=0))


def _alike(speakers: np.ndarray) -> np.ndarray:
    """Weights [N] of clips of mean 1, by which each of the ``speakers`` [N] counts as much as any other."""
    _, number, count = np.unique(speakers, return_inverse=True, return_counts=True)
    return len(speakers) / (len(count) * count[number])


def _held_out(
    inputs: np.ndarray, targets: np.ndarray, speakers: np.ndarray, weights: np.ndarray, penalties: Iterable[float]
) -> dict[float, np.ndarray]:
    """For each penalty what is guessed of ``targets`` [N,V] while their speaker is held out."""
    folds = GroupKFold(min(_FOLDS, len(set(speakers))))
    shared = {"groups": speakers, "cv": folds, "params": {"sample_weight": weights}}
    return {
        penalty: cross_val_predict(Ridge(alpha=penalty), inputs, targets, **shared).reshape(targets.shape)
        for penalty in penalties
    }
