"""Separating a stream: frames and sound go in as they come, voices come out a moment later.

::

    live = StreamingSeparator(load_model(folder, AudioVisualSeparator), K=2)
    while recording:
        voices = live.push(frames, samples).voices      # n pictures and 640·n samples in, [2,640·n] out
    voices = live.flush().voices                        # the last moment

What comes out is what the model, which must be causal, makes of the whole recording at once: however it is cut into
blocks, and delayed by ``latency`` samples at most. Memory and time for a block do not grow with the stream.
"""

import numpy as np
import torch
from torch import Tensor

from avss.data.visual import Visual, seen_points
from avss.errors import ModelError, SettingsError
from avss.inference.windows import Separated
from avss.models.audio_visual import AudioVisualSeparator
from avss.models.causal.memory import Memory, remembering
from avss.models.causal.separator import CausalSeparator
from avss.models.separators.separator import frames_of
from avss.rates import samples_in
from avss.vision.detector import HogDetector
from avss.vision.face_crop import CROP
from avss.vision.landmarks import POINTS, LandmarkPredictor
from avss.vision.live_faces import FaceFrames, LiveFaces, check_pictures


class VoiceStream:
    """The voices of K faces that were found already.

    Args:
        model: a causal one, in evaluation mode, on the device that is to work; several streams may share it.
        K: number of faces.

    Raises:
        ModelError: the model is not causal.
        SettingsError: K is below one.
    """

    def __init__(self, model: AudioVisualSeparator, K: int) -> None:
        if not isinstance(model.separator, CausalSeparator):
            do = "train one with --separator.causal true, or separate files"
            raise ModelError("a model that sees whole clips", "a causal model", do)
        if K < 1:
            raise SettingsError(f"{K} faces", "at least one", "say how many people are to be heard")
        self._frontend, self._separator, self._K = model.frontend, model.separator, K
        self._device = next(model.parameters()).device
        self._start()

    @property
    def latency(self) -> int:
        """Samples from one that is spoken until its voices are there, if frames are pushed one by one."""
        return self._separator.latency

    def push(self, faces: FaceFrames, samples: np.ndarray) -> Separated:
        """Go on by n frames.

        Args:
            faces: of K faces and n ≥ 1 frames; a frame whose landmarks are NaN is one in which the face is not seen.
            samples: float32 [640·n], the sound of these frames.

        Returns:
            As many samples as came; of the first block fewer, which :meth:`flush` makes up for.

        Raises:
            ModelError: shapes that do not belong together, or another K, or sound that is no finite numbers.
        """
        self._check(faces, samples)
        heard = torch.from_numpy(samples.astype(np.float32)).to(self._device)
        with remembering(self._memory), torch.inference_mode():
            features = self._frontend(self._visual(faces))[None]  # [1,K,n,D]
            cues = self._separator.cues(features)
            voices = self._separator.answer(heard[None], cues)[0]
        self._held = cues[..., -1:]
        return self._answered(samples, voices[: self._K])

    def flush(self) -> Separated:
        """End the stream with what is still to come; the next push begins another one."""
        rest = Separated(np.zeros(0, np.float32), np.zeros((self._K, 0), np.float32))
        if self._held is not None:
            n = frames_of(self._separator.lag)
            silence = torch.zeros(1, samples_in(n), device=self._device)
            with remembering(self._memory), torch.inference_mode():
                voices = self._separator.answer(silence, self._held.expand(-1, -1, -1, n))[0]
            rest = self._answered(np.zeros(0, np.float32), voices[: self._K, : self._separator.lag])
        self._start()
        return rest

    def _start(self) -> None:
        self._memory = Memory()
        self._held: Tensor | None = None
        self._waiting = np.zeros(0, np.float32)
        self._early = self._separator.lag  # samples before the first one

    def _visual(self, faces: FaceFrames) -> Visual:
        K, n = faces.valid.shape
        points, valid = seen_points(faces.landmarks.reshape(K * n, POINTS, 2), faces.valid.reshape(K * n))
        # Who it is stays unknown in a stream.
        parts = (
            points.reshape(K, n, -1, 2),
            faces.mouths,
            valid.reshape(K, n),
            np.zeros((K, POINTS, 2), np.float32),
            np.zeros((K, *CROP, 3), np.uint8),
        )
        return Visual(*(torch.from_numpy(part).to(self._device) for part in parts))

    def _answered(self, samples: np.ndarray, voices: Tensor) -> Separated:
        """Late ``voices`` [K,n] beside what of the mixture they are in."""
        skipped = min(self._early, voices.shape[1])
        self._early -= skipped
        voices = voices[:, skipped:].float().cpu().numpy()
        mixture = np.concatenate([self._waiting, samples.astype(np.float32)])
        self._waiting = mixture[voices.shape[1] :]
        return Separated(mixture[: voices.shape[1]], voices)

    def _check(self, faces: FaceFrames, samples: np.ndarray) -> None:
        what = (
            f"landmarks {list(faces.landmarks.shape)}, mouths {list(faces.mouths.shape)} and valid"
            f" {list(faces.valid.shape)}"
        )
        if faces.valid.ndim != 2 or len(faces.valid) != self._K:
            raise ModelError(what, f"{self._K} faces, as at the start", "begin another stream for other people")
        K, n = faces.valid.shape
        fits = faces.landmarks.shape == (K, n, POINTS, 2) and faces.mouths.shape[:2] == (K, n) and n >= 1
        if not fits:
            raise ModelError(what, "[K,n,68,2], [K,n,…] and [K,n], n at least 1", "push pictures of one time together")
        _check_sound(samples, n)


def _check_sound(samples: np.ndarray, n: int) -> None:
    what = f"samples {samples.dtype} {list(samples.shape)} beside {n} frames"
    if samples.shape != (samples_in(n),):
        raise ModelError(what, f"[{samples_in(1)}·n]", "push sound and pictures of the same time together")
    if samples.dtype.kind != "f" or not np.isfinite(samples).all():
        raise ModelError(what, "finite floating-point numbers from -1 to 1", "convert what the microphone gives")


class StreamingSeparator:
    """The voices of K people before a camera.

    Args:
        model: as for :class:`VoiceStream`.
        K: number of people; they take their places, from left to right, as they are first seen.

    Raises:
        ModelError: the model is not causal.
        PartMissingError: the weights that find landmarks are not installed.
        SettingsError: K is below one.
    """

    def __init__(self, model: AudioVisualSeparator, K: int) -> None:
        self._voices, self._K = VoiceStream(model, K), K
        self._detector, self._predictor = HogDetector(), LandmarkPredictor()
        self._faces = self._nobody()

    @property
    def latency(self) -> int:
        """As that of :class:`VoiceStream`."""
        return self._voices.latency

    def push(self, frames: np.ndarray, samples: np.ndarray) -> Separated:
        """Go on by n pictures ``frames`` uint8 RGB [n,H,W,3], at 25 a second, and ``samples`` float32 [640·n].

        Raises:
            MediaError: the frames are no such pictures.
            ModelError: as for :meth:`VoiceStream.push`. What is refused, the stream has not seen.
        """
        check_pictures(frames)
        _check_sound(samples, len(frames))  # before faces move on
        return self._voices.push(self._faces.look(frames), samples)

    def flush(self) -> Separated:
        """End the stream with what is still to come; the next push begins another one, with new faces."""
        self._faces = self._nobody()
        return self._voices.flush()

    def _nobody(self) -> LiveFaces:
        return LiveFaces(self._K, self._detector, self._predictor)
