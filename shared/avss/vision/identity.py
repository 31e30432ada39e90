"""Who a face is: 128 numbers that lie close together for pictures of one person, and apart for two people.

A residual network made them out of three million faces. It is shown the one neutral picture that is kept of every
face that is followed: a network call takes 0.1 s of a core, and of each face it takes one.

Distances of clips of one person and of two, as ``tests/benchmarks/bench_faces.py`` prints them:

    ==========  ===================  ===================
    people      one (median, most)   two (least, median)
    ==========  ===================  ===================
    22 of GRID  0.20, 0.35           0.55, 0.81
    10 made up  0.12, 0.30           0.21, 0.42
    ==========  ===================  ===================

So :data:`SAME_PERSON` tells real people apart, but not all generated ones. A picture in full size, or a window laid by
the points of the face instead of a fixed one, told them apart no better.

Source: D. King, "High Quality Face Recognition with Deep Metric Learning", 2017: dlib's network of 29 layers after
K. He et al., "Deep Residual Learning for Image Recognition", CVPR 2016; its weights are in the public domain.
"""

import functools

import cv2
import dlib
import numpy as np

from avss.vision.dlib_weights import find_weights

DIMENSIONS = 128
# Largest distance of two descriptors of one person.
SAME_PERSON = 0.45

# The square of a face's picture that the network wants to see, mean over clips of 21 people: its middle (x, y) and
# side in pixels of the picture, and the size at which it wants it.
_MIDDLE = (32.3, 27.8)
_SIDE = 62.0
_SEEN_AT = 150


class FaceDescriber:
    """Dlib's face recognition network.

    Raises:
        PartMissingError: its weights are not installed.
    """

    def __init__(self) -> None:
        self._network = _load_weights()

    def __call__(self, picture: np.ndarray) -> np.ndarray:
        """Descriptor float32 [128] of a face as :func:`~avss.vision.face_crop.crop_face` shows it, uint8 [64,64,3].

        The Euclidean distance of two descriptors says whether they are of one person.
        """
        scale = _SEEN_AT / _SIDE
        middle = (_SEEN_AT - 1) / 2
        matrix = np.array([[scale, 0, middle - scale * _MIDDLE[0]], [0, scale, middle - scale * _MIDDLE[1]]])
        face = cv2.warpAffine(picture, matrix, (_SEEN_AT, _SEEN_AT), flags=cv2.INTER_CUBIC)
        return np.array(self._network.compute_face_descriptor(face), np.float32)


@functools.cache
def _load_weights() -> dlib.face_recognition_model_v1:  # ty: ignore[missing-attribute]
    weights = find_weights("dlib_face_recognition_resnet_model_v1.dat", "the face recognition network")
    return dlib.face_recognition_model_v1(str(weights))  # ty: ignore[missing-attribute]
